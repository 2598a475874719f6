"""A pretrained encoder, fine-tuned on the examples: better scores, and slower to get."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, ClassVar, Final, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, PositiveFloat, ValidationError

from annotate.decisions import Decision
from annotate.errors import ModelError
from annotate.fields import Share
from annotate.files import write_text
from annotate.jsonl import explain
from annotate.models.arrays import damaged, read_arrays, read_record, write_arrays
from annotate.models.calibration import Calibration, calibrate, decide_for_macro_f1
from annotate.models.encoding import cut, rows_of, with_context
from annotate.models.fine_tuning import Settings, Tuned, fine_tune, label_weights
from annotate.models.options import RecipeOptions
from annotate.models.pretrained import (
    DEFAULT_ENCODER,
    Encoder,
    Source,
    check_installed,
    load_encoder,
    read_encoder,
    write_encoder,
)
from annotate.models.protocol import Details, targets
from annotate.records import Example, Input
from annotate.splits import group_folds

_FILE, _HEAD, _FOLDER = "encoder.json", "head.npz", "encoder"
_VALIDATION: Final = 8
"""One in so many groups, by size, is kept to choose the epoch and to calibrate by."""


class Known(BaseModel):
    """The content of ``encoder.json``: what is kept with the weights.

    Attributes:
        labels: the labels, in the order of the scores.
        seen: places of those that training saw, ascending; the others score 0.
        slope: of the calibration.
        shifts: of the calibration, for each label seen.
        weights: of the decision, for each label.
        floors: of the decision, for each label.
        max_length: word pieces of a sentence with its context at most.
        half: whether to compute in bfloat16; None for a GPU that can.
        details: what was settled while learning.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    labels: tuple[str, ...]
    seen: tuple[NonNegativeInt, ...]
    slope: PositiveFloat
    shifts: tuple[float, ...]
    weights: tuple[PositiveFloat, ...]
    floors: tuple[Share, ...]
    max_length: Annotated[int, Field(ge=8)]
    half: bool | None
    details: dict[str, str | int | float | bool]


