import numpy as np
import pytest

from annotate.errors import GoldError
from annotate.gold import VoteTable
from strategies import annotation


def test_votes_become_numbers_of_sorted_names_in_the_order_of_the_labels():
    votes = [("t2", "b", "denial"), ("t1", "b", "claim"), ("t1", "a", "denial")]
    table = VoteTable.of(votes, ("claim", "neither", "denial"))
    assert (table.tasks, table.annotators) == (("t1", "t2"), ("a", "b"))
    assert table.labels == ("claim", "denial")  # nobody gave "neither"
    # t1: one of two votes each; t2: its one vote
    assert table.shares.tolist() == [[0.5, 0.5], [0, 1]]
    # columns: a claim, a denial, b claim, b denial
    assert table.cells.toarray().tolist() == [[0, 1, 1, 0], [0, 0, 0, 1]]


def test_skips_are_no_votes():
    given = [annotation("t", "a", None, skipped=True), annotation("t", "b", "claim")]
    table = VoteTable.from_annotations(given, ("claim", "denial"))
    assert table.annotators == ("b",)
    assert np.array_equal(table.task, [0])


def test_without_votes_and_with_an_unknown_label_it_says_what_to_do():
    with pytest.raises(GoldError, match="Nobody has labelled anything yet"):
        VoteTable.of([], ("claim", "denial"))
    with pytest.raises(GoldError, match="'maybe' is none of the labels"):
        VoteTable.of([("t", "a", "maybe")], ("claim", "denial"))
