"""What every recipe and every model can do; nothing else is asked of them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from annotate.records import Example, Input

Details = Mapping[str, str | int | float | bool]
"""What a recipe settled while it learnt, such as the strength of the regularisation."""


class Model(Protocol):
    """Something that gives each input a score for each label."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, in the order of the columns of `scores`."""

    @property
    def details(self) -> Details:
        """What was settled while learning, for the manifest and the model card."""

    def scores(self, inputs: Sequence[Input]) -> NDArray[np.float64]:
        """Scores in [0, 1] of shape (inputs, labels); each row sums to 1."""

    def save(self, folder: Path) -> None:
        """Write the weights as files of an existing folder. Loading them must run no code."""


class Recipe(Protocol):
    """Something that learns a model from examples."""

    @property
    def name(self) -> str:
        """What `annotate train --recipe` calls it."""

    def fit(self, examples: Sequence[Example], *, labels: Sequence[str], seed: int) -> Model:
        """Learn a model.

        Args:
            examples: to learn from; labels that occur in none of them get a score of 0.
            labels: every label that the model shall give a score to.
            seed: of all that is random.

        Raises:
            ModelError: nothing can be learnt from these examples.
        """

    def load(self, folder: Path) -> Model:
        """Read what `Model.save` wrote.

        Raises:
            ModelError: a file is missing or is not what was written.
        """
