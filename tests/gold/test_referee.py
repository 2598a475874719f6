import pytest

from annotate.errors import GoldError, UnknownLabelError
from annotate.gold import majority
from annotate.gold.referee import adjudicate, query, to_review
from annotate.resources import resource
from annotate.scheme import Scheme
from strategies import annotation

SCHEME = Scheme.load(resource("schemas/labels.yaml"))
SPLIT = ("claim", "claim", "denial")
VOTES = [
    *(annotation("tie", who, label) for who, label in (("a", "claim"), ("b", "denial"))),
    *(annotation("split", who, label) for who, label in zip("abc", SPLIT, strict=True)),
    *(annotation("clear", who, "neither") for who in "ab"),
]  # fmt: skip


def gold():
    return list(majority(VOTES, scheme=SCHEME))


def decided(*decisions, shown=()):
    found = adjudicate(gold(), decisions, scheme=SCHEME, shown={"tie": shown})
    return found, {entry.task_id: entry for entry in found.gold}


def test_ties_come_first_then_what_scores_lowest():
    assert list(to_review(gold(), below=0.6)) == [("tie", "tie")]
    # 2 of 3 votes: .667
    assert list(to_review(gold(), below=0.7)) == [("tie", "tie"), ("split", "low score")]
    assert [name for name, _ in to_review(gold(), below=1)] == ["tie", "split"]  # 1 is not below 1


def test_a_decision_wins_and_the_votes_stay():
    found, by_task = decided(annotation("tie", "judge", "neither", flags=("unsure",)))
    entry = by_task["tie"]
    assert (entry.label, entry.method, entry.referees) == ("neither", "adjudicated", ("judge",))
    assert entry.votes == {"claim": 1, "denial": 1}
    assert (entry.scores["neither"], entry.independent) == (1, 2)
    assert entry.flags == ("unsure",)
    assert entry.reason == "neither by judge; open tie: claim 1, denial 1"
    assert (found.decided, found.differing, found.strangers) == (1, 0, ())
    assert by_task["clear"] == gold()[0]


def test_a_decision_wins_over_a_clear_label_too():
    _, by_task = decided(annotation("clear", "judge", "claim"))
    assert by_task["clear"].label == "claim"


def test_blind_is_what_showed_nothing():
    judged = annotation("tie", "judge", "claim")
    assert decided(judged)[1]["tie"].blind
    assert not decided(judged, shown=("votes",))[1]["tie"].blind
    assert not decided(judged)[1]["clear"].blind  # no referee
    with_prelabel = annotation("tie", "judge", "claim", prelabel_shown=True)
    entry = decided(with_prelabel)[1]["tie"]
    assert (entry.blind, entry.shown) == (False, ("prelabel",))


def test_referees_who_differ_leave_it_open_and_most_of_three_decide():
    two = [annotation("tie", "judge", "claim"), annotation("tie", "other", "denial")]
    found, by_task = decided(*two)
    assert (by_task["tie"].label, found.decided, found.differing) == (None, 0, 1)
    assert by_task["tie"].reason.startswith("referees differ: claim by judge, denial by other")
    _, by_task = decided(*two, annotation("tie", "third", "denial"))
    assert by_task["tie"].label == "denial"
    assert list(to_review([by_task["tie"]], below=1)) == []


def test_a_skip_decides_nothing():
    found, by_task = decided(annotation("tie", "judge", None, skipped=True))
    assert (by_task["tie"].method, found.decided) == ("majority", 0)


def test_a_decision_on_a_task_without_votes_is_told_and_makes_no_label():
    found, by_task = decided(annotation("gone", "judge", "claim"))
    assert found.strangers == ("gone",)
    assert "gone" not in by_task


def test_what_cannot_be_is_refused():
    with pytest.raises(UnknownLabelError, match="task tie, judge: 'maybe'"):
        decided(annotation("tie", "judge", "maybe"))
    with pytest.raises(GoldError, match="two annotations by judge"):
        decided(annotation("tie", "judge", "claim"), annotation("tie", "judge", "claim"))


def test_the_page_names_everybody_and_a_blind_one_nobody():
    votes = [
        annotation("tie", "b", "denial", flags=("unsure",), prelabel_shown=True),
        annotation("tie", "a", "claim"),
    ]
    asked = query("tie", "tie", votes, blind=False)
    assert asked.note.splitlines() == [
        "Decide the label. So far:", "a: claim", "b: denial (unsure, a pre-label was shown)",
    ]  # fmt: skip
    assert asked.shown == ("votes",)
    blind = query("tie", "tie", votes, blind=True)
    assert (blind.note, blind.shown) == ("", ())


def test_a_referee_who_had_voted_on_the_task_is_counted():
    decisions = [annotation("tie", "a", "claim"), annotation("clear", "judge", "neither")]
    voters = {(vote.task_id, vote.annotator) for vote in VOTES}
    found = adjudicate(gold(), decisions, scheme=SCHEME, shown={}, voters=voters)
    assert (found.decided, found.own) == (2, 1)
