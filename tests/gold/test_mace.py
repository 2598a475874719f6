import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.gold import mace
from annotate.gold.mace import random_start, run
from tables import as_frame, in_our_order, table_of, vote_lists


def complete(votes):
    """With an annotator and a task before all others that show every label in order.

    crowd-kit numbers labels and annotators by first appearance in one place and by name in
    another, and leaves out combinations that do not occur: only where these are the same, and
    everybody used every label, are its guesses those of the label and annotator they belong to.
    """
    people = sorted({who for _, who, _ in votes})
    padding = [
        (f"s{people.index(who)}{n}", who, label)
        for who in people
        for n, label in enumerate(("claim", "denial", "neither"))
    ]
    return [*padding, *votes]


def oracle_from_our_start(frame, rounds):
    """crowd-kit's scores of one run from the beginning that ours has."""
    crowdkit = pytest.importorskip("crowdkit.aggregation", reason="needs crowd-kit (oracles)")

    class FromOurStart(crowdkit.MACE):
        def _initialize(self, n_workers, n_labels):
            super()._initialize(n_workers, n_labels)
            start = random_start(np.random.default_rng(7), n_workers, n_labels)
            self.spamming_ = np.column_stack([start.guessing, start.knowing])
            self.thetas_ = start.guesses

    return FromOurStart(n_restarts=1, n_iter=rounds).fit_predict_proba(frame)


@settings(max_examples=15, deadline=None)
@given(vote_lists(), st.integers(1, 12))
def test_from_one_beginning_the_scores_are_those_of_crowd_kit(votes, rounds):
    votes = complete(votes)
    table = table_of(votes)
    oracle = oracle_from_our_start(as_frame(votes), rounds)
    start = random_start(np.random.default_rng(7), len(table.annotators), len(table.labels))
    ours = run(table, start, most_rounds=rounds, tolerance=-1)
    assert ours.scores == pytest.approx(in_our_order(oracle, table), abs=1e-8)


@settings(max_examples=60, deadline=None)
@given(vote_lists(), st.integers(0, 5))
def test_shares_sum_to_one_and_nothing_is_undefined(votes, seed):
    found = mace(table_of(votes), seed=seed, restarts=2)
    assert np.isfinite(found.scores).all()
    assert found.scores.sum(axis=1) == pytest.approx(1)
    assert ((found.competence >= 0) & (found.competence <= 1)).all()


def test_the_seed_decides():
    votes = table_of([("t", "a", "claim"), ("t", "b", "denial"), ("u", "a", "claim")])
    one, other = (mace(votes, seed=3, most_rounds=2).scores for _ in range(2))
    assert np.array_equal(one, other)
    assert not np.array_equal(one, mace(votes, seed=4, most_rounds=2).scores)


def test_who_guesses_is_found_out():
    # Three annotators agree on 30 tasks, half of them denials; c says claim whatever there is.
    right = ["claim", "denial"] * 15
    votes = [(f"t{n:02}", who, label) for n, label in enumerate(right) for who in "abd"]
    votes += [(f"t{n:02}", "c", "claim") for n in range(30)]
    found = mace(table_of(votes), seed=0)
    assert [("claim", "denial")[k] for k in found.scores.argmax(axis=1)] == right
    knows = dict(zip("abcd", found.competence, strict=True))
    assert knows["c"] < 0.3
    assert min(knows["a"], knows["b"], knows["d"]) > 0.8
