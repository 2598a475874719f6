"""A pretrained encoder, fine-tuned on the examples: the best scores, and the slowest to get."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, ClassVar, Final, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from annotate.decisions import Decision
from annotate.errors import ModelError
from annotate.files import write_text
from annotate.jsonl import explain
from annotate.models.arrays import damaged, read_arrays, write_arrays
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


class _Content(BaseModel):
    """The content of ``encoder.json``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    labels: tuple[str, ...]
    seen: tuple[int, ...]
    decision_weights: tuple[float, ...]
    decision_floors: tuple[float, ...]
    temperature: Annotated[float, Field(gt=0)]
    max_length: Annotated[int, Field(ge=8)]
    half: bool | None
    encoder: str
    revision: str
    digest: str
    details: dict[str, str | int | float | bool]


@dataclass(frozen=True, slots=True)
class EncoderModel:
    """A fine-tuned encoder with a linear layer on its pooled vectors.

    Attributes:
        encoder: the fine-tuned one.
        weights: float32 of shape (seen labels, width).
        bias: float32 of shape (seen labels,): with what the weighting of labels added taken off.
        known: all else that is kept with it.
    """

    encoder: Encoder
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    known: _Content

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, in the order of the columns of `scores`."""
        return self.known.labels

    @property
    def details(self) -> Details:
        """What was settled while learning."""
        return self.known.details

    @property
    def decision(self) -> Decision:
        """The label with the highest score times its weight in training."""
        return Decision(self.known.decision_weights, self.known.decision_floors)

    def scores(self, inputs: Sequence[Input]) -> NDArray[np.float64]:
        """Probabilities of shape (inputs, labels); each row sums to 1.

        Calibrated on the validation part: see `_temperature`.
        """
        found = np.zeros((len(inputs), len(self.labels)))
        if len(inputs):
            texts = [with_context(entry) for entry in inputs]
            longest, half = self.known.max_length, self.known.half
            vectors = rows_of(self.encoder, texts, longest=longest, half=half)
            sums = vectors.astype(np.float64) @ self.weights.T + self.bias
            found[:, self.known.seen] = _softmax(sums)
        return found

    def save(self, folder: Path) -> None:
        """Write the encoder as safetensors with its tokenizer, and the last layer as npz."""
        write_encoder(self.encoder, folder / _FOLDER)
        write_arrays(folder / _HEAD, {"weights": self.weights, "bias": self.bias})
        write_text(folder / _FILE, self.known.model_dump_json(indent=2) + "\n")


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
            ModelError: a number is out of its range.
        """
        wanted = dict(options.asked)
        encoder = str(wanted.pop("encoder", self.encoder))
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
        check_installed()
        target, seen = targets(examples, labels)
        encoder = load_encoder(self.encoder)
        target = np.searchsorted(seen, target)
        held_out = _validation([example.group for example in examples], target, seed=seed)
        texts = [with_context(example.input) for example in examples]
        pieces = cut(encoder, texts, longest=self.settings.max_length)
        tuned = fine_tune(encoder, pieces, target, held_out, settings=self.settings, seed=seed)
        return self._model(encoder, tuned, target, held_out, seen, tuple(labels))

    def _model(
        self,
        encoder: Encoder,
        tuned: Tuned,
        target: NDArray[np.int64],
        held_out: NDArray[np.bool_],
        seen: NDArray[np.int64],
        labels: tuple[str, ...],
    ) -> EncoderModel:
        weighting = label_weights(target[~held_out]).astype(np.float64)
        temperature = _temperature(tuned.sums, target[held_out], np.log(weighting))
        weights, bias = (part.detach().float().cpu().numpy() for part in tuned.head.parameters())
        by_label = np.ones(len(labels))
        by_label[seen] = weighting
        settings, source = self.settings, encoder.source
        details: Details = {
            "encoder": source.name,
            "revision": source.revision or "a folder",
            "epoch": f"{tuned.epoch} of {settings.epochs}",
            "learning_rate": settings.learning_rate,
            "batch_size": settings.batch_size,
            "max_length": settings.max_length,
            "class_weight": "square root",
            "validation": f"{held_out.sum()} of {len(target)} examples, by group",
            "temperature": round(temperature, 3),
        }
        known = _Content(
            labels=labels,
            seen=tuple(seen.tolist()),
            decision_weights=tuple(by_label.tolist()),
            decision_floors=(0.0,) * len(labels),
            temperature=temperature,
            max_length=settings.max_length,
            half=settings.half,
            encoder=source.name,
            revision=source.revision,
            digest=source.digest,
            details=dict(details),
        )
        return EncoderModel(
            encoder,
            (weights / temperature).astype(np.float32),
            (bias / temperature - np.log(weighting)).astype(np.float32),
            known,
        )

    def load(self, folder: Path) -> EncoderModel:
        """Read what `EncoderModel.save` wrote.

        Raises:
            MissingExtraError: the extra ``neural`` is not installed.
            ModelError: a file is missing or is not what was written.
        """
        check_installed()
        try:
            known = _Content.model_validate_json((folder / _FILE).read_bytes())
        except OSError:
            raise ModelError(damaged(folder, f"{_FILE} is missing")) from None
        except ValidationError as error:
            raise ModelError(damaged(folder, f"{_FILE}: {explain(error)}")) from None
        if not _fits(known):
            raise ModelError(damaged(folder, f"the labels of {_FILE} do not fit together"))
        inside = folder / _FOLDER
        encoder = read_encoder(inside, Source(str(inside), known.revision, known.digest))
        found = read_arrays(folder / _HEAD)
        rows = len(known.seen)
        shapes = {"weights": (rows, encoder.width), "bias": (rows,)}
        if {name: array.shape for name, array in found.items()} != shapes:
            raise ModelError(damaged(folder, f"{_HEAD} does not fit the encoder"))
        if not all(np.isfinite(array).all() for array in found.values()):
            raise ModelError(damaged(folder, "a weight is no number"))
        return EncoderModel(encoder, found["weights"], found["bias"], known)


