import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.agreement import Resampling, span_agreement
from annotate.records import Span
from strategies import annotation, task

LABELS = ("source", "cue", "content")
TEXT = "Smith denied it was late."  # tokens: Smith denied it was late . at 0, 6, 13, 16, 20, 24


def marked(name, annotator, *spans, **fields):
    found = tuple(Span(start=start, end=end, label=label) for start, end, label in spans)
    return annotation(name, annotator, None, spans=found, **fields)


def measure(annotations, tasks):
    return span_agreement(annotations, tasks, labels=LABELS, families={}, how=Resampling(seed=0))


# ann: Smith = source, "denied" = cue, "it was late" = content.
# bob: Smith = source, "denied" = cue, "was late." = content.
def test_figures_by_hand():
    one = task(TEXT)
    found = measure(
        [
            marked(one.id, "ann", (0, 5, "source"), (6, 12, "cue"), (13, 24, "content")),
            marked(one.id, "bob", (0, 5, "source"), (6, 12, "cue"), (16, 25, "content")),
        ],
        [one],
    )
    assert (found.texts, found.tokens, found.families) == (1, 6, 1)
    whole, source, cue, content = found.labels
    assert [entry.spans for entry in found.labels] == [6, 2, 2, 2]
    # Tokens as marked by both: S C . T T . by ann (none for the stop), S C - T T T by bob: they
    # differ on "it" and "." Units of two: agreeing 2 * 4 = 8; n = 12; S 2, C 2, T 6, none 2:
    # chance 2 + 2 + 30 + 2 = 36; alpha = (11 * 8 - 36) / (132 - 36) = 52/96.
    assert whole.alpha.value == pytest.approx(52 / 96)
    # Content or not: 6 of 12 in, agreeing 8: chance 30 + 30 = 60: (88 - 60) / (132 - 60) = 28/72.
    assert content.alpha.value == pytest.approx(28 / 72)
    assert source.alpha.value == cue.alpha.value == 1
    # Four of six spans have an equal; the two of content share characters.
    assert (whole.strict.value, whole.relaxed.value) == (pytest.approx(4 / 6), 1)
    assert (content.strict.value, content.relaxed.value) == (0, 1)
    assert content.alpha.reason == "no interval: it rests on 1 family, and an interval takes 5"


def test_spans_inside_spans_count_for_both_labels():
    one = task(TEXT)
    nested = ((0, 25, "content"), (0, 5, "source"))
    found = measure([marked(one.id, who, *nested) for who in ("ann", "bob")], [one])
    assert found.labels[0].alpha.value == 1
    assert found.labels[3].alpha.reason == "undefined (0/0): all tokens are marked alike"
    assert found.labels[2].alpha.reason == "undefined (0/0): nobody marked any"
    assert found.labels[2].strict.value is None


def test_what_does_not_count():
    one, again = task(TEXT), task(TEXT, repeat=1)
    span = (0, 5, "source")
    given = [
        marked(one.id, "ann", span),
        marked(one.id, "bob", span, prelabel_shown=True),
        marked(one.id, "cyd", skipped=True),
        marked(again.id, "ann", span),
        marked(again.id, "bob", span),
    ]
    assert measure(given, [one, again]) is None
    nothing = measure(
        [
            *given,
            marked(one.id, "dan"),
        ],
        [one, again],
    )
    assert (nothing.texts, nothing.labels[0].strict.value) == (1, 0)
    gone = (6, 12, "rumour")
    left = measure([marked(one.id, "ann", span), marked(one.id, "bob", span, gone)], [one])
    assert left.labels[0].strict.value == 1


PLACES = st.tuples(st.integers(0, 20), st.integers(1, 5), st.sampled_from(LABELS)).map(
    lambda found: (found[0], found[0] + found[1], found[2])
)


@given(st.lists(PLACES, max_size=5), st.lists(PLACES, max_size=5))
def test_who_is_first_does_not_matter_and_exact_is_never_more_than_overlapping(first, second):
    one = task(TEXT)
    a, b = (
        measure([marked(one.id, "ann", *x), marked(one.id, "bob", *y)], [one])
        for x, y in ((first, second), (second, first))
    )
    assert [(e.alpha.value, e.strict.value) for e in a.labels] == [
        (e.alpha.value, e.strict.value) for e in b.labels
    ]
    for entry in a.labels:
        if entry.strict.value is not None:
            assert 0 <= entry.strict.value <= entry.relaxed.value <= 1
