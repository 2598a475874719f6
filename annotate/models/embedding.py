"""The vector of a pretrained encoder beside what the linear recipe sees, in one regression."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar, Final, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from annotate.decisions import Decision
from annotate.errors import ModelError
from annotate.files import write_text
from annotate.models.arrays import damaged, read_arrays, read_record, write_arrays
from annotate.models.encoding import Passage, rows_of
from annotate.models.features import reader
from annotate.models.linear import LinearModel, LinearRecipe, learn
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
from annotate.models.wishes import WISHES, Wishes
from annotate.records import Example, Input

_FILE, _VECTORS, _LINEAR, _FOLDER = "embedding.json", "vectors.npz", "linear", "encoder"
_SIZE: Final = 1.0
"""Length of a vector, as of all n-grams of a group together."""
_LONGEST: Final = 128


@dataclass(frozen=True, slots=True, eq=False)
class EmbeddingModel:
    """The linear model's sums, and those of the sentence's vector, turned into probabilities.

    Attributes:
        linear: weights of the n-grams and rules; its calibration and decision are those of all.
        weights: float32 of shape (width, seen - 1): of the vector, from the first label.
        encoder: where the vectors come from.
        known: what is kept with it.
    """

    linear: LinearModel
    weights: NDArray[np.float32]
    encoder: Encoder
    known: "_Content"

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, in the order of the columns of `scores`."""
        return self.linear.labels

    @property
    def details(self) -> Details:
        """What was settled while learning."""
        return self.linear.details

    @property
    def metrics(self) -> Mapping[str, float]:
        """Figures of training sentences that were left out fold by fold."""
        return self.linear.metrics

    @property
    def decision(self) -> Decision:
        """How scores become a label."""
        return self.linear.decision

    def scores(self, inputs: Sequence[Input]) -> NDArray[np.float64]:
        """Calibrated probabilities of shape (inputs, labels); each row sums to 1."""
        found = np.zeros((len(inputs), len(self.labels)))
        if len(inputs):
            sums = self.linear.sums(inputs)
            sums[:, 1:] += vectors_of(self.encoder, inputs) @ self.weights
            found[:, list(self.linear.seen)] = self.linear.calibration.probabilities(sums)
        return found

    def save(self, folder: Path) -> None:
        """Write the linear part, the weights of the vectors and, if it is kept, the encoder."""
        (folder / _LINEAR).mkdir()
        self.linear.save(folder / _LINEAR)
        write_arrays(folder / _VECTORS, {"weights": self.weights})
        if self.known.kept:
            write_encoder(self.encoder, folder / _FOLDER)
        write_text(folder / _FILE, self.known.model_dump_json(indent=2) + "\n")


@dataclass(frozen=True, slots=True)
class EmbeddingRecipe:
    """Joins the vectors of an encoder, which stays as it is, with the linear features.

    Attributes:
        encoder: name on the Hugging Face hub, or folder.
        kept: whether the model's folder shall hold the encoder; otherwise it names the encoder
            and its digest, and can be used only where the very same is at hand.
        wishes: what is asked of the training beyond what follows from the examples.
    """

    name: ClassVar[str] = "embedding"
    takes: ClassVar[tuple[str, ...]] = ("encoder", "keep_encoder", *WISHES)

    encoder: str = DEFAULT_ENCODER
    kept: bool = True
    wishes: Wishes = field(default_factory=Wishes)

    def with_options(self, options: RecipeOptions) -> Self:
        """The recipe as somebody wants it.

        Raises:
            ModelError: a precision out of its range.
        """
        kept = self.kept if options.keep_encoder is None else options.keep_encoder
        encoder, wishes = options.encoder or self.encoder, Wishes.of(options)
        return replace(self, encoder=encoder, kept=kept, wishes=wishes)

    def fit(
        self, examples: Sequence[Example], *, labels: Sequence[str], seed: int
    ) -> EmbeddingModel:
        """Learn a model; what is settled by cross-validation is as in the linear recipe.

        Args:
            examples: to learn from, with at least two labels among them.
            labels: every label that the model shall give a score to.
            seed: of the folds.

        Raises:
            MissingExtraError: the extra ``neural`` is not installed.
            ModelError: fewer than two labels, a wish for a label that there is not, or the encoder
                cannot be found or read.
            UnknownLabelError: an example's label is not among ``labels``.
        """
        check_installed()
        gold, _ = targets(examples, labels)
        encoder = load_encoder(self.encoder)
        inputs = [example.input for example in examples]
        linear, weights = learn(
            inputs,
            gold,
            [example.group for example in examples],
            labels=labels,
            wishes=self.wishes,
            importance=self.wishes.importance(examples),
            reader=reader(),
            seed=seed,
            beside=vectors_of(encoder, inputs),
        )
        source = encoder.source
        details: Details = {
            **linear.details,
            "encoder": source.name,
            "revision": source.revision or "a folder",
            "encoder_sha256": source.digest,
            "encoder_kept": self.kept,
        }
        known = _Content(
            encoder=source.name, revision=source.revision, digest=source.digest, kept=self.kept
        )
        model = replace(linear, details=details)
        return EmbeddingModel(model, weights.astype(np.float32), encoder, known)

    def load(self, folder: Path) -> EmbeddingModel:
        """Read what `EmbeddingModel.save` wrote.

        Raises:
            MissingExtraError: the extra ``neural`` is not installed.
            ModelError: a file is missing or is not what was written, or the encoder that the model
                refers to cannot be found or is another one.
        """
        check_installed()
        known = read_record(folder / _FILE, _Content)
        linear = LinearRecipe().load(folder / _LINEAR)
        weights = read_arrays(folder / _VECTORS).get("weights", np.empty(0))
        if known.kept:
            inside = folder / _FOLDER
            encoder = read_encoder(inside, Source(str(inside), known.revision, known.digest))
        else:
            encoder = load_encoder(known.encoder, revision=known.revision, digest=known.digest)
        wanted = (encoder.width, len(linear.seen) - 1)
        if weights.shape != wanted or not np.isfinite(weights).all():
            raise ModelError(damaged(folder, f"{_VECTORS} does not fit the encoder"))
        return EmbeddingModel(linear, weights.astype(np.float32), encoder, known)


class _Content(BaseModel):
    """The content of ``embedding.json``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    encoder: str
    revision: str
    digest: str
    kept: bool


def vectors_of(encoder: Encoder, inputs: Sequence[Input]) -> NDArray[np.float32]:
    """The vectors of sentences without their context, each of length `_SIZE`.

    Returns:
        Shape (inputs, width).
    """
    found = rows_of(encoder, [Passage(entry.text) for entry in inputs], longest=_LONGEST)
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    scaled: NDArray[np.float32] = np.float32(_SIZE) * found / np.maximum(lengths, np.float32(1e-9))
    return scaled
