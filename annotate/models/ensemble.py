"""The linear recipe and a fine-tuned encoder together: they err on different sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, PositiveFloat

from annotate.decisions import Decision
from annotate.errors import ModelError
from annotate.fields import Share
from annotate.files import write_text
from annotate.models.arrays import damaged, read_record
from annotate.models.calibration import Calibration
from annotate.models.encoder import EncoderModel, EncoderRecipe, settled, widened
from annotate.models.fine_tuning import label_weights
from annotate.models.linear import LinearModel, LinearRecipe
from annotate.models.options import RecipeOptions
from annotate.models.protocol import Details, targets
from annotate.records import Example, Input

_FILE, _LINEAR, _ENCODER = "ensemble.json", "linear", "neural"
_LEAST: Final = 1e-6
"""A score below this counts as this: one member alone rules nothing out."""


class _Content(BaseModel):
    """The content of ``ensemble.json``."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    slope: PositiveFloat
    shifts: tuple[float, ...]
    weights: tuple[PositiveFloat, ...]
    floors: tuple[Share, ...]
    details: dict[str, str | int | float | bool]


@dataclass(frozen=True, slots=True, eq=False)
class EnsembleModel:
    """The mean of the logarithms of two models' scores, calibrated.

    Attributes:
        linear: one of them.
        encoder: the other.
        known: what is kept beside them.
    """

    linear: LinearModel
    encoder: EncoderModel
    known: _Content

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, in the order of the columns of `scores`."""
        return self.linear.labels

    @property
    def details(self) -> Details:
        """What was settled while learning."""
        return self.known.details

    @property
    def metrics(self) -> Mapping[str, float]:
        """None: the figures of its two models are not those of both together."""
        return {}

    @property
    def decision(self) -> Decision:
        """How scores become a label."""
        return Decision(self.known.weights, self.known.floors)

    def scores(self, inputs: Sequence[Input]) -> NDArray[np.float64]:
        """Calibrated probabilities of shape (inputs, labels); each row sums to 1."""
        seen = list(self.linear.seen)
        sums = _mean(self.linear.scores(inputs), self.encoder.scores(inputs))[:, seen]
        found = np.zeros((len(inputs), len(self.labels)))
        calibration = Calibration(self.known.slope, self.known.shifts)
        found[:, seen] = calibration.probabilities(sums)
        return found

    def save(self, folder: Path) -> None:
        """Write each model into a folder of its own, and what is kept beside them."""
        for name, member in ((_LINEAR, self.linear), (_ENCODER, self.encoder)):
            (folder / name).mkdir()
            member.save(folder / name)
        write_text(folder / _FILE, self.known.model_dump_json(indent=2) + "\n")


@dataclass(frozen=True, slots=True)
class EnsembleRecipe:
    """Trains both. What the mean of their scores says is learnt on the encoder's validation part.

    For that a linear model is trained that has not seen that part either; the one that is kept
    has seen everything.

    Attributes:
        encoder: the recipe of the encoder.
    """

    name: ClassVar[str] = "ensemble"

    encoder: EncoderRecipe = field(default_factory=EncoderRecipe)

    def with_options(self, options: RecipeOptions) -> "EnsembleRecipe":
        """The recipe as somebody wants it.

        Raises:
            ModelError: a number is out of its range, or the encoder shall not be kept.
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
            ModelError: fewer than two labels, or the encoder cannot be found or read.
            UnknownLabelError: an example's label is not among ``labels``.
        """
        target, seen = targets(examples, labels)
        encoder = self.encoder.fitted(examples, labels=labels, seed=seed)
        gold, held_out = np.searchsorted(seen, target), encoder.held_out
        weighting = label_weights(gold[~held_out])
        sums: NDArray[np.float64] = np.zeros((0, len(seen)))
        if held_out.any():
            inside = [examples[place] for place in np.flatnonzero(~held_out)]
            outside = [examples[place].input for place in np.flatnonzero(held_out)]
            linear = LinearRecipe().fit(inside, labels=labels, seed=seed)
            sums = _mean(linear.scores(outside), encoder.model.scores(outside))[:, seen]
        calibration, decision = settled(sums + np.log(weighting), gold[held_out], weighting)
        linear = LinearRecipe().fit(examples, labels=labels, seed=seed)
        known = _Content(
            slope=calibration.slope,
            shifts=calibration.shifts,
            weights=widened(decision.weights, seen, len(labels)),
            floors=(0.0,) * len(labels),
            details={**encoder.model.details, **linear.details},
        )
        return EnsembleModel(linear, encoder.model, known)

    def load(self, folder: Path) -> EnsembleModel:
        """Read what `EnsembleModel.save` wrote.

        Raises:
            MissingExtraError: the extra ``neural`` is not installed.
            ModelError: a file is missing or is not what was written.
        """
        known = read_record(folder / _FILE, _Content)
        linear = LinearRecipe().load(folder / _LINEAR)
        encoder = EncoderRecipe().load(folder / _ENCODER)
        lengths = (len(known.shifts), len(known.weights), len(known.floors))
        wanted = (len(linear.seen), len(linear.labels), len(linear.labels))
        if (linear.labels, linear.seen) != (
            encoder.labels,
            encoder.known.seen,
        ) or lengths != wanted:
            raise ModelError(damaged(folder, "its two models are for different labels"))
        return EnsembleModel(linear, encoder, known)


def _mean(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean of the logarithms; of the shape of both."""
    found: NDArray[np.float64] = (
        np.log(np.maximum(first, _LEAST)) + np.log(np.maximum(second, _LEAST))
    ) / 2
    return found
