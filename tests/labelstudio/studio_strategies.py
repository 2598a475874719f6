"""Schemes, answers and exported annotations at random or by hand."""

import unicodedata
from pathlib import Path

from hypothesis import strategies as st

from annotate.records import Marked, Relation, Span
from annotate.scheme import Scheme
from strategies import TEXTS

DEFAULT = Scheme.load(Path(__file__).parents[2] / "schemas" / "labels.yaml")
ODD = [
    "$5",
    "a$text b",
    '<b>"x"</b> &amp;',
    "日本語, ok",
    "😀",
    "e\u0301",
    "שלום",
    "'",
    "{}",
    "a" * 80,
]


PRINTED = st.characters(categories=["L", "M", "N", "P", "S"])


def names(least, most):
    name = st.sampled_from(ODD) | st.text(PRINTED, min_size=1, max_size=15)
    return st.lists(name, min_size=least, max_size=most, unique_by=_folded)


def _folded(name):
    return unicodedata.normalize("NFC", name).casefold()


@st.composite
def schemes(draw):
    keys = st.none() | st.sampled_from("abcdefghijklmnopqrstvwxyz0123456789")
    labels = [{"name": name} for name in draw(names(2, 20))]
    spans = [{"name": name} for name in draw(names(1, 5))]
    used = set()
    for mark in (*labels, *spans):
        key = draw(keys)
        if key and key not in used:
            used.add(key)
            mark["hotkey"] = key
    ends = st.lists(st.sampled_from([span["name"] for span in spans]), max_size=2)
    return Scheme.model_validate(
        {
            "name": "random",
            "version": "7",
            "title": "Random",
            "question": draw(st.sampled_from(["Which?", '$5 < & > "?', "Wie heißt's? 😀"])),
            "labels": labels,
            "flags": [
                {"name": name, "definition": "$x", "of_articles": draw(st.booleans())}
                for name in draw(names(0, 8))
            ],
            "spans": spans,
            "relations": [
                {
                    "name": name,
                    "starts_at": draw(ends),
                    "leads_to": draw(ends),
                    "unresolved": draw(st.booleans()),
                }
                for name in draw(names(1, 4))
            ],
        }
    )


@st.composite
def marks(draw, scheme, text):
    """What somebody might mark in a text, in the order in which it is read back."""
    starts = st.integers(0, len(text) - 1)
    pairs = starts.flatmap(lambda a: st.tuples(st.just(a), st.integers(a + 1, len(text))))
    span_names = st.sampled_from([mark.name for mark in scheme.spans])
    found = draw(st.sets(st.tuples(pairs, span_names), max_size=5))
    spans = sorted((*pair, name) for pair, name in found)
    ends = [(a, b) for a in range(len(spans)) for b in (None, *range(len(spans)))]
    arrows = [
        (a, b, name)
        for a, b in ends
        for name in scheme.fitting(spans[a][2], None if b is None else spans[b][2])
    ]
    drawn = draw(st.sets(st.sampled_from(arrows), max_size=6)) if arrows else ()
    relations = sorted(
        drawn, key=lambda arrow: (arrow[0], -1 if arrow[1] is None else arrow[1], arrow[2])
    )
    flags = draw(st.sets(st.sampled_from(scheme.flag_names))) if scheme.flags else set()
    return Marked(
        flags=tuple(name for name in scheme.flag_names if name in flags),
        spans=tuple(Span(start=a, end=b, label=name) for a, b, name in spans),
        relations=tuple(Relation(head=a, tail=b, label=name) for a, b, name in relations),
    )


@st.composite
def answers(draw):
    """A scheme, a text, a label or none, and marks."""
    scheme, text = draw(schemes()), draw(TEXTS)
    label = draw(st.none() | st.sampled_from(scheme.label_names))
    return scheme, text, label, draw(marks(scheme, text))


def choice(*chosen, control="label"):
    """One item of a result list."""
    return {"id": control, "from_name": control, "to_name": "text", "type": "choices",
            "value": {"choices": list(chosen)}}  # fmt: skip


def made(label="claim", who=1, at="2026-01-01T10:00:00Z", **fields):
    """One annotation of an export."""
    result = [choice(label)] if isinstance(label, str) else label or []
    return {"id": 1, "completed_by": who, "result": result, "was_cancelled": False,
            "created_at": at, "updated_at": at, "lead_time": 2.5, "parent_prediction": None,
            "unique_id": f"{who}-{at}", **fields}  # fmt: skip


LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5),
    st.sampled_from(["label", "flags", "spans", "claim", "cue", "relation", "denies", "right"]),
)  # fmt: skip
KEYS = st.sampled_from(
    ["id", "from_name", "to_name", "type", "value", "choices", "labels", "start", "end", "from_id",
     "to_id", "direction", "email"]
)  # fmt: skip
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=12,
)
"""Anything that JSON can hold, with a liking for the words of result lists."""
