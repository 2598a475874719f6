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
from annotate.models.fine_tuning import label_weights
from annotate.models.protocol import targets
from annotate.models.wishes import Wishes
from annotate.records import Example
from annotate.splits import group_folds

_VALIDATION: Final = 8
"""One in so many groups, by size, is kept to choose the epoch and to calibrate by."""


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """Labels to learn, and which of them are kept back.

    Attributes:
        labels: how many there are, those that do not occur included.
        seen: places of those that occur, ascending.
        gold: the label of each example, as a place among those that occur.
        held_out: which examples are not learnt from: the validation part, maybe none.
        importance: how much each example counts, above 0; None where all count alike.
        precision: what is wanted, by the place of its label among those that occur.
    """

    labels: int
    seen: NDArray[np.int64]
    gold: NDArray[np.int64]
    held_out: NDArray[np.bool_]
    importance: NDArray[np.float64] | None
    precision: Mapping[int, float]

    @property
    def weighting(self) -> NDArray[np.float32]:
        """How much each label that occurs counts in training."""
        return label_weights(self.gold[~self.held_out])

    def settled(
        self, sums: NDArray[np.float32] | NDArray[np.float64]
    ) -> tuple[Calibration, Decision]:
        """What the sums of the validation part mean, and how they become one of all labels.

        Args:
            sums: of a network trained with the weighting, of shape (validation, seen).
        """
        calibration, decision = settled(
            sums,
            self.gold[self.held_out],
            self.weighting,
            importance=None if self.importance is None else self.importance[self.held_out],
            precision=self.precision,
        )
        return calibration, decision.among(self.seen, self.labels)


def lesson_of(
    examples: Sequence[Example], labels: Sequence[str], wishes: Wishes, *, seed: int
) -> Lesson:
    """Choose the validation part.

    Args:
        examples: with at least two labels among them.
        labels: every label that there is.
        wishes: what is asked for.
        seed: of the validation groups.

    Raises:
        ModelError: fewer than two labels, or a precision that cannot be promised.
        UnknownLabelError: an example's label is not among ``labels``.
    """
    target, seen = targets(examples, labels)
    gold = np.searchsorted(seen, target)
    groups = [example.group for example in examples]
    precision = wishes.precision_at([labels[place] for place in seen.tolist()])
    held_out = _validation(groups, gold, seed=seed)
    if not held_out.any():
        few = len(set(groups)) < _VALIDATION
        why = f"{len(set(groups))} groups being fewer than {_VALIDATION}" if few else _ONE_SIDED
        wishes.refuse_precision(why)
    return Lesson(len(labels), seen, gold, held_out, wishes.importance(examples), precision)


_ONE_SIDED: Final = "since a label has all its examples in the part kept to settle it on"


def _validation(groups: Sequence[str], gold: NDArray[np.int64], *, seed: int) -> NDArray[np.bool_]:
    """Which examples are not learnt from; none where the rest would lack groups or a label."""
    none = np.zeros(len(groups), dtype=bool)
    if len(set(groups)) < _VALIDATION:
        return none
    held_out = group_folds(groups, k=_VALIDATION, seed=seed) == 0
    return held_out if len(np.unique(gold[~held_out])) == gold.max() + 1 else none


def settled(
    sums: NDArray[np.float32] | NDArray[np.float64],
    gold: NDArray[np.int64],
    weighting: NDArray[np.float32],
    *,
    importance: NDArray[np.float64] | None,
    precision: Mapping[int, float],
) -> tuple[Calibration, Decision]:
    """What the sums of the validation part mean, and how they become labels.

    A loss that weighs label k by w(k) learns probabilities in proportion to w(k) p(k), so that
    softmax(sums - log w) are the p(k): the weighting is taken off before calibrating. It comes back
    in the decision: without a validation part that is the network's own; with one it is where each
    label weighs the same (w being a root of how rare it is, this is w twice), moved to where the
    calibrated scores let expect a higher macro-F1.

    Args:
        sums: of the network, of shape (validation, labels); maybe of no sentence.
        gold: the place of each label.
        weighting: of the labels in training, above 0.
        importance: how much each sentence counts; None where all count alike.
        precision: what is wanted, by the place of its label.

    Source:
        Elkan (2001), The Foundations of Cost-Sensitive Learning, theorem 2.
    """
    logs = np.log(weighting.astype(np.float64))
    calibration = Calibration(1.0, (0.0,) * len(logs))
    found = sums.astype(np.float64).reshape(-1, len(logs)) - logs
    if len(gold):
        calibration = calibrate(found, gold, importance)
    scores = calibration.probabilities(found)
    decision = Decision(tuple(np.exp(logs).tolist()), (0.0,) * len(logs))
    if len(gold):
        # The highest of the sums + log w is that of log score + slope 2 log w - shift.
        start = np.exp(2 * calibration.slope * logs - np.array(calibration.shifts))
        decision = decide_for_expected_macro_f1(scores, start=start.tolist())
    return calibration, floors_for_precision(scores, gold, decision, precision)
