"""What may be asked of a training holds for the neural recipes as for `linear`."""

from collections import Counter

import numpy as np
import pytest

from annotate.errors import ModelError
from annotate.models import RecipeOptions
from annotate.models import recipe as make_recipe
from annotate.models.lesson import lesson_of, settled
from annotate.models.wishes import Wishes
from annotate.records import Example, Input

LABELS = ("claim", "denial", "neither")
TEXTS = {
    "claim": "The minister said that the bridge would open, source {}.",
    "denial": "The minister denied that the bridge was shut {}.",
    "neither": "It rained on the bridge for {} days.",
}
NEURAL = ("embedding", "encoder", "ensemble")


def mixed(n=216):
    """Every fourth text that is put as a denial is none, of many groups."""
    return [
        Example(
            id=f"e{k}",
            text=TEXTS[put].format(k % 7),
            label="neither" if put == "denial" and k % 12 < 3 else put,
            group=f"g{k // 9}",
        )
        for k in range(n)
        for put in [LABELS[k % 3]]
    ]


@pytest.fixture(scope="module")
def options(request):
    pytest.importorskip("torch")
    return {"encoder": str(request.getfixturevalue("tiny"))}


def made(name, options, **wishes):
    quick = {"epochs": 10, "learning_rate": 5e-3, "batch_size": 16}
    more = {} if name == "embedding" else quick
    return make_recipe(name, RecipeOptions(**options, **more, **wishes))


def denials(model):
    """Of all that is called a denial among what was not learnt from, whether it is right."""
    kept = lesson_of(mixed(), LABELS, Wishes(), seed=0).kept
    examples = [example for example, out in zip(mixed(), kept, strict=True) if out]
    places = model.decision.places(model.scores([example.input for example in examples]))
    return [
        example.label == "denial"
        for example, place in zip(examples, places, strict=True)
        if model.labels[place] == "denial"
    ]


@pytest.mark.neural
@pytest.mark.parametrize("name", NEURAL)
def test_a_precision_is_kept_on_the_validation_part(name, options):
    # Three of four that are put as denials are ones: .4 is within reach, .95 of all of them is not.
    plain, loose, strict = (
        made(name, options, min_precision=wanted).fit(mixed(), labels=LABELS, seed=0)
        for wanted in (None, {"denial": 0.4}, {"denial": 0.95})
    )
    assert plain.decision.floors == (0, 0, 0)
    assert 0 < loose.decision.floors[1] < strict.decision.floors[1]
    assert len(denials(loose)) == len(denials(plain)) > len(denials(strict))
    if name != "embedding":  # which settles it on folds of its own
        assert all(denials(strict))


@pytest.mark.neural
@pytest.mark.parametrize("name", NEURAL)
def test_divided_votes_count_less_where_they_are_asked_to(name, options):
    said = "He said it."
    kinds = (
        (said, "claim", {"claim": 3}),
        (said, "denial", {"claim": 4, "denial": 5}),
        ("It rained.", "neither", {"neither": 3}),
    )
    examples = [
        Example(id=f"{place}-{n}", text=text, label=label, group=f"g{n}", votes=votes)
        for n in range(24)
        for place, (text, label, votes) in enumerate(kinds)
    ]
    found = [
        made(name, options, weigh_votes=on)
        .fit(examples, labels=LABELS, seed=0)
        .scores([Input(said)])[0]
        for on in (None, True)
    ]
    plain, weighed = (scores[1] / scores[0] for scores in found)
    # A denial counts (5 + 1) / (9 + 1) = .6 of a claim; a small network gets there roughly.
    assert 0.3 < weighed / plain < 0.8


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        (5, "No precision can be promised, 5 groups being fewer than 8"),
        (24, "No example has the label 'rumour'"),
    ],
)
def test_a_precision_that_cannot_be_promised_is_refused_before_the_training(groups, message):
    label = "denial" if groups < 8 else "rumour"
    with pytest.raises(ModelError, match=message):
        lesson_of(mixed(9 * groups), LABELS, Wishes(precision={label: 0.5}), seed=0)


def test_each_training_keeps_other_groups_for_itself():
    lesson = lesson_of(mixed(), LABELS, Wishes(), trainings=3, seed=0)
    keepers = {one.group: keeper for one, keeper in zip(mixed(), lesson.kept_by, strict=True)}
    # 24 groups of one size in 8 parts: 3 for each training, and 15 that all learn from
    assert Counter(keepers.values()) == {0: 3, 1: 3, 2: 3, -1: 15}
    assert lesson.kept_by.tolist() == [keepers[one.group] for one in mixed()]
    first = lesson_of(mixed(), LABELS, Wishes(), seed=0)
    assert lesson.held_out(0).tolist() == first.kept.tolist()


def test_a_part_with_all_examples_of_a_label_is_learnt_from():
    # All denials are of one group, so the training whose part it is in has no part.
    given = [one for one in mixed() if one.label != "denial"]
    given += [one.model_copy(update={"group": "g0"}) for one in mixed() if one.label == "denial"]
    lesson = lesson_of(given, LABELS, Wishes(), trainings=8, seed=0)
    denials = np.array([one.label == "denial" for one in given])
    assert set(lesson.kept_by[denials]) == {-1}
    assert len(set(lesson.kept_by[~denials]) - {-1}) == 7


def test_floors_are_those_of_the_validation_part():
    # Denials by their sums: at the upper ones 3 of 3 are right, at the lower 1 of 3. .75 is
    # reached by the 3 and the first of the lower, .9 by the upper ones alone.
    gold = np.array([1, 1, 1, 1, 0, 0, 0, 0, 0])
    sums = np.array([[0, 3.0]] * 3 + [[0, 1.0]] * 3 + [[0, -2.0]] * 3)
    flat = np.zeros(2)
    _, plain = settled(sums, gold, flat, importance=None, precision={})
    calibration, strict = settled(sums, gold, flat, importance=None, precision={1: 0.9})
    assert plain.floors == (0.0, 0.0)
    scores = calibration.probabilities(sums)
    assert strict.floors == (0.0, scores[0, 1])
    assert strict.places(scores).tolist() == [1] * 3 + [0] * 6


def test_validation_counts_by_importance():
    # Nothing tells the 80 sentences apart: half are right for either label, but those of the first
    # count three times, so it is likely by 3/4; the pull of the calibration keeps it below.
    gold = np.array([0, 1] * 40)
    importance = np.where(gold == 0, 3.0, 1.0)
    flat = np.zeros(2)
    calibration, _ = settled(np.zeros((80, 2)), gold, flat, importance=importance, precision={})
    found = calibration.probabilities(np.zeros((1, 2)))
    np.testing.assert_allclose(found, [[0.75, 0.25]], atol=0.01)
