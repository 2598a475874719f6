"""What every recipe and every model can do; nothing else is asked of them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from annotate.decisions import Decision
from annotate.errors import ModelError, UnknownLabelError
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

    @property
    def metrics(self) -> Mapping[str, float]:
        """Figures of training sentences that were left out fold by fold, by name; may be empty."""

    @property
    def decision(self) -> Decision:
        """How scores become a label; never taken to be the highest score."""

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


_FEWEST_LABELS: Final = 2


def targets(
    examples: Sequence[Example], labels: Sequence[str]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """What a recipe that tells labels apart has to learn.

    Returns:
        The place of each example's label among ``labels``, shape (examples,), and the places that
        occur, ascending: at least two.

    Raises:
        ModelError: fewer than two labels occur.
        UnknownLabelError: an example's label is not among ``labels``.
    """
    place = {label: number for number, label in enumerate(labels)}
    for example in examples:
        if example.label not in place:
            raise UnknownLabelError(example.label, f"Example {example.id}", tuple(labels))
    found = np.array([place[example.label] for example in examples], dtype=np.int64)
    seen = np.unique(found)
    if len(seen) < _FEWEST_LABELS:
        only = f"only {labels[seen[0]]!r}" if len(seen) else "none"
        msg = (
            f"A model needs examples of at least {_FEWEST_LABELS} labels to learn from, and these "
            f"{len(examples)} have {only}. Label more sentences."
        )
        raise ModelError(msg)
    return found, seen
