"""From scores to a label: the highest score, or what thresholds make of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from annotate.errors import ModelError


@dataclass(frozen=True, slots=True)
class Decision:
    """How a model's scores become labels.

    Of the labels whose score reaches their floor, the one whose score times its weight is highest;
    of equals the first. No score reaches a floor of 1: such a label is never given. Where no label
    reaches its floor, the floors play no part. Scores stay probabilities: the weights say what a
    miss of each label costs, not how likely it is.

    Attributes:
        weights: of each label, above 0.
        floors: score in [0, 1] that each label must reach to be given.
    """

    weights: tuple[float, ...]
    floors: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse what is no decision.

        Raises:
            ModelError: not as many floors as weights, or one of them out of its range.
        """
        weights, floors = np.array(self.weights), np.array(self.floors)
        fits = weights.shape == floors.shape and (weights > 0).all() and np.isfinite(weights).all()
        if not fits or not ((floors >= 0) & (floors <= 1)).all():
            msg = (
                f"The weights {self.weights} and floors {self.floors} are no decision: one weight "
                "above 0 and one floor in [0, 1] for each label. Train the model again."
            )
            raise ModelError(msg)

    @classmethod
    def highest(cls, labels: Sequence[str]) -> Self:
        """The label with the highest score."""
        return cls((1.0,) * len(labels), (0.0,) * len(labels))

    def among(self, seen: NDArray[np.int64], labels: int) -> "Decision":
        """The decision over all labels, of which this one knows some.

        Args:
            seen: the places of those that it knows.
            labels: how many there are; the others weigh 1 and are never given.
        """
        weights, floors = np.ones(labels), np.ones(labels)
        weights[seen], floors[seen] = self.weights, self.floors
        return Decision(tuple(weights.tolist()), tuple(floors.tolist()))

    def places(self, scores: NDArray[np.float64]) -> NDArray[np.int64]:
        """The label of each row, as its place among the columns.

        Args:
            scores: in [0, 1], of shape (n, labels).

        Returns:
            Places of shape (n,).
        """
        weighted = scores * np.array(self.weights)
        floors = np.array(self.floors)
        reached = (scores >= floors) & (floors < 1)
        barred = ~reached & reached.any(axis=1, keepdims=True)
        found: NDArray[np.int64] = np.where(barred, -1.0, weighted).argmax(axis=1)
        return found
