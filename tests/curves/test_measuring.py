"""Who is trained on and who is scored, with a model that only counts."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from annotate.curves import Curve, Pace, forecast, learning_curve
from annotate.decisions import Decision
from annotate.errors import EvaluationError, ModelError
from annotate.records import Example
from annotate.resampling import Interval, NoInterval

LABELS = ("claim", "denial")


def examples(families, each=4, **fields):
    return [
        Example(id=f"{n}-{place}", text=f"text {place}", label=LABELS[place % 2], group=f"f{n}",
                **fields)
        for n in range(families)
        for place in range(each)
    ]  # fmt: skip


@dataclass(frozen=True)
class Knowing:
    """Is right about the first so many of the texts, and says claim of all others."""

    right: int
    labels: tuple[str, ...] = ("denial", "claim")  # not in the order of the scheme

    @property
    def decision(self):
        return Decision.highest(self.labels)

    def scores(self, inputs):
        rows = []
        for entry in inputs:
            place = int(entry.text.split()[1])
            denial = place % 2 and place < self.right
            rows.append([1.0, 0.0] if denial else [0.0, 1.0])
        return np.array(rows)


@dataclass(frozen=True)
class SeldomRight(Knowing):
    """Is right about every twentieth sentence that it is asked about, and always wrong else."""

    right: int = 0

    def scores(self, inputs):
        known = [int(entry.text.split()[1]) % 2 == (n % 20 != 1) for n, entry in enumerate(inputs)]
        return np.array([[0.0, 1.0] if claim else [1.0, 0.0] for claim in known])


def test_training_parts_are_nested_halves_and_never_scored():
    given, seen = examples(20), []

    def fit(part, seed):
        seen.append((seed, {example.group for example in part}, len(part)))
        return Knowing(4)

    curve = learning_curve(given, fit, labels=LABELS, points=3, seeds=2, seed=7)
    # Four fifths of 20 families are 16; half of that is 8, then 4.
    assert [point.families for point in curve.points] == [4, 8, 16]
    assert [point.sentences for point in curve.points] == [16, 32, 64]
    assert len(seen) == 2 * 5 * 3
    assert {seed for seed, _, _ in seen} == {7, 8}
    for small, middle, large in (seen[n : n + 3] for n in range(0, 30, 3)):
        assert small[1] < middle[1] < large[1]
    assert (curve.families, curve.sentences, curve.scored, curve.seeds) == (20, 80, 80, 2)
    assert curve.points[0].macro_f1 == 1
    assert curve.points[0].by_seed == (1, 1)
    assert curve.gain == 0
    assert isinstance(curve.points[0].interval, NoInterval)


def test_scores_are_those_of_all_predictions_together():
    # Right about texts 0 to 1 of 4: claims 2 of 2, denials 1 of 2. Claim 2*2/(2+3) = .8, denial
    # 2*1/(2+1) = 2/3; their mean is 11/15.
    sizes = iter(range(100))
    curve = learning_curve(
        examples(10), lambda part, seed: Knowing(2 if next(sizes) % 2 == 0 else 4),
        labels=LABELS, points=2, seeds=1, seed=0,
    )  # fmt: skip
    assert curve.points[0].macro_f1 == pytest.approx(11 / 15)
    assert curve.points[0].per_label == pytest.approx({"claim": 0.8, "denial": 2 / 3})
    assert curve.gain == pytest.approx(4 / 15)


def test_suggested_examples_are_learnt_from_and_not_scored():
    chosen = [
        example.model_copy(update={"stream": "chosen", "text": "text 99", "label": "claim"})
        for example in examples(12)
        if example.group in {"f0", "f1"}
    ]
    others = [example for example in examples(12) if example.group not in {"f0", "f1"}]
    learnt = set()

    def fit(part, seed):
        learnt.update(example.group for example in part)
        return Knowing(4)

    curve = learning_curve([*chosen, *others], fit, labels=LABELS, points=1, seeds=1, seed=0)
    assert {"f0", "f1"} <= learnt
    # Text 99 would be called claim, rightly, but it is not among the 40 that are scored.
    assert curve.scored == 40
    assert curve.points[0].macro_f1 == 1


def test_sizes_too_small_to_learn_from_are_left_out():
    def fit(part, seed):
        if len(part) < 20:
            msg = "too few"
            raise ModelError(msg)
        return Knowing(4)

    curve = learning_curve(examples(10), fit, labels=LABELS, points=4, seeds=1, seed=0)
    assert [point.families for point in curve.points] == [8]
    assert curve.gain is None
    with pytest.raises(EvaluationError, match="too few"):
        learning_curve(examples(5), fit, labels=LABELS, points=4, seeds=1, seed=0)
    with pytest.raises(
        EvaluationError, match="takes 5 families of articles that are not suggested"
    ):
        learning_curve(examples(4), fit, labels=LABELS, points=4, seeds=1, seed=0)


def measured(scores, gain, low, high, *, families=200):
    from annotate.curves import Point

    nothing = NoInterval("made up", 0)
    points = tuple(
        Point(10 * 2**n, 100 * 2**n, score, nothing, {}, ()) for n, score in enumerate(scores)
    )
    spread = Interval(low, high, clusters=families)
    return Curve(points, families, 8 * families, 8 * families, gain, spread, 1)


def test_a_flat_curve_is_called_flat_and_a_rising_one_rising():
    level = measured([0.6, 0.6, 0.6, 0.6], 0.0, -0.01, 0.02)
    assert forecast(level, None).verdict == "flat"
    assert forecast(measured([0.6] * 4, 0.0, -0.05, 0.05), None).verdict == "unclear"
    assert forecast(measured([0.4, 0.5, 0.55, 0.6], 0.05, 0.02, 0.08), None).verdict == "rising"
    assert forecast(measured([0.4, 0.5, 0.55, 0.6], 0.05, -0.02, 0.12), None).verdict == "unclear"


def test_a_curve_on_which_nothing_changes_is_flat_if_it_rests_on_families_enough():
    same = NoInterval("it is the same without any one family", 5)
    level = replace(measured([0.6] * 4, 0.0, 0, 0), gain_interval=same)
    assert forecast(level, None).verdict == "flat"
    assert forecast(replace(level, gain=0.02), None).verdict == "unclear"
    few = NoInterval("it rests on 4 families, and an interval takes 5", 4)
    assert forecast(replace(level, gain_interval=few), None).verdict == "unclear"
    assert forecast(replace(level, gain_interval=None), None).verdict == "unclear"


def test_no_macro_f1_is_below_zero():
    def fit(part, seed):
        return SeldomRight()

    curve = learning_curve(examples(20), fit, labels=LABELS, points=1, seeds=1, seed=0)
    (point,) = curve.points
    assert point.macro_f1 < 0.1
    assert 0 <= point.interval.low < point.macro_f1 < point.interval.high


def test_hours_follow_from_the_law_and_the_pace():
    # .8 - n^-.5 at 10, 20, 40, 80; with all 100 families .7. For .72 families^-.5 must be .08:
    # 156.25 families, 56.25 more, of 8 sentences each: 450. At 30 s and 2 labels 7.5 hours.
    law = [0.8 - (10 * 2**n) ** -0.5 for n in range(4)]
    pace = Pace.of([20, 30, 4000], labels=20, sentences=10)
    assert (pace.seconds, pace.timed, pace.labels_a_sentence) == (30, 3, 2)
    found = forecast(measured(law, 0.03, 0.01, 0.05, families=100), pace)
    assert found.now == pytest.approx(0.7)
    assert found.doubled == pytest.approx(0.8 - 200**-0.5)
    assert (found.families, found.sentences) == (56, 450)
    assert found.hours == pytest.approx(7.5)
    assert forecast(measured(law, 0.03, 0.01, 0.05, families=100), None).hours is None
    assert Pace.of([], labels=10, sentences=10) is None


def test_what_is_out_of_reach_is_not_forecast():
    near = [0.71 - (10 * 2**n) ** -1.5 for n in range(4)]
    found = forecast(measured(near, 0.0, 0.0, 0.01), None)
    assert found.law is not None
    assert found.families is None
    assert forecast(measured(near[:3], 0.0, 0.0, 0.01), None).law is None
