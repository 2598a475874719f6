"""The formulas of a correction, against numbers worked out by hand."""

import numpy as np
import pytest

from annotate.prevalence.audited import Sums
from annotate.prevalence.correction import between_cells, correction, effective, weight_of


def sums(sizes, gold, predicted):
    """Units of two labels, by how many of their sentences have the first."""
    sizes, gold, predicted = (np.array(each, float) for each in (sizes, gold, predicted))
    pairs = [np.column_stack([each, sizes - each]) for each in (gold, predicted)]
    return Sums(np.arange(len(sizes)), sizes, *pairs)


def test_mean_and_variance_of_errors_over_families_of_unlike_size():
    # Sizes 2, 2, 4; gold less predicted of the first label 1, 0, 1: the mean is 2/8 = .25.
    # Less .25 for each sentence: .5, -.5, 0; squares .5. 3/2 * .5 / 64 + 1/64 = 1.75/64.
    # Families of one size that are as good: 8^2 / (4 + 4 + 16) = 8/3, less 1.
    found = correction(sums([2, 2, 4], [2, 1, 1], [1, 1, 0]), weight=1.0)
    assert found.mean == pytest.approx([0.25, -0.25])
    assert found.variance == pytest.approx([1.75 / 64, 1.75 / 64])
    assert found.degrees == pytest.approx(5 / 3)
    assert found.applied(np.array([0.3, 0.7])) == pytest.approx([0.55, 0.45])


def test_a_weighed_correction_takes_the_rest_from_the_gold_labels():
    # Half of predicted (1, 1, 0) taken off gold (2, 1, 1): 1.5 + .5 + 1 = 3 of 8 sentences.
    # Counted .4 gives .5 * .4 + 3/8 = .575.
    found = correction(sums([2, 2, 4], [2, 1, 1], [1, 1, 0]), weight=0.5)
    assert found.applied(np.array([0.4, 0.6])) == pytest.approx([0.575, 0.425])


def test_no_errors_seen_does_not_mean_none():
    found = correction(sums([5] * 6, [1] * 6, [1] * 6), weight=1.0)
    assert found.variance == pytest.approx([1 / 30**2] * 2)


@pytest.mark.parametrize(
    ("gold", "predicted", "weight"),
    [
        # Two families of two sentences. Around their mean, gold is +-.5 and predicted +-1, in both
        # labels: slope (4 * .5) / (4 * 1) = .5.
        ([1, 0], [2, 0], 0.5),
        # Gold +-1, predicted +-.5: slope 2, and 1 is the most.
        ([2, 0], [1, 0], 1.0),
        # They go against each other: nothing is relied on.
        ([2, 0], [0, 2], 0.0),
        # A classifier that says the same of all families: by its difference.
        ([2, 0], [1, 1], 1.0),
    ],
)
def test_weight_is_the_slope_within_bounds(gold, predicted, weight):
    assert weight_of([sums([2, 2], gold, predicted)]) == pytest.approx(weight)


def test_weight_is_of_families_around_their_own_cell():
    # The cells lie far apart, in gold and predicted alike; within them there is nothing in common.
    cells = [sums([4, 4], [1, 1], [0, 2]), sums([4, 4], [3, 3], [2, 4])]
    assert weight_of(cells) == 0.0


def test_how_much_errors_differ_between_cells():
    # Three cells of two families of five; errors (0, 0), (2, 1), (3, 3): means 0, .3, .6, their
    # variance .09. Within: .5^2 * 2 = .5, over 3 * (25 + 25) / 2 = 75. A cell of two equal
    # families has half of that as variance of its mean: .5 / 75 / 2 = 1/300. .09 - 1/300.
    cells = [sums([5, 5], gold, [0, 0]) for gold in ([0, 0], [2, 1], [3, 3])]
    assert between_cells(cells) == pytest.approx([0.09 - 1 / 300] * 2)


def test_it_cannot_be_told_from_two_cells_or_from_one_family_in_each():
    assert between_cells([sums([5, 5], [0, 1], [0, 0])] * 2) is None
    assert between_cells([sums([5], [1], [0])] * 3) is None
    # Equal means: less than families explain, so nothing.
    assert between_cells([sums([5, 5], [0, 2], [0, 0])] * 3).tolist() == [0, 0]


def test_effective_number_of_parts():
    assert effective(np.full(7, 3.0)) == pytest.approx(7)
    assert effective(np.array([1.0, 0, 0])) == pytest.approx(1)
