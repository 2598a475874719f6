import pytest

from annotate.errors import UnknownLabelError
from annotate.gold import majority
from annotate.resources import resource
from annotate.scheme import Scheme
from strategies import annotation

SCHEME = Scheme.load(resource("schemas/labels.yaml"))


def decide(*annotations):
    return {gold.task_id: gold for gold in majority(annotations, scheme=SCHEME)}


def test_the_most_votes_win_and_all_are_counted():
    gold = decide(
        annotation("t", "a", "claim", flags=("unsure",)),
        annotation("t", "b", "denial", flags=("unsure", "mixed")),
        annotation("t", "c", "denial", prelabel_shown=True),
    )["t"]
    assert (gold.label, gold.votes, gold.independent) == ("denial", {"claim": 1, "denial": 2}, 2)
    assert gold.scores == pytest.approx({"claim": 1 / 3, "denial": 2 / 3, "neither": 0})
    assert gold.flags == ("unsure",)
    assert gold.reason == "claim 1, denial 2"


def test_an_open_tie_has_no_label():
    gold = decide(annotation("t", "a", "claim"), annotation("t", "b", "denial"))["t"]
    assert (gold.label, gold.reason) == (None, "open tie: claim 1, denial 1")


def test_skips_are_no_votes():
    gold = decide(
        annotation("t", "a", None, skipped=True),
        annotation("t", "b", "claim"),
        annotation("u", "a", None, skipped=True),
    )
    assert list(gold) == ["t"]
    assert gold["t"].label == "claim"


def test_a_label_outside_the_scheme_is_refused():
    with pytest.raises(UnknownLabelError, match="task t, a: 'maybe'"):
        decide(annotation("t", "a", "maybe"))
