import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.gold import dawid_skene
from tables import as_frame, in_our_order, table_of, vote_lists


@settings(max_examples=40, deadline=None)
@given(vote_lists(), st.integers(1, 30))
def test_after_any_number_of_rounds_the_scores_are_those_of_crowd_kit(votes, rounds):
    # crowd-kit ends when its bound rises by less than its tolerance: below -1e9 it never does, so
    # both do the same rounds from the same beginning and may differ by rounding alone.
    crowdkit = pytest.importorskip("crowdkit.aggregation", reason="needs crowd-kit (oracles)")
    table = table_of(votes)
    oracle = crowdkit.DawidSkene(n_iter=rounds, tol=-1e9).fit_predict_proba(as_frame(votes))
    ours = dawid_skene(table, smoothing=0, tolerance=-1, most_rounds=rounds)
    assert ours.rounds == rounds
    assert ours.scores == pytest.approx(in_our_order(oracle, table), abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(vote_lists(), st.sampled_from([0, 0.1, 1]))
def test_shares_sum_to_one_and_nothing_is_undefined(votes, smoothing):
    found = dawid_skene(table_of(votes), smoothing=smoothing)
    for shares in (found.scores, found.errors, found.prior):
        assert np.isfinite(shares).all()
        assert (shares >= 0).all()
        assert shares.sum(axis=-1) == pytest.approx(1)


@settings(max_examples=30, deadline=None)
@given(vote_lists())
def test_at_rest_another_round_moves_no_score_by_more_than_the_tolerance(votes):
    found = dawid_skene(table_of(votes), tolerance=1e-8, most_rounds=20_000)
    again = dawid_skene(table_of(votes), tolerance=-1, most_rounds=found.rounds + 1)
    assert found.converged
    assert np.abs(again.scores - found.scores).max() <= 1e-8


@settings(max_examples=30, deadline=None)
@given(vote_lists(), st.randoms(use_true_random=False))
def test_neither_the_order_of_votes_nor_names_of_annotators_matter(votes, random):
    renamed = [(task, who.replace("a", "z"), label) for task, who, label in votes]
    random.shuffle(renamed)
    one, other = dawid_skene(table_of(votes)), dawid_skene(table_of(renamed))
    assert other.scores == pytest.approx(one.scores, abs=1e-5)


def test_one_round_by_hand():
    # t1: a, b, c say claim. t2: a, b say claim, c says denial.
    votes = [("t1", who, "claim") for who in "abc"]
    votes += [("t2", "a", "claim"), ("t2", "b", "claim"), ("t2", "c", "denial")]
    # Shares: t1 (1, 0), t2 (2/3, 1/3), so the prior is (5/6, 1/6).
    # c is right about claim in 1 of 5/3 (t1), gives denial in 2/3 of 5/3: errors (3/5, 2/5); where
    # denial is right (1/3 of t2) c gives denial always. a and b give claim always, so they say
    # nothing. t2 then: claim 5/6 * 2/5 = 1/3, denial 1/6 * 1 = 1/6, that is (2/3, 1/3); t1: claim
    # 5/6 * 3/5, denial 1/6 * 0 (1e-10): (1, 0).
    found = dawid_skene(table_of(votes), smoothing=0, most_rounds=1)
    assert found.prior == pytest.approx([5 / 6, 1 / 6])
    assert found.errors[2] == pytest.approx(np.array([[3 / 5, 2 / 5], [0, 1]]), abs=1e-9)
    assert found.scores == pytest.approx(np.array([[1, 0], [2 / 3, 1 / 3]]), abs=1e-9)


def test_an_annotator_who_swaps_two_labels_still_tells_them_apart():
    # b always swaps the two labels; a and c are right. Weighed, b counts for the other label.
    right = ["claim", "denial"] * 10
    other = {"claim": "denial", "denial": "claim"}
    votes = [(f"t{n:02}", who, label) for n, label in enumerate(right) for who in "ac"]
    votes += [(f"t{n:02}", "b", other[label]) for n, label in enumerate(right)]
    found = dawid_skene(table_of(votes))
    assert [("claim", "denial")[k] for k in found.scores.argmax(axis=1)] == right
    assert found.errors[1, 0, 1] > 0.9  # b gives denial where claim is right
