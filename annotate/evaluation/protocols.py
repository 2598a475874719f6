"""What an evaluation needs of a model and of a recipe: nothing more than this."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from annotate.decisions import Decision
from annotate.records import Example, Input


class Model(Protocol):
    """What labels inputs."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that the model knows, in the order of its scores."""

    @property
    def decision(self) -> Decision:
        """How scores become a label."""

    def scores(self, inputs: Sequence[Input]) -> NDArray[np.float64]:
        """Scores in [0, 1], of shape (inputs, labels)."""


class Recipe(Protocol):
    """What makes a model from labelled examples."""

    @property
    def name(self) -> str:
        """Name of the recipe, for reports."""

    def fit(self, examples: Sequence[Example], *, labels: Sequence[str], seed: int) -> Model:
        """Train a model on these examples."""
