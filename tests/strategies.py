"""Hypothesis strategies that several test modules share."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from annotate.records import Annotation, Document, Task
from annotate.text import normalise

WORDS = [
    "“No,”",
    "he",
    "said.",
    "Mr. Rust",
    "denied",
    "it!",
    "\n\n",
    "(AP)",
    "😀",
    "e\u0301",
    "U.S.",
]
NEWS = st.lists(st.sampled_from(WORDS) | st.text(max_size=12), min_size=1).map(" ".join)
TEXTS = NEWS.map(lambda text: normalise(text).strip().text).filter(bool)


def document(text, **fields):
    fields.setdefault("key", "k")
    return Document(id=Document.id_of(text), text=text, **fields)


def task(text="The bridge is shut.", document_id="d1", start=0, **fields):
    end = start + len(text)
    return Task(
        id=Task.id_of(document_id, "body", start, end, fields.get("repeat", 0)),
        document_id=document_id,
        part="body",
        start=start,
        end=end,
        text=text,
        **fields,
    )


def annotation(task_id, annotator, label, **fields):
    fields.setdefault("created", datetime(2026, 1, 1, tzinfo=UTC))
    return Annotation(
        task_id=task_id, annotator=annotator, label=label, scheme_version="1.0", **fields
    )
