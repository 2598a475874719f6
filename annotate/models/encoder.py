"""A pretrained encoder, fine-tuned on the examples: better scores, and slower to get."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, ValidationError

from annotate.errors import ModelError
from annotate.files import write_text
from annotate.jsonl import explain
from annotate.models.arrays import damaged, read_arrays, read_record, write_arrays
from annotate.models.encoding import READING, Passage, cut, rows_of, with_context
from annotate.models.fine_tuning import PARTS, Settings, Tuned, fine_tune
from annotate.models.kept import Keeping, Kept
from annotate.models.lesson import Lesson, lesson_of
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
from annotate.models.protocol import Details
from annotate.models.wishes import WISHES, Wishes
from annotate.records import Example, Input

_FILE, _HEAD = "encoder.json", "head.npz"


class Known(Kept):
    """The content of ``encoder.json``.

    Attributes:
        reader: what the encoder is given of an input (`encoding.READING`).
        trainings: how many fine-tuned encoders there are.
        max_length: word pieces of a sentence with its context at most.
        half: whether to compute in bfloat16 where the device has it; None for a GPU only.
    """

    reader: str
    trainings: Annotated[int, Field(ge=1, le=PARTS)]
    max_length: Annotated[int, Field(ge=8)]
    half: bool | None


@dataclass(frozen=True, slots=True, eq=False)
class EncoderModel(Keeping):
    """Fine-tuned encoders, each with a linear layer on its pooled vectors; their mean counts.

    Attributes:
        encoders: the fine-tuned ones, one for each training.
        weights: float32 of shape (trainings, seen, width).
        bias: float32 of shape (trainings, seen), with what the weighting of labels added taken off.
        known: all else that is kept with it.
    """

    encoders: Sequence[Encoder]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    known: Known

    def scores(self, inputs: Sequence[Input]) -> NDArray[np.float64]:
        """Calibrated probabilities of shape (inputs, labels); each row sums to 1."""
        if not len(inputs):
            return np.zeros((0, len(self.labels)))
        passages = [with_context(entry) for entry in inputs]
        longest, half = self.known.max_length, self.known.half
        sums = [
            rows_of(encoder, passages, longest=longest, half=half).astype(np.float64) @ weights.T
            for encoder, weights in zip(self.encoders, self.weights, strict=True)
        ]
        return self.known.scores(np.mean(sums, axis=0) + self.bias.mean(axis=0))

    def save(self, folder: Path) -> None:
        """Write each encoder as safetensors with its tokenizer, and the last layers as npz."""
        for encoder, name in zip(self.encoders, _folders(len(self.encoders)), strict=True):
            write_encoder(encoder, folder / name)
        write_arrays(folder / _HEAD, {"weights": self.weights, "bias": self.bias})
        write_text(folder / _FILE, self.known.model_dump_json(indent=2) + "\n")


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A model, and what it has learnt from.

    Attributes:
        model: the model.
        lesson: with which of the examples its epochs were chosen by and its scores calibrated on.
        sums: of the validation parts, each by the training that has not learnt from it; as
            `Lesson.pooled` gives them.
    """

    model: EncoderModel
    lesson: Lesson
    sums: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class EncoderRecipe:
    """Fine-tunes any encoder on sentences and what stands around them.

    Attributes:
        encoder: name on the Hugging Face hub, or folder.
        settings: of the training.
        wishes: what is asked of it beyond what follows from the examples.
    """

    name: ClassVar[str] = "encoder"
    takes: ClassVar[tuple[str, ...]] = ("encoder", *Settings.model_fields, *WISHES)

    encoder: str = DEFAULT_ENCODER
    settings: Settings = field(default_factory=Settings)
    wishes: Wishes = field(default_factory=Wishes)

    def with_options(self, options: RecipeOptions) -> Self:
        """The recipe as somebody wants it.

        Raises:
            ModelError: a number is out of its range.
        """
        wanted = options.only(Settings.model_fields).asked
        try:
            settings = Settings.model_validate(self.settings.model_dump() | dict(wanted))
        except ValidationError as error:
            msg = f"The recipe cannot be carried out ({explain(error)}). Correct that option."
            raise ModelError(msg) from None
        encoder, wishes = options.encoder or self.encoder, Wishes.of(options)
        return replace(self, encoder=encoder, settings=settings, wishes=wishes)

    def fit(self, examples: Sequence[Example], *, labels: Sequence[str], seed: int) -> EncoderModel:
        """Fine-tune the encoder; of each training a part of the groups chooses its epoch.

        What the sums mean is settled on these parts together.

        Args:
            examples: to learn from, with at least two labels among them.
            labels: every label that the model shall give a score to.
            seed: of the validation groups and of all that is random in training. On a processor
                the same seed gives the same weights; a GPU may add in another order.

        Raises:
            MissingExtraError: the extra ``neural`` is not installed.
            ModelError: fewer than two labels, a precision that cannot be promised, or the encoder
                cannot be found or read.
            UnknownLabelError: an example's label is not among ``labels``.
        """
        return self.fitted(examples, labels=labels, seed=seed).model

    def fitted(self, examples: Sequence[Example], *, labels: Sequence[str], seed: int) -> Fitted:
        """As `fit`, with what was learnt from."""
        check_installed()
        trainings = self.settings.trainings
        lesson = lesson_of(examples, labels, self.wishes, trainings=trainings, seed=seed)
        passages = [with_context(example.input) for example in examples]
        members = [self._tuned(passages, lesson, training, seed) for training in range(trainings)]
        encoders, tuned = zip(*members, strict=True)
        taken_off = np.stack([lesson.log_weighting(training) for training in range(trainings)])
        sums = lesson.pooled([one.sums - off for one, off in zip(tuned, taken_off, strict=True)])
        calibration, decision = lesson.settled(sums)
        known = Known(
            labels=tuple(labels),
            seen=tuple(lesson.seen.tolist()),
            slope=calibration.slope,
            shifts=calibration.shifts,
            weights=decision.weights,
            floors=decision.floors,
            reader=READING,
            trainings=trainings,
            max_length=self.settings.max_length,
            half=self.settings.half,
            details={**self._details(encoders[0], tuned), **lesson.details(calibration)},
        )
        weights, bias = (
            np.stack([part.detach().float().cpu().numpy() for part in parts])
            for parts in zip(*(one.head.parameters() for one in tuned), strict=True)
        )
        bias = (bias - taken_off).astype(np.float32)
        return Fitted(EncoderModel(encoders, weights, bias, known), lesson, sums)

    def _tuned(
        self, passages: Sequence[Passage], lesson: Lesson, training: int, seed: int
    ) -> tuple[Encoder, Tuned]:
        """One of the trainings."""
        encoder = load_encoder(self.encoder)
        tuned = fine_tune(
            encoder,
            cut(encoder, passages, longest=self.settings.max_length),
            lesson.gold,
            lesson.held_out(training),
            importance=lesson.importance,
            settings=self.settings,
            seed=seed + training,
        )
        return encoder, tuned

    def _details(self, encoder: Encoder, tuned: Sequence[Tuned]) -> Details:
        settings, source = self.settings, encoder.source
        epochs = ", ".join(str(one.epoch) for one in tuned)
        return {
            "encoder": source.name,
            "revision": source.revision or "a folder",
            "encoder_sha256": source.digest,
            "trainings": settings.trainings,
            "epoch": f"{epochs} of {settings.epochs}",
            "learning_rate": settings.learning_rate,
            "batch_size": settings.batch_size,
            "max_length": settings.max_length,
            "class_weight": "square root",
        }

    def load(self, folder: Path) -> EncoderModel:
        """Read what `EncoderModel.save` wrote.

        Raises:
            MissingExtraError: the extra ``neural`` is not installed.
            ModelError: a file is missing or is not what was written, or the model was trained on
                inputs that were cut in another way.
        """
        check_installed()
        known = read_record(folder / _FILE, Known)
        if known.reader != READING:
            problem = f"they are for {known.reader}, and this version has {READING}"
            raise ModelError(damaged(folder, problem))
        encoders = [
            read_encoder(folder / name, Source(str(folder / name), "", ""))
            for name in _folders(known.trainings)
        ]
        found = read_arrays(folder / _HEAD)
        shape = (known.trainings, len(known.seen))
        shapes = {"weights": (*shape, encoders[0].width), "bias": shape}
        if {name: array.shape for name, array in found.items()} != shapes:
            raise ModelError(damaged(folder, f"{_HEAD} does not fit the encoder"))
        if not all(np.isfinite(array).all() for array in found.values()):
            raise ModelError(damaged(folder, "a weight is no number"))
        if not known.fits:
            raise ModelError(damaged(folder, f"the labels of {_FILE} do not fit together"))
        return EncoderModel(encoders, found["weights"], found["bias"], known)


def _folders(trainings: int) -> list[str]:
    """Where each of the fine-tuned encoders is kept."""
    return [f"encoder-{number}" for number in range(1, trainings + 1)]