@dataclass(frozen=True, slots=True, eq=False)
class EncoderModel:
    """A fine-tuned encoder with a linear layer on its pooled vectors.

    Attributes:
        encoder: the fine-tuned one.
        weights: float32 of shape (seen, width).
        bias: float32 of shape (seen,), with what the weighting of labels added taken off.
        known: all else that is kept with it.
    """

    encoder: Encoder
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    known: Known

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
        """None: nothing was left out of the training."""
        return {}

    @property
    def decision(self) -> Decision:
        """How scores become a label."""
        return Decision(self.known.weights, self.known.floors)

    def scores(self, inputs: Sequence[Input]) -> NDArray[np.float64]:
        """Calibrated probabilities of shape (inputs, labels); each row sums to 1."""
        found = np.zeros((len(inputs), len(self.labels)))
        if len(inputs):
            texts = [with_context(entry) for entry in inputs]
            longest, half = self.known.max_length, self.known.half
            vectors = rows_of(self.encoder, texts, longest=longest, half=half)
            sums = vectors.astype(np.float64) @ self.weights.T + self.bias
            calibration = Calibration(self.known.slope, self.known.shifts)
            found[:, list(self.known.seen)] = calibration.probabilities(sums)
        return found

    def save(self, folder: Path) -> None:
        """Write the encoder as safetensors with its tokenizer, and the last layer as npz."""
        write_encoder(self.encoder, folder / _FOLDER)
        write_arrays(folder / _HEAD, {"weights": self.weights, "bias": self.bias})
        write_text(folder / _FILE, self.known.model_dump_json(indent=2) + "\n")


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A model, and what it has not learnt from.

    Attributes:
        model: the model.
        held_out: which of the examples its epoch was chosen by and its scores are calibrated on.
    """

    model: EncoderModel
    held_out: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class EncoderRecipe:
    """Fine-tunes any encoder on sentences and what stands around them.

    Attributes:
        encoder: name on the Hugging Face hub, or folder.
        settings: of the training.
    """

    name: ClassVar[str] = "encoder"

    encoder: str = DEFAULT_ENCODER
    settings: Settings = field(default_factory=Settings)

    def with_options(self, options: RecipeOptions) -> Self:
        """The recipe as somebody wants it.

        Raises:
            ModelError: a number is out of its range, or the encoder shall not be kept.
        """
        wanted = dict(options.asked)
        encoder = str(wanted.pop("encoder", self.encoder))
        options.refuse_others(self.name, ("encoder", *Settings.model_fields))
        try:
            settings = Settings.model_validate(self.settings.model_dump() | wanted)
        except ValidationError as error:
            msg = f"The recipe cannot be carried out ({explain(error)}). Correct that option."
            raise ModelError(msg) from None
        return replace(self, encoder=encoder, settings=settings)

    def fit(self, examples: Sequence[Example], *, labels: Sequence[str], seed: int) -> EncoderModel:
        """Fine-tune the encoder; a part of the groups chooses the epoch and calibrates.

        Args:
            examples: to learn from, with at least two labels among them.
            labels: every label that the model shall give a score to.
            seed: of the validation groups and of all that is random in training. On a processor
                the same seed gives the same weights; a GPU may add in another order.

        Raises:
            MissingExtraError: the extra ``neural`` is not installed.
            ModelError: fewer than two labels, or the encoder cannot be found or read.
            UnknownLabelError: an example's label is not among ``labels``.
        """
        return self.fitted(examples, labels=labels, seed=seed).model

    def fitted(self, examples: Sequence[Example], *, labels: Sequence[str], seed: int) -> Fitted:
        """As `fit`, with which examples were not learnt from."""
        check_installed()
        target, seen = targets(examples, labels)
        encoder = load_encoder(self.encoder)
        gold = np.searchsorted(seen, target)
        held_out = _validation([example.group for example in examples], gold, seed=seed)
        texts = [with_context(example.input) for example in examples]
        pieces = cut(encoder, texts, longest=self.settings.max_length)
        tuned = fine_tune(encoder, pieces, gold, held_out, settings=self.settings, seed=seed)
        weighting = label_weights(gold[~held_out])
        calibration, decision = settled(tuned.sums, gold[held_out], weighting)
        weights, bias = (part.detach().float().cpu().numpy() for part in tuned.head.parameters())
        known = Known(
            labels=tuple(labels),
            seen=tuple(seen.tolist()),
            slope=calibration.slope,
            shifts=calibration.shifts,
            weights=widened(decision.weights, seen, len(labels)),
            floors=(0.0,) * len(labels),
            max_length=self.settings.max_length,
            half=self.settings.half,
            details=dict(self._details(encoder, tuned, held_out)),
        )
        bias = (bias - np.log(weighting)).astype(np.float32)
        return Fitted(EncoderModel(encoder, weights, bias, known), held_out)

    def _details(self, encoder: Encoder, tuned: Tuned, held_out: NDArray[np.bool_]) -> Details:
        settings, source = self.settings, encoder.source
        return {
            "encoder": source.name,
            "revision": source.revision or "a folder",
            "encoder_sha256": source.digest,
            "epoch": f"{tuned.epoch} of {settings.epochs}",
            "learning_rate": settings.learning_rate,
            "batch_size": settings.batch_size,
            "max_length": settings.max_length,
            "class_weight": "square root",
            "validation": f"{held_out.sum()} of {len(held_out)} examples, by group",
        }

    def load(self, folder: Path) -> EncoderModel:
        """Read what `EncoderModel.save` wrote.

        Raises:
            MissingExtraError: the extra ``neural`` is not installed.
            ModelError: a file is missing or is not what was written.
        """
        check_installed()
        known = read_record(folder / _FILE, Known)
        inside = folder / _FOLDER
        encoder = read_encoder(inside, Source(str(inside), "", ""))
        found = read_arrays(folder / _HEAD)
        rows, n = len(known.seen), len(known.labels)
        shapes = {"weights": (rows, encoder.width), "bias": (rows,)}
        if {name: array.shape for name, array in found.items()} != shapes:
            raise ModelError(damaged(folder, f"{_HEAD} does not fit the encoder"))
        if not all(np.isfinite(array).all() for array in found.values()):
            raise ModelError(damaged(folder, "a weight is no number"))
        lengths = (len(known.shifts), len(known.weights), len(known.floors))
        if lengths != (rows, n, n) or list(known.seen) != sorted({*known.seen} & {*range(n)}):
            raise ModelError(damaged(folder, f"the labels of {_FILE} do not fit together"))
        return EncoderModel(encoder, found["weights"], found["bias"], known)


def settled(
    sums: NDArray[np.float32] | NDArray[np.float64],
    gold: NDArray[np.int64],
    weighting: NDArray[np.float32],
) -> tuple[Calibration, Decision]:
    """What the sums of the validation part mean, and how they become labels.

    A loss that weighs label k by w(k) learns probabilities in proportion to w(k) p(k), so that
    softmax(sums - log w) are the p(k): the weighting is taken off before calibrating, and is where
    the weights of the decision begin.

    Args:
        sums: of the network, of shape (validation, labels); maybe of no sentence.
        gold: the place of each label.
        weighting: of the labels in training, above 0.

    Source:
        Elkan (2001), The Foundations of Cost-Sensitive Learning, theorem 2.
    """
    start = weighting.astype(np.float64)
    if not len(gold):
        n = len(start)
        return Calibration(1.0, (0.0,) * n), Decision(tuple(start.tolist()), (0.0,) * n)
    found = sums.astype(np.float64) - np.log(start)
    calibration = calibrate(found, gold)
    scores = calibration.probabilities(found)
    return calibration, decide_for_macro_f1(scores, gold, start=start.tolist())


def widened(weights: Sequence[float], seen: NDArray[np.int64], labels: int) -> tuple[float, ...]:
    """Weights of the labels seen, and 1 for every other."""
    wide = np.ones(labels)
    wide[seen] = weights
    return tuple(wide.tolist())


def _validation(groups: Sequence[str], gold: NDArray[np.int64], *, seed: int) -> NDArray[np.bool_]:
    """Which examples are not learnt from; none where the rest would lack groups or a label."""
    none = np.zeros(len(groups), dtype=bool)
    if len(set(groups)) < _VALIDATION:
        return none
    held_out = group_folds(groups, k=_VALIDATION, seed=seed) == 0
    return held_out if len(np.unique(gold[~held_out])) == gold.max() + 1 else none
