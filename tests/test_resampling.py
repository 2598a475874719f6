import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.resampling import (
    FEWEST,
    Interval,
    NoInterval,
    cluster_intervals,
    cluster_weights,
    interval_from,
)


def share(sums):
    """Two cells, yes and no: the share of yes."""
    return sums[:, :1] / sums.sum(axis=1, keepdims=True)


def interval(counts, statistic=share, **options):
    options = {"seed": 0, "within": (0, 1)} | options
    return cluster_intervals(np.array(counts), statistic, **options)[0]


# Five families of one sentence, two of them yes: the share is .4; without a yes 1/4, without a no
# 2/4. As angles asin(2x - 1): -pi/6 twice and 0 three times, mean -pi/15. Their squared distances
# from it are (pi/10)^2 twice and (pi/15)^2 three times = pi^2 / 30; times 4/5, square root:
# spread = pi * sqrt(2/75) = .513. t(4) at .975 is 2.776. asin(-.2) = -.2014.
def test_the_interval_of_a_share_derived_by_hand():
    found = interval([[1, 0], [1, 0], [0, 1], [0, 1], [0, 1]])
    reach = 2.7764451 * math.pi * math.sqrt(2 / 75)
    assert reach == pytest.approx(1.42437, abs=1e-5)
    # -.2014 - 1.4244 lies below -pi/2, so the lower end is the least that a share can be.
    assert found.low == 0
    assert found.high == pytest.approx((math.sin(math.asin(-0.2) + reach) + 1) / 2)
    assert (found.clusters, found.resamples, found.undefined) == (5, 2000, 0)
    assert not found.trusted


def test_weights_are_draws_of_as_many_families():
    found = cluster_weights(7, resamples=5000, seed=3)
    assert found.shape == (5000, 7)
    assert (found.sum(axis=1) == 7).all()
    # Each count is binomial(7, 1/7): mean 1, variance 6/7; the standard errors are about .005 and
    # .012, and seven columns are looked at.
    assert found.mean(axis=0) == pytest.approx(1, abs=0.06)
    assert found.var(axis=0) == pytest.approx(6 / 7, abs=0.1)


def test_blocks_of_draws_are_the_draws_of_one_block(monkeypatch):
    whole = cluster_weights(10, resamples=100, seed=1)
    monkeypatch.setattr("annotate.resampling._BLOCK_CELLS", 70)
    assert (cluster_weights(10, resamples=100, seed=1) == whole).all()


COUNTS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=30)


@given(COUNTS, st.integers(0, 5))
def test_an_interval_holds_its_figure_or_says_why_there_is_none(counts, seed):
    found = interval(counts, seed=seed, resamples=20)
    filled = [row for row in counts if any(row)]
    assert found.clusters == len(filled)
    if isinstance(found, NoInterval):
        constant = len({yes / (yes + no) for yes, no in filled}) <= 1
        assert len(filled) < FEWEST or constant
    else:
        yes, no = map(sum, zip(*counts, strict=True))
        assert 0 <= found.low <= yes / (yes + no) <= found.high <= 1
        assert found.trusted == (len(filled) >= 20)


@given(COUNTS.filter(lambda rows: sum(any(row) for row in rows) >= FEWEST), st.randoms())
def test_an_interval_does_not_depend_on_the_order_of_families(counts, random):
    shuffled = list(counts)
    random.shuffle(shuffled)
    one, other = interval(counts, resamples=10), interval(shuffled, resamples=10)
    if isinstance(one, Interval):
        assert (other.low, other.high) == pytest.approx((one.low, one.high))


def test_families_without_a_count_do_not_make_it_surer():
    few = [[3, 1], [2, 2], [0, 4], [1, 0], [5, 2], [1, 3]]
    assert interval([*few, *[[0, 0]] * 50]) == interval(few)


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        ([[1, 2]] * 4, "it rests on 4 families, and an interval takes 5"),
        ([[1, 2]], "it rests on 1 family, and an interval takes 5"),
        ([[1, 2]] * 9, "it is the same without any one family"),
        ([[4, 0]] * 30, "it is the same without any one family"),
    ],
)
def test_why_there_is_no_interval(counts, reason):
    assert interval(counts) == NoInterval(reason, len(counts))


def precision(sums):
    """Of what was said to be so (cells 0 and 1), the share that is; cell 2 is the rest."""
    return sums[:, :1] / (sums[:, :1] + sums[:, 1:2])


def test_what_hangs_on_one_family_has_no_interval():
    found = interval([[2, 1, 0], *[[0, 0, 4]] * 9], precision)
    assert found == NoInterval("without one of the families it is undefined", 10)
    undefined = interval([[0, 0, 4]] * 10, precision)
    assert undefined == NoInterval("it is undefined", 10)


# Two of ten families hold what the figure is about: a resample misses both with (8/10)^10 = .107,
# so of 2,000 about 215 are undefined, give or take 3 * 14.
def test_resamples_that_leave_the_figure_undefined_are_counted():
    found = interval([[2, 1, 0], [1, 2, 0], *[[0, 0, 4]] * 8], precision)
    assert found.undefined == pytest.approx(215, abs=42)


def test_several_figures_have_an_interval_each():
    def both(sums):
        return np.column_stack([share(sums), 1 - share(sums)])

    counts = np.array([[3, 1], [2, 2], [0, 4], [1, 0], [5, 2], [1, 3]])
    yes, no = cluster_intervals(counts, both, seed=0, within=(0, 1))
    assert (no.low, no.high) == pytest.approx((1 - yes.high, 1 - yes.low))


def test_more_sureness_takes_a_wider_interval():
    counts = [[3, 1], [2, 2], [0, 4], [1, 0], [5, 2], [1, 3]]
    narrow, wide = interval(counts, level=0.8), interval(counts, level=0.99)
    assert wide.low < narrow.low < narrow.high < wide.high
    assert (narrow.level, wide.level) == (0.8, 0.99)


def test_figures_outside_the_range_that_was_named_are_refused():
    with pytest.raises(ValueError, match="outside"):
        interval_from(1.2, np.linspace(1, 1.3, 9), within=(0, 1))
