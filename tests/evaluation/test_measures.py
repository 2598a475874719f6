"""Figures with their intervals: what they are, on what they rest, and when there are none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as oracle
from stand_ins import LABELS, told

from annotate.evaluation.calibration import calibration, equal_mass_bins
from annotate.evaluation.columns import Columns
from annotate.evaluation.intervals import precision_figure
from annotate.evaluation.measures import curves, measure
from annotate.metrics import average_precision, precision_steps


def columns(gold, scores, cluster, labels=LABELS):
    given_ = np.array(scores, dtype=float)
    return Columns(
        labels=labels,
        gold=np.array(gold),
        predicted=given_.argmax(axis=1),
        scores=given_,
        cluster=np.array(cluster),
        clusters=max(cluster) + 1,
    )


def drawn_columns(*, items=400, clusters=40, seed=0):
    random = np.random.default_rng(seed)
    scores = random.dirichlet([1, 1, 1], items)
    gold = np.array([random.choice(3, p=row) for row in scores])
    return columns(gold, scores, [n % clusters for n in range(items)])


def test_columns_hold_what_the_items_say():
    found = told()
    made = Columns.of(found.items, LABELS)
    assert made.confusions.sum(axis=0).tolist() == found.scores.confusion.tolist()
    assert made.clusters == 10
    assert made.scores.sum(axis=1) == pytest.approx(np.ones(10))
    half = made.part(made.gold == 1)
    # The two denials: e004 called claim, e005 called denial.
    assert half.confusions.sum(axis=0).tolist() == [[0, 0, 0], [1, 1, 0], [0, 0, 0]]
    assert half.clusters == 2


def test_every_figure_is_that_of_the_counts_and_of_scikit_learn():
    drawn = drawn_columns()
    found = measure(drawn, seed=0, resamples=50)
    assert found.mcc.value == pytest.approx(oracle.matthews_corrcoef(drawn.gold, drawn.predicted))
    assert found.log_loss.value == pytest.approx(oracle.log_loss(drawn.gold, drawn.scores))
    assert found.accuracy.value == pytest.approx((drawn.gold == drawn.predicted).mean())
    one = np.eye(3)[drawn.gold]
    assert found.brier.value == pytest.approx(((drawn.scores - one) ** 2).sum(axis=1).mean())
    for place, entry in enumerate(found.per_label):
        theirs = oracle.average_precision_score(drawn.gold == place, drawn.scores[:, place])
        assert entry.pr_auc.value == pytest.approx(theirs)
    figures = [found.macro_f1, found.mcc, found.brier, found.log_loss, found.per_label[1].pr_auc]
    for figure in figures:
        assert figure.interval.low < figure.value < figure.interval.high
        assert (figure.interval.clusters, figure.interval.resamples) == (40, 50)


@given(st.integers(0, 30))
def test_average_precision_without_a_group_is_that_of_the_others(seed):
    drawn = drawn_columns(items=60, clusters=6, seed=seed)
    scores, positive = np.round(drawn.scores[:, 1], 1), drawn.gold == 1
    if min(positive[drawn.cluster != n].sum() for n in range(6)) == 0:
        return
    figure = precision_figure(scores, positive, drawn.cluster, seed=0, resamples=10)
    left_out = []
    for group in range(6):
        rest = drawn.cluster != group
        left_out.append(oracle.average_precision_score(positive[rest], scores[rest]))
    # The jackknife on the arcsine scale, Student's t with 5 degrees of freedom: 2.5706.
    angles = np.arcsin(2 * np.array(left_out) - 1)
    reach = 2.570582 * np.sqrt(5 / 6 * ((angles - angles.mean()) ** 2).sum())
    middle = np.arcsin(2 * figure.value - 1)
    ends = [(np.sin(np.clip(middle + s * reach, -np.pi / 2, np.pi / 2)) + 1) / 2 for s in (-1, 1)]
    assert [figure.interval.low, figure.interval.high] == pytest.approx(ends, abs=1e-5)


def test_a_label_in_one_group_alone_has_no_interval_and_says_why():
    # Of 6 groups only the first has a denial: without it F1 of denial is 0/0.
    rows = [[0.2, 0.7, 0.1]] + [[0.7, 0.2, 0.1]] * 5
    found = measure(columns([1, 0, 0, 0, 0, 0], rows, range(6)), seed=0, resamples=2000)
    denial = found.per_label[1]
    assert (denial.f1.value, denial.f1.interval) == (1, None)
    assert "without one of the families" in denial.f1.without
    assert denial.pr_auc.value == 1
    assert found.per_label[2].pr_auc.value is None


def test_resamples_without_a_label_are_counted():
    # A denial in 3 of 30 groups: a draw of 30 misses all three with (27/30)^30 = 4.2 %.
    rows = [[0.3, 0.6, 0.1]] * 3 + [[0.6, 0.3, 0.1]] * 26 + [[0.3, 0.6, 0.1]]
    found = measure(columns([1] * 3 + [0] * 27, rows, range(30)), seed=0, resamples=2000)
    for figure in (found.per_label[1].f1, found.per_label[1].pr_auc):
        assert figure.interval.undefined / 2000 == pytest.approx(0.9**30, abs=0.015)
    assert found.macro_f1.interval.undefined == 0


def test_without_scores_only_what_follows_from_labels_is_known():
    made = Columns.of([replace_scores(item) for item in told().items], LABELS)
    found = measure(made, seed=0, resamples=20)
    assert made.scores is None
    assert found.macro_f1.value == pytest.approx(25 / 36)
    assert (found.brier.value, found.log_loss.value, found.calibration) == (None, None, None)
    assert [entry.pr_auc.value for entry in found.per_label] == [None] * 3
    assert curves(made) == ()


def replace_scores(item):
    from dataclasses import replace

    return replace(item, scores={})


def test_bins_hold_like_many_and_never_part_equal_scores():
    # 40 scores make 4 bins of 10. Fifteen zeros reach rank 15; their middle, 7.5, is in bin 0.
    scores = np.array([0.0] * 15 + [n / 100 for n in range(1, 26)])
    bins = equal_mass_bins(scores)
    assert set(bins[:15]) == {0}
    # Ranks 15 to 39 have middles 15.5 to 39.5: 5 below 20, 10 below 30, 10 below 40.
    assert np.bincount(bins).tolist() == [15, 5, 10, 10]
    assert equal_mass_bins(np.array([0.3])).tolist() == [0]


@given(st.lists(st.sampled_from([0.0, 0.2, 0.2001, 0.5, 1.0]), min_size=1, max_size=200))
def test_bins_rise_with_the_scores_and_none_is_empty(scores):
    values = np.array(scores)
    bins = equal_mass_bins(values)
    assert set(bins) == set(range(bins.max() + 1))
    for low, high in zip(np.sort(values), np.sort(values)[1:], strict=False):
        if low == high:
            assert len(set(bins[values == low])) == 1
    order = np.argsort(values, kind="stable")
    assert (np.diff(bins[order]) >= 0).all()


def test_calibration_worked_out_by_hand():
    # Two bins of 10: scores of .2 of which 1 in 10 is so, scores of .8 of which 9 in 10 are.
    # Error: 10/20 x |.1 - .2| + 10/20 x |.9 - .8| = .1.
    scores = np.array([0.2] * 10 + [0.8] * 10)
    hit = np.array([True] + [False] * 9 + [True] * 9 + [False])
    rows = np.stack([scores, 1 - scores], axis=1)
    made = columns([0] * 20, rows, [n % 10 for n in range(20)], labels=("a", "b"))
    found = calibration(scores, hit, made)
    assert [(b.n, b.score, b.right.value) for b in found.bins] == [
        (10, pytest.approx(0.2), 0.1),
        (10, pytest.approx(0.8), 0.9),
    ]
    assert found.error.value == pytest.approx(0.1)


def test_curves_end_where_everything_is_called():
    (claim, denial, neither) = curves(drawn_columns())
    for curve in (claim, denial, neither):
        assert curve.recall[-1] == 1
        assert curve.precision[-1] == pytest.approx(curve.prevalence, abs=0.02)
        assert list(curve.recall) == sorted(curve.recall)
    assert claim.prevalence + denial.prevalence + neither.prevalence == pytest.approx(1)


def test_steps_of_a_curve_end_with_the_last_positive():
    step, steps = precision_steps(np.array([0.9, 0.1, 0.5, 0.5]), np.array([1, 0, 1, 0], bool))
    assert (step.tolist(), steps) == ([0, 2, 1, 1], 2)
    assert average_precision(np.array([[1.0, 2.0]]), np.array([[1.0, 1.0]])) == pytest.approx(
        (1 + 2 / 3) / 2
    )
