"""What a fine-tuned model keeps as JSON: its labels, what its sums mean, how they are decided."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, NonNegativeInt, PositiveFloat

from annotate.decisions import Decision
from annotate.fields import Share
from annotate.models.calibration import Calibration
from annotate.models.protocol import Details


class Kept(BaseModel):
    """What stands beside the weights of a model.

    Attributes:
        labels: the labels, in the order of the scores.
        seen: places of those that training saw, ascending; the others score 0.
        slope: of the calibration.
        shifts: of the calibration, for each label seen.
        weights: of the decision, for each label.
        floors: of the decision, for each label.
        details: what was settled while learning.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    labels: tuple[str, ...]
    seen: tuple[NonNegativeInt, ...]
    slope: PositiveFloat
    shifts: tuple[float, ...]
    weights: tuple[PositiveFloat, ...]
    floors: tuple[Share, ...]
    details: dict[str, str | int | float | bool]

    @property
    def decision(self) -> Decision:
        """How scores become a label."""
        return Decision(self.weights, self.floors)

    @property
    def fits(self) -> bool:
        """Whether there is one number for each label, and every label seen is one."""
        rows, n = len(self.seen), len(self.labels)
        lengths = (len(self.shifts), len(self.weights), len(self.floors))
        return lengths == (rows, n, n) and list(self.seen) == sorted({*self.seen} & {*range(n)})

    def scores(self, sums: NDArray[np.float64]) -> NDArray[np.float64]:
        """What sums of shape (inputs, seen) mean, as scores of shape (inputs, labels)."""
        found = np.zeros((len(sums), len(self.labels)))
        found[:, list(self.seen)] = Calibration(self.slope, self.shifts).probabilities(sums)
        return found


class Keeping(Protocol):
    """A model that says of itself what it keeps beside its weights."""

    @property
    def known(self) -> Kept:
        """What stands beside the weights."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, in the order of the columns of `scores`."""
        return self.known.labels

    @property
    def details(self) -> Details:
        """What was settled while learning."""
        return self.known.details

    @property
    def metrics(self) -> Mapping[str, float]:
        """None: all that was left out of the training has been used to settle something."""
        return {}

    @property
    def decision(self) -> Decision:
        """How scores become a label."""
        return self.known.decision
