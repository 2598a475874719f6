import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from annotate.decisions import Decision
from annotate.models.calibration import (
    calibrate,
    decide_for_expected_macro_f1,
    decide_for_macro_f1,
    floors_for_precision,
    macro_f1,
    softmax,
)


def drawn(seed, n=4000, labels=3):
    """Sums, and gold labels drawn with the probabilities that the sums stand for."""
    random = np.random.default_rng(seed)
    sums = random.normal(0, 2, (n, labels))
    chances = softmax(sums).cumsum(axis=1)
    return sums, (random.random((n, 1)) > chances).sum(axis=1).clip(0, labels - 1)


def test_calibration_finds_the_slope_and_the_shifts_that_scores_were_bent_by():
    sums, gold = drawn(0)
    found = calibrate((sums - np.array([0.0, 1.0, -1.0])) / 0.5, gold)
    # Sums were shifted by (0, 1, -1) and divided by a half: slope .5, shifts back by (0, 1, -1).
    assert found.slope == pytest.approx(0.5, abs=0.05)
    shifts = np.array(found.shifts) - found.shifts[0]
    np.testing.assert_allclose(shifts, [0, 1, -1], atol=0.2)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000))
def test_calibrated_scores_are_right_as_often_as_they_say(seed):
    sums, gold = drawn(seed)
    other_sums, other_gold = drawn(seed + 1)
    scores = calibrate(3 * sums + 1, gold).probabilities(3 * other_sums + 1)
    for label in range(3):
        # The mean score is the share of the label, give or take 4 standard errors of .5/sqrt(4000).
        share = (other_gold == label).mean()
        assert scores[:, label].mean() == pytest.approx(share, abs=2 * 4 * 0.5 / np.sqrt(4000))


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000), st.floats(0.2, 5))
def test_weights_never_lower_macro_f1_on_what_they_were_found_on(seed, weight):
    sums, gold = drawn(seed, n=300)
    scores = softmax(sums)
    start = (1.0, weight, 1.0)
    before = Decision(start, (0.0,) * 3).places(scores)
    after = decide_for_macro_f1(scores, gold, start=start).places(scores)
    assert macro_f1(after, gold, 3) >= macro_f1(before, gold, 3) - 1e-9


def test_a_rare_label_with_low_scores_gets_a_weight():
    # 90 of label 0 at .9 and 10 of label 1 at .6 against .4: the highest score never gives label 1.
    scores = np.array([[0.9, 0.1]] * 90 + [[0.6, 0.4]] * 10)
    gold = np.array([0] * 90 + [1] * 10)
    decision = decide_for_macro_f1(scores, gold, start=(1.0, 1.0))
    np.testing.assert_array_equal(decision.places(scores), gold)


def test_macro_f1_is_that_of_scikit_learn():
    from sklearn.metrics import f1_score

    _, gold = drawn(3, n=200)
    predicted = drawn(4, n=200)[1]
    assert macro_f1(predicted, gold, 3) == pytest.approx(f1_score(gold, predicted, average="macro"))


def test_a_floor_is_the_lowest_score_that_keeps_the_precision():
    # Label 1 by falling score: right, right, wrong, right. Shares: 1, 1, 2/3, 3/4.
    scores = np.array([[0.1, 0.9], [0.2, 0.8], [0.3, 0.7], [0.4, 0.6]])
    gold = np.array([1, 1, 0, 1])
    plain = Decision((1.0, 1.0), (0.0, 0.0))
    assert floors_for_precision(scores, gold, plain, {1: 0.75}).floors == (0.0, 0.6)
    assert floors_for_precision(scores, gold, plain, {1: 0.8}).floors == (0.0, 0.8)
    nowhere = floors_for_precision(scores, np.zeros(4, dtype=int), plain, {1: 0.5})
    assert nowhere.floors == (0.0, 1.0)
    assert (nowhere.places(scores) == 0).all()


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_what_floors_promise_holds_on_what_they_were_set_on(data):
    labels, n = data.draw(st.integers(2, 5)), data.draw(st.integers(1, 40))
    tenths = arrays(np.float64, (n, labels), elements=st.integers(0, 10).map(lambda x: x / 10))
    scores = data.draw(tenths)
    gold = data.draw(arrays(np.int64, n, elements=st.integers(0, labels - 1)))
    weights = data.draw(st.tuples(*[st.floats(0.2, 5)] * labels))
    places, shares = st.integers(0, labels - 1), st.floats(0.05, 1)
    wanted = data.draw(st.dictionaries(places, shares, max_size=labels - 1))
    plain = Decision(weights, (0.0,) * labels)
    given_ = floors_for_precision(scores, gold, plain, wanted).places(scores)
    for label, share in wanted.items():
        mine = gold[given_ == label] == label
        assert not len(mine) or mine.mean() >= share - 1e-12


def test_a_sentence_barred_from_one_label_counts_for_the_one_it_falls_to():
    # The second is no 0 and falls to 1, of which then 1 in 2 is right: 1 keeps the third alone.
    scores = np.array([[0.6, 0.3, 0.1], [0.5, 0.4, 0.1], [0.3, 0.5, 0.2], [0.0, 0.1, 0.9]])
    found = floors_for_precision(
        scores, np.array([0, 2, 1, 2]), Decision.highest("abc"), {0: 0.9, 1: 0.9}
    )
    assert found.floors == (0.6, 0.5, 0.0)
    assert found.places(scores).tolist() == [0, 2, 1, 2]


def test_the_expected_macro_f1_decides_by_scores_alone():
    # 4 sentences score (.6, .4) and 16 score (.9, .1): support 16.8 and 3.2 are to be expected.
    # Calling the 4 the second label: (2 * 14.4 / (16.8 + 16) + 2 * 1.6 / (3.2 + 4)) / 2 = .661;
    # never calling it: (2 * 16.8 / (16.8 + 20) + 0) / 2 = .457; always: 2 * 3.2 / 23.2 / 2 = .138.
    # To get there from even weights, the second must count 1.5 times as much: a shift of .41, at a
    # cost of .02 * .5 ** 2.
    scores = np.repeat([[0.6, 0.4], [0.9, 0.1]], [4, 16], axis=0)
    found = decide_for_expected_macro_f1(scores, start=(1.0, 1.0))
    assert found.places(scores).tolist() == [1] * 4 + [0] * 16
    assert found.weights[1] / found.weights[0] == pytest.approx(np.exp(0.5))
    # From weights that call everything the second label it comes back.
    assert decide_for_expected_macro_f1(scores, start=(1.0, 12.0)).places(scores).sum() == 4
