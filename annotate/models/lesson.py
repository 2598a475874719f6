"""What an encoder is fine-tuned on, and what is kept back to settle what its sums mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotate.decisions import Decision
from annotate.models.calibration import (
    Calibration,
    calibrate,
    decide_for_expected_macro_f1,
    floors_for_precision,
)
from annotate.models.fine_tuning import PARTS, label_weights
from annotate.models.protocol import Details, targets
from annotate.models.wishes import Wishes
from annotate.records import Example
from annotate.splits import group_folds

_Sums = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """Labels to learn, and which of them are kept back.

    Attributes:
        labels: how many there are, those that do not occur included.
        seen: places of those that occur, ascending.
        gold: the label of each example, as a place among those that occur.
        kept_by: the training, counted from 0, that does not learn from an example and has it in
            its validation part; -1 where all learn from it. Shape (examples,).
        trainings: how many there are.
        importance: how much each example counts, above 0; None where all count alike.
        precision: what is wanted, by the place of its label among those that occur.
    """

    labels: int
    seen: NDArray[np.int64]
    gold: NDArray[np.int64]
    kept_by: NDArray[np.int64]
    trainings: int
    importance: NDArray[np.float64] | None
    precision: Mapping[int, float]

    @property
    def kept(self) -> NDArray[np.bool_]:
        """Which examples are in a validation part, maybe none."""
        return self.kept_by >= 0

    def held_out(self, training: int) -> NDArray[np.bool_]:
        """Which examples are in the validation part of a training."""
        found: NDArray[np.bool_] = self.kept_by == training
        return found

    def log_weighting(self, training: int) -> NDArray[np.float64]:
        """Logarithms of how much each label that occurs counts in a training; shape (seen,)."""
        return np.log(label_weights(self.gold[~self.held_out(training)]).astype(np.float64))

    def pooled(self, sums: Sequence[_Sums]) -> _Sums:
        """The sums of each training's validation part, in the order of the examples.

        Args:
            sums: for each training, of shape (its validation part, seen).

        Returns:
            Shape (all validation parts, seen).
        """
        found = np.zeros((len(self.gold), len(self.seen)))
        for training, part in enumerate(sums):
            found[self.held_out(training)] = part
        return found[self.kept]

    def settled(self, sums: _Sums) -> tuple[Calibration, Decision]:
        """What the sums of the validation parts mean, and how they become one of all labels.

        Args:
            sums: as `pooled` gives them, with the weighting of labels taken off.
        """
        weighting = [self.log_weighting(training) for training in range(self.trainings)]
        calibration, decision = settled(
            sums,
            self.gold[self.kept],
            np.mean(weighting, axis=0),
            importance=None if self.importance is None else self.importance[self.kept],
            precision=self.precision,
        )
        return calibration, decision.among(self.seen, self.labels)

    def details(self, calibration: Calibration) -> Details:
        """What was kept back and, if anything was, what was settled on it, for the manifest."""
        found = {"validation": f"{self.kept.sum()} of {len(self.kept)} examples, by group"}
        if self.kept.any():
            found["calibration"] = f"slope {calibration.slope:.3f}, on the validation part"
        return found


def lesson_of(
    examples: Sequence[Example],
    labels: Sequence[str],
    wishes: Wishes,
    *,
    trainings: int = 1,
    seed: int,
) -> Lesson:
    """Choose the validation part of each training.

    Args:
        examples: with at least two labels among them.
        labels: every label that there is.
        wishes: what is asked for.
        trainings: how many, in [1, `PARTS`].
        seed: of the validation groups.

    Raises:
        ModelError: fewer than two labels, or a precision that cannot be promised.
        UnknownLabelError: an example's label is not among ``labels``.
    """
    target, seen = targets(examples, labels)
    gold = np.searchsorted(seen, target)
    groups = [example.group for example in examples]
    precision = wishes.precision_at([labels[place] for place in seen.tolist()])
    kept_by = _kept_by(groups, gold, trainings=trainings, seed=seed)
    if not (kept_by >= 0).any():
        few = len(set(groups)) < PARTS
        why = f"{len(set(groups))} groups being fewer than {PARTS}" if few else _ONE_SIDED
        wishes.refuse_precision(why)
    importance = wishes.importance(examples)
    return Lesson(len(labels), seen, gold, kept_by, trainings, importance, precision)


_ONE_SIDED: Final = "since a label has all its examples in the part kept to settle it on"


def _kept_by(
    groups: Sequence[str], gold: NDArray[np.int64], *, trainings: int, seed: int
) -> NDArray[np.int64]:
    """Which training does not learn from each example; none where it would lack groups or a label.

    Returns:
        Shape (examples,), -1 where all learn from it.
    """
    none = np.full(len(groups), -1)
    if len(set(groups)) < PARTS:
        return none
    parts = group_folds(groups, k=PARTS, seed=seed)
    for training in range(trainings):
        if len(np.unique(gold[parts != training])) <= gold.max():
            parts = np.where(parts == training, -1, parts)
    return np.where(parts < trainings, parts, -1)


def settled(
    sums: _Sums,
    gold: NDArray[np.int64],
    log_weighting: NDArray[np.float64],
    *,
    importance: NDArray[np.float64] | None,
    precision: Mapping[int, float],
) -> tuple[Calibration, Decision]:
    """What the sums of the validation part mean, and how they become labels.

    A loss that weighs label k by w(k) learns probabilities in proportion to w(k) p(k), so that
    softmax(sums - log w) are the p(k): the sums come with the weighting taken off. It comes back in
    the decision: without a validation part that is the network's own; with one it is where each
    label weighs the same (w being a root of how rare it is, this is w twice), moved to where the
    calibrated scores let expect a higher macro-F1.

    Args:
        sums: of the network less ``log_weighting``, of shape (validation, labels); maybe of no
            sentence.
        gold: the place of each label.
        log_weighting: log w, of the labels in training.
        importance: how much each sentence counts; None where all count alike.
        precision: what is wanted, by the place of its label.

    Source:
        Elkan (2001), The Foundations of Cost-Sensitive Learning, theorem 2.
    """
    calibration = Calibration(1.0, (0.0,) * len(log_weighting))
    if len(gold):
        calibration = calibrate(sums, gold, importance)
    scores = calibration.probabilities(sums)
    decision = Decision(tuple(np.exp(log_weighting).tolist()), (0.0,) * len(log_weighting))
    if len(gold):
        # The highest of the sums + log w is that of log score + slope 2 log w - shift.
        start = np.exp(2 * calibration.slope * log_weighting - np.array(calibration.shifts))
        decision = decide_for_expected_macro_f1(scores, start=start.tolist())
    return calibration, floors_for_precision(scores, gold, decision, precision)
