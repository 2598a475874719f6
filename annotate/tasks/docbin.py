"""Tasks as spaCy's own file of annotated documents."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from annotate.records import Document, Task
from annotate.segments.spacy_pipeline import load_pipeline

if TYPE_CHECKING:
    from spacy.tokens import DocBin

SPANS = "tasks"
"""Key of ``doc.spans`` under which the tasks stand."""


def to_docbin(
    documents: Iterable[Document],
    tasks: Iterable[Task],
    labels: Mapping[str, str],
    *,
    language: str,
) -> "DocBin":
    """One ``Doc`` for each part of a document that has tasks, these as spans.

    Each span has the task's id and its label, which is empty where there is none. spaCy's spans
    end where tokens end, so that a task which ends within a token is widened to its end; the exact
    offsets are those in the id. ``doc.user_data`` holds the ``document`` and the ``part``.

    Args:
        documents: at least those that the tasks are part of.
        tasks: at most one for each place.
        labels: the label of a task by its id.
        language: ISO 639-1 code; decides how words are told apart.

    Raises:
        SegmenterError: spaCy does not know the language.
    """
    from spacy.tokens import DocBin

    nlp = load_pipeline("blank", language)
    parts: defaultdict[tuple[str, str], list[Task]] = defaultdict(list)
    for task in tasks:
        if not task.repeat:
            parts[task.document_id, task.part].append(task)
    found = DocBin(store_user_data=True)
    for document in documents:
        for part in ("title", "body"):
            here = sorted(parts.get((document.id, part), ()), key=lambda task: task.start)
            if not here:
                continue
            doc = nlp.make_doc(document.part("title" if part == "title" else "body"))
            doc.user_data |= {"document": document.id, "part": part}
            spans = (
                doc.char_span(
                    task.start,
                    task.end,
                    label=labels.get(task.id, ""),
                    span_id=task.id,
                    alignment_mode="expand",
                )
                for task in here
            )
            doc.spans[SPANS] = [span for span in spans if span is not None]
            found.add(doc)
    return found
