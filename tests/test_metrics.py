from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as oracle

from annotate.errors import EvaluationError
from annotate.metrics import (
    Scores,
    average_precision,
    brier_scores,
    confusion_matrix,
    log_losses,
    many_figures,
    precision_steps,
    score,
)

LABELS = ("claim", "denial", "neither", "weder-noch")

# gold c c c d d n, predicted c c d d n n:
#   claim    right 2, support 3, predicted 2: P 1, R 2/3, F1 4/5
#   denial   right 1, support 2, predicted 2: P 1/2, R 1/2, F1 2/4
#   neither  right 1, support 1, predicted 2: P 1/2, R 1, F1 2/3
GOLD = ["claim", "claim", "claim", "denial", "denial", "neither"]
PREDICTED = ["claim", "claim", "denial", "denial", "neither", "neither"]

labelled = st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS)), min_size=1)


def test_hand_computed_table():
    found = score(GOLD, PREDICTED, LABELS[:3])
    assert found.confusion.tolist() == [[2, 1, 0], [0, 1, 1], [0, 0, 1]]
    assert found.n == 6
    assert found.accuracy == pytest.approx(4 / 6)
    assert [entry.f1 for entry in found.per_label] == pytest.approx([4 / 5, 1 / 2, 2 / 3])
    assert found.macro_f1 == pytest.approx((4 / 5 + 1 / 2 + 2 / 3) / 3)
    # n² = 36; gold (3, 2, 1), predicted (2, 2, 2): gold·predicted = 12,
    # gold² = 14, predicted² = 12: mcc = (4·6 - 12) / sqrt((36 - 12)(36 - 14)).
    assert found.mcc == pytest.approx(12 / (24 * 22) ** 0.5)


def test_a_label_that_is_not_in_gold_has_no_say_in_macro_f1():
    # claim 4/5 and denial 1/2 as above; the one neither is now a denial, found as neither:
    # denial right 1, support 3, predicted 2: 2/5. neither is only predicted: F1 0, not counted.
    found = score([*GOLD[:5], "denial"], PREDICTED, LABELS)
    neither, unused = found.per_label[2:]
    assert (neither.precision, neither.recall, neither.f1) == (0, None, 0)
    assert (unused.precision, unused.recall, unused.f1) == (None, None, None)
    assert found.macro_f1 == pytest.approx((4 / 5 + 2 / 5) / 2)


def test_a_label_never_predicted_has_no_precision_but_counts_with_zero():
    found = score(["claim", "denial"], ["claim", "claim"], ("claim", "denial"))
    denial = found.per_label[1]
    assert (denial.precision, denial.recall, denial.f1) == (None, 0, 0)
    assert found.macro_f1 == pytest.approx((2 / 3 + 0) / 2)
    assert found.mcc is None


@given(labelled)
def test_equals_scikit_learn(pairs):
    gold, predicted = map(list, zip(*pairs, strict=True))
    found = score(gold, predicted, LABELS)
    confusion = oracle.confusion_matrix(gold, predicted, labels=list(LABELS))
    np.testing.assert_array_equal(found.confusion, confusion)
    precision, recall, f1, support = oracle.precision_recall_fscore_support(
        gold, predicted, labels=list(LABELS), zero_division=0
    )
    for entry, *expected in zip(found.per_label, precision, recall, f1, support, strict=True):
        ours = [entry.precision or 0, entry.recall or 0, entry.f1 or 0, entry.support]
        assert ours == pytest.approx(expected)
    in_gold = sorted(set(gold))
    macro = oracle.f1_score(gold, predicted, labels=in_gold, average="macro", zero_division=0)
    assert found.macro_f1 == pytest.approx(macro)
    assert found.accuracy == pytest.approx(oracle.accuracy_score(gold, predicted))


@given(labelled)
def test_mcc_equals_scikit_learn(pairs):
    gold, predicted = map(list, zip(*pairs, strict=True))
    found = score(gold, predicted, LABELS).mcc
    if len(set(gold)) == 1 or len(set(predicted)) == 1:
        assert found is None
    else:
        assert found == pytest.approx(oracle.matthews_corrcoef(gold, predicted), abs=1e-12)


@given(labelled)
def test_order_of_examples_does_not_matter(pairs):
    gold, predicted = map(list, zip(*pairs, strict=True))
    forward = confusion_matrix(gold, predicted, LABELS)
    np.testing.assert_array_equal(forward, confusion_matrix(gold[::-1], predicted[::-1], LABELS))
    assert forward.sum() == len(pairs)


def test_perfect_predictions_score_one():
    found = score(GOLD, GOLD, LABELS)
    assert (found.macro_f1, found.accuracy, found.mcc) == (1, 1, pytest.approx(1))


def test_scores_can_be_made_of_counts():
    counts = np.array([[2, 1, 0], [0, 1, 1], [0, 0, 1]])
    assert Scores(LABELS[:3], counts).macro_f1 == score(GOLD, PREDICTED, LABELS[:3]).macro_f1


