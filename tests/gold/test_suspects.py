import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.gold.suspects import Judged, suspects

LABELS = ("claim", "denial", "neither")


def judged(name, label, *scores):
    return Judged(name, label, dict(zip(LABELS, scores, strict=True)))


def test_what_scores_as_usual_for_another_label_is_doubted():
    # Average score of a label where it is given: claim (.8 + .1) / 2 = .45; denial
    # (.7 + .5) / 2 = .6; neither has one task: .9.
    found = suspects(
        [
            judged("c1", "claim", 0.8, 0.1, 0.1),
            judged("c2", "claim", 0.1, 0.7, 0.2),  # denial .7 >= .6: margin .1 - .7
            judged("d1", "denial", 0.2, 0.7, 0.1),
            judged("d2", "denial", 0.46, 0.5, 0.04),  # claim .46 >= .45, but below its own .5
            judged("n1", "neither", 0.05, 0.05, 0.9),
        ]
    )
    assert [(each.task_id, each.label, each.instead) for each in found] == [
        ("c2", "claim", "denial")
    ]
    assert found[0].score == 0.1
    assert found[0].margin == pytest.approx(-0.6)


def test_a_higher_score_that_is_low_for_its_label_is_not_enough():
    # claim: (.9 + .45) / 2 = .675; denial: one task, .4. On d1 claim has .45 < .675.
    found = suspects(
        [judged("c1", "claim", 0.9, 0.1, 0), judged("c2", "claim", 0.45, 0.3, 0.25),
         judged("d1", "denial", 0.45, 0.4, 0.15)]
    )  # fmt: skip
    assert found == []


def test_the_lowest_margin_comes_first_and_equal_ones_by_id():
    # claim: (.9 + .1 + .2 + .1) / 4 = .325; denial: one task, .6
    rows = [
        judged("a", "claim", 0.9, 0.1, 0), judged("z", "claim", 0.1, 0.9, 0),
        judged("m", "claim", 0.2, 0.8, 0), judged("b", "claim", 0.1, 0.9, 0),
        judged("d", "denial", 0.4, 0.6, 0),
    ]  # fmt: skip
    assert [each.task_id for each in suspects(rows)] == ["b", "z", "m"]


@given(st.lists(st.tuples(st.sampled_from(LABELS), *[st.floats(0, 1)] * 3)))
def test_nobody_is_doubted_in_favour_of_a_label_that_scores_lower(rows):
    found = suspects(judged(str(n), *row) for n, row in enumerate(rows))
    by_id = {str(n): judged(str(n), *row) for n, row in enumerate(rows)}
    margins = [each.margin for each in found]
    assert margins == sorted(margins)
    for each in found:
        scores = by_id[each.task_id].scores
        assert each.label == by_id[each.task_id].label != each.instead
        assert scores[each.instead] > scores[each.label] == each.score


def test_without_labels_there_is_nothing_to_doubt():
    assert suspects([]) == []
