import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from annotate.decisions import Decision
from annotate.errors import ModelError

ROWS = arrays(np.float64, (6, 3), elements=st.floats(0, 1))


@given(ROWS)
def test_without_thresholds_the_highest_score_decides(scores):
    found = Decision.highest(("a", "b", "c")).places(scores)
    np.testing.assert_array_equal(found, scores.argmax(axis=1))


def test_a_weight_moves_the_border_between_two_labels():
    # With weight 3 the second label is given from a score of 1/4 on: 3 * .25 = .75.
    decision = Decision((1.0, 3.0), (0.0, 0.0))
    np.testing.assert_array_equal(decision.places(np.array([[0.76, 0.24], [0.74, 0.26]])), [0, 1])


@given(ROWS, st.floats(0.01, 1))
def test_a_label_below_its_floor_is_never_given(scores, floor):
    found = Decision((1.0, 1.0, 5.0), (0.0, 0.0, floor)).places(scores)
    given_it = scores[found == 2]
    assert (given_it[:, 2] >= floor).all()


def test_where_none_reaches_its_floor_the_floors_play_no_part():
    decision = Decision((1.0, 1.0), (0.9, 0.9))
    assert decision.places(np.array([[0.4, 0.6]])).tolist() == [1]


def test_no_score_reaches_a_floor_of_1():
    decision = Decision((1.0, 1.0), (1.0, 0.0))
    assert decision.places(np.array([[1.0, 0.0]])).tolist() == [1]


def test_a_label_that_was_never_seen_is_never_given():
    # Of three labels the middle one never occurred: its score is 0, and the last one's as well.
    decision = Decision((1.0, 1.0), (0.9, 0.0)).among(np.array([0, 2]), 3)
    assert decision.places(np.array([[0.8, 0.0, 0.0]])).tolist() == [2]


@pytest.mark.parametrize(
    ("weights", "floors"),
    [
        ((1.0,), ()),
        ((0.0, 1.0), (0.0, 0.0)),
        ((np.inf, 1.0), (0.0, 0.0)),
        ((np.nan, 1.0), (0.0, 0.0)),
        ((1.0, 1.0), (0.0, 1.1)),
        ((1.0, 1.0), (0.0, np.nan)),
    ],
)
def test_what_is_no_decision_is_refused(weights, floors):
    with pytest.raises(ModelError, match="are no decision"):
        Decision(weights, floors)