@pytest.mark.parametrize(
    ("gold", "predicted", "message"),
    [
        ([], [], "no example to score"),
        (["claim"], ["claim", "denial"], "1 gold labels .* 2 predictions"),
        (["Claim"], ["claim"], "gold label 'Claim' is not one of claim, denial"),
        (["claim"], ["other"], "predicted label 'other'"),
    ],
)
def test_what_cannot_be_scored_is_refused(gold, predicted, message):
    with pytest.raises(EvaluationError, match=message):
        score(gold, predicted, LABELS)


def test_every_pair_of_labels_has_its_own_cell():
    pairs = list(product(LABELS, LABELS))
    gold, predicted = map(list, zip(*pairs, strict=True))
    assert (confusion_matrix(gold, predicted, LABELS) == 1).all()


@given(st.lists(labelled, min_size=1, max_size=4))
def test_many_figures_are_those_of_each_matrix(tables):
    confusions = np.stack(
        [score(*map(list, zip(*t, strict=True)), LABELS).confusion for t in tables]
    )
    found = many_figures(confusions)
    assert found.shares.shape == (len(tables), 2 + 3 * len(LABELS))
    for row, counts in enumerate(confusions):
        alone = Scores(LABELS, counts)
        assert found.macro_f1[row] == pytest.approx(alone.macro_f1)
        assert found.accuracy[row] == pytest.approx(alone.accuracy)
        assert_same(found.mcc[row], alone.mcc)
        for place, entry in enumerate(alone.per_label):
            assert_same(found.precision[row, place], entry.precision)
            assert_same(found.recall[row, place], entry.recall)
            assert_same(found.f1[row, place], entry.f1 if entry.support else None)


def assert_same(found, expected):
    assert np.isnan(found) if expected is None else found == pytest.approx(expected, abs=1e-12)


def area(scores, positive, weight=None):
    weight = np.ones(len(scores)) if weight is None else weight
    step, steps = precision_steps(scores, positive)
    called, found = (
        np.bincount(step, each, minlength=steps + 1)[None, :steps]
        for each in (weight, weight * positive)
    )
    return average_precision(called, found)[0]


def test_average_precision_of_a_list_worked_out_by_hand():
    # Ranked .9 +, .8 -, .5 + and - (one threshold), .1 +. Three positives; thresholds where
    # recall rises: .9 (1 of 1 called), .5 (2 of 4 called), .1 (3 of 5):
    # 1/3 x 1 + 1/3 x 2/4 + 1/3 x 3/5 = 0.7.
    scores = np.array([0.5, 0.9, 0.1, 0.8, 0.5])
    positive = np.array([True, True, True, False, False])
    assert area(scores, positive) == pytest.approx(0.7)
    assert area(scores, positive, 2.0 * np.ones(5)) == pytest.approx(0.7)
    assert area(scores, positive, np.array([1, 1, 1, 0, 0])) == pytest.approx(1)
    assert np.isnan(area(scores, positive, np.array([0, 0, 0, 1, 1])))
    assert np.isnan(area(scores, np.zeros(5, dtype=bool)))


ranked = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 1.0]), st.booleans(), st.integers(0, 3)),
    min_size=1,
)


@given(ranked)
def test_average_precision_equals_scikit_learn(rows):
    scores, positive, weight = (np.array(column) for column in zip(*rows, strict=True))
    found = area(scores, positive, weight)
    if not (positive * weight).any():
        assert np.isnan(found)
    else:
        theirs = oracle.average_precision_score(positive, scores, sample_weight=weight)
        assert found == pytest.approx(theirs)


@st.composite
def scored(draw):
    rows = draw(st.lists(st.lists(st.integers(1, 50), min_size=3, max_size=3), min_size=2))
    gold = draw(st.lists(st.integers(0, 2), min_size=len(rows), max_size=len(rows)))
    given_ = np.array(rows, dtype=float)
    return given_ / given_.sum(axis=1, keepdims=True), np.array(gold)


@given(scored())
def test_brier_score_and_log_loss_equal_scikit_learn(drawn):
    scores, gold = drawn
    # scikit-learn 1.6 has the score of two outcomes alone: the sum over labels is Brier's own.
    brier = sum(oracle.brier_score_loss(gold == k, scores[:, k]) for k in range(3))
    assert brier_scores(scores, gold).mean() == pytest.approx(brier)
    loss = oracle.log_loss(gold, scores, labels=[0, 1, 2])
    assert log_losses(scores, gold).mean() == pytest.approx(loss)


def test_a_gold_label_given_no_chance_costs_what_is_said():
    scores, gold = np.array([[0.0, 1.0], [0.25, 0.75]]), np.array([0, 1])
    # (0 - 1)² + 1² = 2; .25² + .25² = .125. -ln 1e-15 = 15 ln 10 = 34.539; -ln .75 = 0.288.
    assert brier_scores(scores, gold) == pytest.approx([2, 0.125])
    assert log_losses(scores, gold) == pytest.approx([34.539, 0.288], abs=5e-4)
