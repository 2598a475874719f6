"""What may be asked of a training beyond what follows from the examples."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from annotate.errors import ModelError
from annotate.models.options import RecipeOptions
from annotate.records import Example

WISHES: Final = ("min_precision", "weigh_votes")
"""The options that `Wishes.of` reads."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is asked of the training.

    Attributes:
        c: inverse of the strength of the L2 penalty of a regression, above 0; None to choose it.
        precision: share in (0, 1] that shall at least be right of what gets each of these labels.
        weigh_votes: whether a sentence counts the less, the more its annotators were divided.
    """

    c: float | None = None
    precision: Mapping[str, float] = field(default_factory=dict)
    weigh_votes: bool = False

    @classmethod
    def of(cls, options: RecipeOptions) -> Self:
        """What of somebody's options is a wish.

        Raises:
            ModelError: a precision out of its range.
        """
        precision = dict(options.min_precision or {})
        if wrong := [label for label, share in precision.items() if not 0 < share <= 1]:
            msg = (
                f"A precision of {precision[wrong[0]]:g} for {wrong[0]} cannot be asked for. "
                "Name a share above 0, at most 1."
            )
            raise ModelError(msg)
        return cls(precision=precision, weigh_votes=bool(options.weigh_votes))

    def precision_at(self, labels: Sequence[str]) -> dict[int, float]:
        """The precision that is wanted, by the place of its label.

        Args:
            labels: those that occur among the examples.

        Raises:
            ModelError: one of a label that is not among these, or one of each of these.
        """
        if unknown := sorted(self.precision.keys() - set(labels)):
            msg = (
                f"No example has the label {unknown[0]!r}, so it can reach no precision. "
                f"Name one of {', '.join(labels)}."
            )
            raise ModelError(msg)
        if self.precision and len(self.precision) == len(set(labels)):
            msg = (
                f"A precision is asked for of every label that occurs ({', '.join(labels)}), so "
                "none is left for sentences that reach none. Leave out --min-precision for one."
            )
            raise ModelError(msg)
        return {labels.index(label): share for label, share in self.precision.items()}

    def refuse_precision(self, why: str) -> None:
        """Refuse to go on where a precision is wanted and nothing is left out to settle it on.

        Raises:
            ModelError: one is wanted.
        """
        if self.precision:
            msg = f"No precision can be promised, {why}. Label sentences of more articles."
            raise ModelError(msg)

    def importance(self, examples: Sequence[Example]) -> NDArray[np.float64] | None:
        """How much each example counts, of shape (examples,); None where all count alike."""
        return importance_of(examples) if self.weigh_votes else None


def importance_of(examples: Sequence[Example]) -> NDArray[np.float64]:
    """The share of its votes that a label got, and 1 where no votes are known; shape (examples,).

    Smoothed as (votes for it + 1) / (votes + 1), so that one vote alone counts in full.
    """
    shares = [
        (example.votes.get(example.label, 0) + 1) / (sum(example.votes.values()) + 1)
        for example in examples
    ]
    return np.array(shares, dtype=np.float64)