def _fits(known: _Content) -> bool:
    """Whether all that is said of labels is of as many labels as there are."""
    n, seen = len(known.labels), known.seen
    weights, floors = known.decision_weights, known.decision_floors
    return len(weights) == len(floors) == n and list(seen) == sorted(set(seen) & set(range(n)))


def _validation(
    groups: Sequence[str], target: NDArray[np.int64], *, seed: int
) -> NDArray[np.bool_]:
    """Which examples are not learnt from; none where the rest would lack groups or a label."""
    none = np.zeros(len(groups), dtype=bool)
    if len(set(groups)) < _VALIDATION:
        return none
    held_out = group_folds(groups, k=_VALIDATION, seed=seed) == 0
    return held_out if len(np.unique(target[~held_out])) == target.max() + 1 else none


def _temperature(
    sums: NDArray[np.float32], target: NDArray[np.int64], log_weighting: NDArray[np.float64]
) -> float:
    """What to divide the sums by, so that the scores of the validation part are probabilities.

    A loss that weighs label k by w(k) learns probabilities in proportion to w(k) p(k), so that
    softmax(sums / temperature - log w) are the p(k) themselves: the weighting is taken off again,
    and comes back as the weights of the decision.

    Returns:
        The temperature in [1/8, 8] with the lowest log loss; 1 without a validation part.

    Source:
        Guo et al. (2017), On Calibration of Modern Neural Networks, section 4.2 (the temperature);
        Elkan (2001), The Foundations of Cost-Sensitive Learning, theorem 2 (the weighting).
    """
    if not len(target):
        return 1.0
    from scipy.optimize import minimize_scalar

    def loss(log_temperature: float) -> float:
        found = _softmax(sums.astype(np.float64) / np.exp(log_temperature) - log_weighting)
        return float(-np.log(np.maximum(found[np.arange(len(target)), target], 1e-12)).mean())

    bound = float(np.log(8))
    return float(np.exp(minimize_scalar(loss, bounds=(-bound, bound), method="bounded").x))


def _softmax(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(sums - sums.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float64)
