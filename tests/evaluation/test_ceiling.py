"""People and the model by one yardstick."""

import pytest
from stand_ins import LABELS, told

from annotate.evaluation.ceiling import ceiling
from annotate.evaluation.wording import by_people


def of(votes, pairs, **options):
    options.setdefault("blind", True)
    items = told(pairs).items
    given = {item.id: each for item, each in zip(items, votes, strict=True)}
    return ceiling(items, given, labels=LABELS, name="m", seed=0, resamples=20, **options)


def test_ceiling_worked_out_by_hand():
    # e0: claim claim denial, model claim.
    #   leave a claim: others claim, denial tie -> left out (twice)
    #   leave the denial: others claim; the vote denial is wrong, the model is right
    # e1: denial denial denial, model neither.
    #   three times the reference is denial: the votes are right, the model is wrong
    # References: claim 1, denial 3. People: claim 0 of 1 found; denial 3 right, called 4, labelled
    #   3: F1 6/7; macro 3/7. Model: claim 1 of 1, F1 1; denial 0: macro 1/2.
    found = of([["claim", "claim", "denial"], ["denial"] * 3],
               [("claim", "claim"), ("denial", "neither")])  # fmt: skip
    assert found.people.value == pytest.approx(3 / 7)
    assert found.model.value == pytest.approx(1 / 2)
    assert (found.examples, found.votes, found.ties) == (2, 4, 2)
    assert found.comparison.difference.value == pytest.approx(1 / 2 - 3 / 7)


def test_the_order_of_votes_plays_no_part():
    pairs = [("claim", "claim")] * 2
    first = of([["claim", "denial", "claim"], ["denial", "neither", "denial"]], pairs)
    second = of([["claim", "claim", "denial"], ["neither", "denial", "denial"]], pairs)
    assert first.people == second.people


def test_two_annotators_are_each_the_others_reference():
    found = of([["claim", "denial"]], [("claim", "claim")])
    # Vote claim against denial, vote denial against claim: people 0; the model is right once.
    assert (found.votes, found.people.value, found.ties) == (2, 0, 0)
    assert found.model.value == pytest.approx((2 / 3 + 0) / 2)


@pytest.mark.parametrize(
    ("divided", "said"),
    [
        (0, "several labels). The two cannot be told apart."),
        (1, "too high: 1 more sentence of these articles, on which annotators disagree, has no"),
        (1200, "too high: 1,200 more sentences of these articles, on which annotators disagree"),
    ],
)
def test_what_is_left_out_since_annotators_disagree_is_said(divided, said):
    pairs = [("claim", "claim")]
    found = of([["claim", "claim"]], pairs, divided=divided)
    assert said in by_people(found, told(pairs))


@pytest.mark.parametrize("votes", [[[]], [["claim"]], [["stance", "claim"]]])
def test_a_lone_vote_or_one_outside_the_labels_is_no_ceiling(votes):
    assert of(votes, [("claim", "claim")]) is None
