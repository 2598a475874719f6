"""The linear recipe and a fine-tuned encoder together: they err on different sentences."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from annotate.errors import ModelError
from annotate.files import write_text
from annotate.models.arrays import damaged, read_record
from annotate.models.encoder import EncoderModel, EncoderRecipe
from annotate.models.kept import Keeping, Kept
from annotate.models.linear import LinearModel, LinearRecipe
from annotate.models.options import RecipeOptions
from annotate.records import Example, Input

_FILE, _LINEAR, _ENCODER = "ensemble.json", "linear", "neural"
_LEAST: Final = 1e-6
"""A score below this counts as this: one member alone rules nothing out."""


@dataclass(frozen=True, slots=True, eq=False)
class EnsembleModel(Keeping):
    """The mean of the logarithms of two models' scores, calibrated.

    Attributes:
        linear: one of them.
        encoder: the other.
        known: what is kept beside them.
    """

    linear: LinearModel
    encoder: EncoderModel
    known: Kept

    def scores(self, inputs: Sequence[Input]) -> NDArray[np.float64]:
        """Calibrated probabilities of shape (inputs, labels); each row sums to 1."""
        sums = _mean(self.linear.scores(inputs), self.encoder.scores(inputs))
        return self.known.scores(sums[:, list(self.known.seen)])

    def save(self, folder: Path) -> None:
        """Write each model into a folder of its own, and what is kept beside them."""
        for name, member in ((_LINEAR, self.linear), (_ENCODER, self.encoder)):
            (folder / name).mkdir()
            member.save(folder / name)
        write_text(folder / _FILE, self.known.model_dump_json(indent=2) + "\n")


@dataclass(frozen=True, slots=True)
class EnsembleRecipe:
    """Trains both. What the mean of their scores says is learnt on the encoder's validation parts.

    For each of them a linear model is trained that has not seen it either; the one that is kept has
    seen everything.

    Attributes:
        encoder: the recipe of the encoder; its wishes are those of both together.
    """

    name: ClassVar[str] = "ensemble"
    takes: ClassVar[tuple[str, ...]] = EncoderRecipe.takes

    encoder: EncoderRecipe = field(default_factory=EncoderRecipe)

    def with_options(self, options: RecipeOptions) -> "EnsembleRecipe":
        """The recipe as somebody wants it.

        Raises:
            ModelError: a number is out of its range.
        """
        return EnsembleRecipe(self.encoder.with_options(options))

    def fit(
        self, examples: Sequence[Example], *, labels: Sequence[str], seed: int
    ) -> EnsembleModel:
        """Learn both models.

        Args:
            examples: to learn from, with at least two labels among them.
            labels: every label that the model shall give a score to.
            seed: of both trainings.

        Raises:
            MissingExtraError: the extra ``neural`` is not installed.
            ModelError: fewer than two labels, a precision that cannot be promised, or the encoder
                cannot be found or read.
            UnknownLabelError: an example's label is not among ``labels``.
        """
        encoder = self.encoder.fitted(examples, labels=labels, seed=seed)
        lesson, wishes = encoder.lesson, replace(self.encoder.wishes, precision={})
        recipe, seen = LinearRecipe(wishes), lesson.seen
        parts = [
            _scores_apart(recipe, examples, lesson.held_out(training), labels, seed)[:, seen]
            for training in range(lesson.trainings)
        ]
        sums = _mean(lesson.pooled(parts), encoder.model.known.scores(encoder.sums)[:, seen])
        calibration, decision = lesson.settled(sums)
        linear = recipe.fit(examples, labels=labels, seed=seed)
        known = Kept(
            labels=tuple(labels),
            seen=linear.seen,
            slope=calibration.slope,
            shifts=calibration.shifts,
            weights=decision.weights,
            floors=decision.floors,
            details={
                **encoder.model.details,
                **lesson.details(calibration),
                **{f"linear_{name}": value for name, value in linear.details.items()},
            },
        )
        return EnsembleModel(linear, encoder.model, known)

    def load(self, folder: Path) -> EnsembleModel:
        """Read what `EnsembleModel.save` wrote.

        Raises:
            MissingExtraError: the extra ``neural`` is not installed.
            ModelError: a file is missing or is not what was written.
        """
        known = read_record(folder / _FILE, Kept)
        linear = LinearRecipe().load(folder / _LINEAR)
        encoder = EncoderRecipe().load(folder / _ENCODER)
        theirs = {(one.labels, tuple(one.seen)) for one in (linear, encoder.known, known)}
        if len(theirs) > 1 or not known.fits:
            raise ModelError(damaged(folder, "its two models are for different labels"))
        return EnsembleModel(linear, encoder, known)


def _scores_apart(
    recipe: LinearRecipe,
    examples: Sequence[Example],
    apart: NDArray[np.bool_],
    labels: Sequence[str],
    seed: int,
) -> NDArray[np.float64]:
    """Scores of some of the examples by a model that has learnt from the rest alone."""
    if not apart.any():
        return np.zeros((0, len(labels)))
    inside = [examples[place] for place in np.flatnonzero(~apart)]
    outside = [examples[place].input for place in np.flatnonzero(apart)]
    return recipe.fit(inside, labels=labels, seed=seed).scores(outside)


def _mean(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean of the logarithms; of the shape of both."""
    found: NDArray[np.float64] = (
        np.log(np.maximum(first, _LEAST)) + np.log(np.maximum(second, _LEAST))
    ) / 2
    return found
