"""Comparisons: the test, the correction for many, what could have been seen."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stand_ins import LABELS, told
from statsmodels.stats.multitest import multipletests

from annotate.errors import EvaluationError
from annotate.evaluation.columns import Columns
from annotate.evaluation.comparison import Comparison, compare, holm, swap_test
from annotate.evaluation.intervals import Figure
from annotate.resampling import Interval


def columns_of(pairs, **fields):
    return Columns.of(told(pairs, **fields).items, LABELS)


def test_every_way_of_swapping_a_few_groups_is_tried():
    # Three groups of one claim and one denial; ours is right throughout, theirs takes denials for
    # claims. Of 8 ways to swap, those that swap none or all reach the difference that was found:
    # macro-F1 1 against (6/9 + 0)/2; all other ways are nearer to each other. p = 2/8.
    right = np.array([[1, 0], [0, 1]])
    wrong = np.array([[1, 0], [1, 0]])
    ours, theirs = (np.stack([each] * 3).astype(float) for each in (right, wrong))
    assert swap_test(ours, theirs, swaps=9999, seed=0) == 2 / 8


def test_groups_where_both_say_the_same_are_not_swapped():
    right, wrong = np.array([[1, 0], [0, 1]]), np.array([[1, 0], [1, 0]])
    ours = np.stack([right] * 43).astype(float)
    theirs = np.stack([*[wrong] * 3, *[right] * 40]).astype(float)
    assert swap_test(ours, theirs, swaps=9999, seed=0) == 2 / 8


def test_random_swaps_agree_with_all_of_them():
    random = np.random.default_rng(1)
    ours, theirs = random.integers(0, 4, (2, 12, 3, 3)).astype(float)
    theirs += (ours.sum(axis=2) - theirs.sum(axis=2))[:, :, None] / 3
    exact = swap_test(ours, theirs, swaps=4095, seed=0)
    assert swap_test(ours, theirs, swaps=4000, seed=0) == pytest.approx(exact, abs=0.03)


def test_a_system_cannot_be_told_from_itself():
    same = columns_of([("claim", "denial"), ("denial", "denial"), ("neither", "claim")] * 8)
    found = compare(same, same, names=("a", "b"), seed=0)
    assert (found.p, found.difference.value, found.differs) == (1, 0, False)
    assert found.groups_needed is None


def test_what_a_difference_takes_to_be_seen():
    # The interval is 4 x 1.96 wide in hundredths, so the standard error is .02 and the detectable
    # difference (1.95996 + 0.84162) x .02 = .05603. With a difference of .02 in 38 groups it takes
    # 38 x (.05603/.02)² = 298.3 groups.
    interval = Interval(0.02 - 0.0391993, 0.02 + 0.0391993, clusters=38)
    found = Comparison("a", "b", Figure(0.02, interval, ""), 0.3, 0.3, 38)
    assert found.detectable == pytest.approx(0.05603, abs=1e-5)
    assert found.groups_needed == 299


def test_other_examples_are_not_compared():
    first, second = (columns_of([("claim", "claim")] * n) for n in (3, 4))
    with pytest.raises(EvaluationError, match="other examples"):
        compare(first, second, names=("a", "b"), seed=0)


@given(st.lists(st.floats(0.0001, 1), min_size=1, max_size=8))
def test_holm_equals_statsmodels(values):
    made = [Comparison("a", "b", Figure(0.1), p, p, 30) for p in values]
    theirs = multipletests(values, method="holm")[1]
    assert [each.p_adjusted for each in holm(made)] == pytest.approx(theirs)


def test_nothing_compared_needs_no_correction():
    assert holm([]) == ()
