"""The words are those that the numbers give."""

import pytest
from stand_ins import LABELS, Spy, example, told

from annotate.evaluation import cross_validate, verdict
from annotate.evaluation.verdicts import percent


def test_verdict_of_a_table_worked_out_by_hand():
    # Called: claim 5 (3 right), denial 1 (1 right), neither 4 (3 right). Macro-F1 is
    # (6/9 + 2/3 + 6/8) / 3 = 0.694; always "claim" gives (8/14) / 3 = 0.190.
    found = verdict(told(grouping="article"))
    assert found.found == (
        "On 10 articles that the model has never seen, it finds 1 of the 2 sentences labelled "
        "“denial”, 3 of 4 labelled “claim” and 3 of 4 labelled “neither”."
    )
    assert found.called == (
        "It calls 1 sentence “denial”: rightly so.",
        "It calls 5 sentences “claim”: 3 rightly, 2 wrongly (40%).",
        "It calls 4 sentences “neither”: 3 rightly, 1 wrongly (25%).",
    )
    assert found.floor == (
        "Its macro-F1 is 0.69, where 1 is perfect. Giving every sentence the most frequent label, "
        "“claim”, would score 0.19."
    )
    assert found.sentences == (found.found, *found.called, found.floor)


def test_a_model_that_only_says_one_thing():
    found = verdict(told([("claim", "claim")] * 3 + [("denial", "claim")]))
    # Always "claim": F1 = 6/7 of claim, 0 of denial; the mean is 3/7 = 0.43, for both.
    assert found.found.endswith(
        "finds 0 of 1 sentence labelled “denial” and 3 of 3 labelled “claim”."
    )
    assert found.called[0] == "It never says “denial”."
    assert found.called[1] == "It calls 4 sentences “claim”: 3 rightly, 1 wrongly (25%)."
    assert found.floor.endswith("would score 0.43: the model is no better than that.")


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ([("claim", "claim")] * 2, "It calls 2 sentences “claim”, all of them rightly."),
        ([("claim", "denial")] * 2, "It calls 2 sentences “denial”, all of them wrongly."),
        ([("claim", "denial")], "It calls 1 sentence “denial”: wrongly so."),
    ],
)
def test_all_or_nothing_is_said_plainly(pairs, said):
    assert said in verdict(told(pairs)).called


def test_many_labels_are_summed_up():
    labels = ("a", "b", "c", "d", "e")
    pairs = [("a", "a")] * 4 + [("b", "a")] * 3 + [("b", "b")] + [("c", "c"), ("c", "a")]
    found = verdict(told(pairs, labels=labels))
    # Right: 4 + 1 + 1 of 10; found: a 4/4, b 1/4, c 1/2; d and e never occur.
    assert found.found == (
        "On 10 groups that the model has never seen, it gives 6 of 10 sentences the right label. "
        "It is best at finding “a” (4 of 4) and worst at finding “b” (1 of 4)."
    )
    assert found.called == ()


def test_many_labels_of_which_one_occurs():
    found = verdict(told([("a", "a")], labels=("a", "b", "c", "d", "e")))
    assert found.found.endswith("it gives 1 of 1 sentence the right label.")


def test_cross_validation_is_told_from_a_model():
    examples = [example(n, LABELS[n % 3]) for n in range(6)]
    found = verdict(cross_validate(Spy(), examples, labels=LABELS, folds=2, seed=0))
    start = "On 6 groups, each scored by a model that was trained without it, the recipe finds "
    assert found.found.startswith(start)


def test_whole_articles_are_not_called_sentences():
    assert "texts labelled" in verdict(told(kind="article")).found


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0, "0%"),
        (0.0001, "under 1%"),
        (1 / 200, "under 1%"),
        (0.006, "1%"),
        (0.994, "99%"),
        (0.995, "over 99%"),
        (0.9999, "over 99%"),
        (1, "100%"),
        (2 / 3, "67%"),
    ],
)
def test_per_cent_never_rounds_to_all_or_nothing(share, said):
    assert percent(share) == said
