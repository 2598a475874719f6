"""Weights of slots as whole numbers, two labels to a machine word, so that a look-up finds both.

Sums of whole numbers are exact: a sentence scores the same alone, among others and on any machine.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotate.models.channels import SLOTS
from annotate.models.features import AnyChannel

LARGEST: Final = 16_383
"""Of the whole numbers: 131,000 of them, more than a sentence has n-grams, fit into half a word."""
_HALF: Final = 32


@dataclass(frozen=True, eq=False)
class SlotWeights:
    """What each slot adds to the score of each label but the first, which is measured from.

    Attributes:
        steps: int16 of shape (labels - 1, `SLOTS`), in [-`LARGEST`, `LARGEST`].
        size: what a step of one is worth, above 0.
    """

    steps: NDArray[np.int16]
    size: float

    @classmethod
    def of(cls, weights: NDArray[np.float64]) -> "SlotWeights":
        """Round weights of shape (labels - 1, `SLOTS`) to whole numbers of steps."""
        size = float(np.abs(weights).max(initial=0)) / LARGEST or 1.0
        return cls(np.rint(weights / size).astype(np.int16), size)

    def sums(self, channels: Iterable[AnyChannel], sentences: int) -> NDArray[np.float64]:
        """The weights of all n-grams of some channels, summed by sentence.

        Returns:
            Of shape (sentences, labels - 1).
        """
        rows = len(self.steps)
        found = np.zeros((len(self._words), sentences), dtype=np.int64)
        for channel in channels:
            for row, word in enumerate(self._words):
                found[row] += channel.summed(word)
        low = found.astype(np.int32).astype(np.int64)
        high = (found - low) >> _HALF
        return self.size * np.stack([low, high], axis=1).reshape(-1, sentences)[:rows].T

    @cached_property
    def _words(self) -> NDArray[np.int64]:
        """Two rows to a word, shape (words, `SLOTS`)."""
        steps = self.steps.astype(np.int64)
        if len(steps) % 2:
            steps = np.concatenate([steps, np.zeros((1, SLOTS), dtype=np.int64)])
        return steps[::2] + (steps[1::2] << _HALF)
