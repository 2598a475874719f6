"""Fine-tunes an encoder and a linear layer on its vectors, and keeps the best of its epochs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from annotate.errors import ModelError
from annotate.metrics import score
from annotate.models.encoding import Pieces, computing, device, pooled, rows_of_pieces
from annotate.models.pretrained import Encoder

_WARM_UP: Final = 0.1
"""Share of the steps in which the learning rate rises; then it falls to 0."""
_DECAY, _DROPOUT, _STEEPEST = 0.01, 0.1, 1.0
_CHANCE: Final = 0.01
"""A macro-F1 lower by this much is as good; then the later epoch counts, whose rate is lower."""
PARTS: Final = 8
"""One in so many groups, by size, is kept to choose the epoch and to calibrate by."""
_POOL: Final = 16
"""Batches that are drawn together and sorted by length, so that little padding is computed."""


class Settings(BaseModel):
    """How an encoder is fine-tuned.

    Attributes:
        trainings: how often, each time with another part of the groups kept back and another seed;
            the mean of their sums is what the model says.
        epochs: passes over the examples at most.
        patience: epochs without a better macro-F1 on the validation part that end it early.
        learning_rate: of AdamW at its highest.
        batch_size: sentences a step.
        max_length: word pieces of a sentence with its context at most.
        words_fixed: whether the vectors of the word pieces, half of a small encoder, stay as they
            are; a step then takes a fifth less time on a processor.
        half: bfloat16 in place of float32 where the device has it; None for a GPU only.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    trainings: Annotated[int, Field(ge=1, le=PARTS)] = 1
    epochs: Annotated[int, Field(ge=1)] = 6
    patience: Annotated[int, Field(ge=1)] = 3
    learning_rate: Annotated[float, Field(gt=0, lt=1)] = 1e-4
    batch_size: Annotated[int, Field(ge=1)] = 32
    max_length: Annotated[int, Field(ge=8)] = 128
    words_fixed: bool = True
    half: bool | None = None


@dataclass(frozen=True, slots=True)
class Tuned:
    """What fine-tuning leaves: the encoder it was given is changed in place.

    Attributes:
        head: a linear layer of torch, from vectors to sums (logits) of the labels.
        epoch: which epoch's weights these are, counted from 1.
        sums: of the validation part, shape (validation, labels); empty without one.
    """

    head: Any
    epoch: int
    sums: NDArray[np.float32]


def fine_tune(
    encoder: Encoder,
    pieces: Sequence[Pieces],
    target: NDArray[np.int64],
    held_out: NDArray[np.bool_],
    *,
    importance: NDArray[np.float64] | None,
    settings: Settings,
    seed: int,
) -> Tuned:
    """Learn to tell labels apart, each weighted by the root of how rare it is.

    Args:
        encoder: to start from.
        pieces: of every sentence.
        target: the labels, in [0, labels), each of which occurs outside the validation part.
        held_out: which sentences are the validation part: none of them is learnt from. Where
            there is none, all epochs are gone through.
        importance: how much each sentence counts, above 0; None where all count alike.
        settings: how.
        seed: of the new layer, of the order of the sentences and of the dropout.

    Raises:
        ModelError: the weights left all bounds.
    """
    import torch

    on = device()
    inside, outside = np.flatnonzero(~held_out), np.flatnonzero(held_out)
    gpus = [torch.cuda.current_device()] if on == "cuda" else []
    with torch.random.fork_rng(devices=gpus):
        torch.manual_seed(seed)
        head = torch.nn.Linear(encoder.width, int(target.max()) + 1)
        torch.nn.init.normal_(head.weight, std=0.02)
        torch.nn.init.zeros_(head.bias)
        encoder.body.to(on)
        head.to(on)
        counts = np.ones(len(target)) if importance is None else importance
        rng = np.random.default_rng(seed)
        course = _Course(encoder, head, pieces, target, counts, settings, rng)
        judge = _judge(encoder, head, [pieces[place] for place in outside], target[outside])
        return _best_epoch(course, inside, judge if len(outside) else None)


def _best_epoch(
    course: "_Course", inside: NDArray[np.int64], judge: Callable[..., Any] | None
) -> Tuned:
    """Go through the epochs, and go back to the best of them."""
    reached, kept, patience = -1.0, None, course.settings.patience
    for epoch, steps in enumerate(course.epochs(inside), start=1):
        for loss in steps:
            if not np.isfinite(loss):
                msg = (
                    "The training left all bounds: its loss is no number any more. Use a smaller "
                    "--learning-rate."
                )
                raise ModelError(msg)
        if judge is None:
            continue
        found, sums = judge(course.settings.half)
        reached = max(reached, found)
        if found >= reached - _CHANCE:
            kept = Tuned(course.head, epoch, sums), course.weights()
        elif kept and epoch - kept[0].epoch >= patience:
            break
    if kept is None:
        none = np.empty((0, course.head.out_features), dtype=np.float32)
        return Tuned(course.head, course.settings.epochs, none)
    course.restore(kept[1])
    return kept[0]


@dataclass(frozen=True, slots=True)
class _Course:
    """The steps of a training."""

    encoder: Encoder
    head: Any
    pieces: Sequence[Pieces]
    target: NDArray[np.int64]
    importance: NDArray[np.float64]
    settings: Settings
    rng: np.random.Generator

    def epochs(self, inside: NDArray[np.int64]) -> Iterator[Iterator[float]]:
        """For each epoch its steps, as the loss of each; a step is made when it is asked for."""
        import torch

        if self.settings.words_fixed:
            self.encoder.body.get_input_embeddings().requires_grad_(requires_grad=False)
        changing = [*self.encoder.body.parameters(), *self.head.parameters()]
        changing = [weights for weights in changing if weights.requires_grad]
        rate, size = self.settings.learning_rate, self.settings.batch_size
        optimiser = torch.optim.AdamW(changing, lr=rate, weight_decay=_DECAY, fused=True)
        shares, weights = shares_and_weights(self.target[inside])
        seen = sum(_drawn_of(self.target[inside], shares))
        steps = self.settings.epochs * -(-seen // size)
        rising = max(1.0, _WARM_UP * steps)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimiser,
            lambda step: min((step + 1) / rising, (steps - step) / max(1.0, steps - rising)),
        )
        counts = weights[self.target] * self.importance
        for _ in range(self.settings.epochs):
            drawn = self._drawn(inside, shares)
            yield self._steps(drawn, changing, optimiser, schedule, counts)

    def _steps(
        self,
        inside: NDArray[np.int64],
        changing: Any,  # noqa: ANN401  torch is not type-checked
        optimiser: Any,  # noqa: ANN401
        schedule: Any,  # noqa: ANN401
        importance: NDArray[np.float64],
    ) -> Iterator[float]:
        import torch

        on = device()
        self.encoder.body.train()
        counts = torch.from_numpy(importance.astype(np.float32)).to(on)
        for places in self._batches(inside):
            with computing(on, half=self.settings.half):
                vectors = pooled(self.encoder, [self.pieces[place] for place in places])
                sums = self.head(torch.nn.functional.dropout(vectors, _DROPOUT))
            wanted = torch.from_numpy(self.target[places]).to(on)
            losses = torch.nn.functional.cross_entropy(sums.float(), wanted, reduction="none")
            loss = losses @ counts[places] / counts[places].sum()
            optimiser.zero_grad()
            with computing(on, half=False):
                loss.backward()
                torch.nn.utils.clip_grad_norm_(changing, _STEEPEST)
                optimiser.step()
            schedule.step()
            yield float(loss.detach())

    def _drawn(self, inside: NDArray[np.int64], shares: NDArray[np.float64]) -> NDArray[np.int64]:
        """What is seen in an epoch: of each label its share, drawn anew."""
        target = self.target[inside]
        sizes = _drawn_of(target, shares)
        parts = [
            self.rng.choice(inside[target == label], size, replace=False)
            for label, size in enumerate(sizes)
        ]
        return np.sort(np.concatenate(parts))

    def _batches(self, inside: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
        """Every place once, in random order, batches of like length."""
        size, order = self.settings.batch_size, self.rng.permutation(inside)
        batches = []
        for start in range(0, len(order), size * _POOL):
            drawn = sorted(
                order[start : start + size * _POOL], key=lambda p: len(self.pieces[p].ids)
            )
            batches += [np.array(drawn[at : at + size]) for at in range(0, len(drawn), size)]
        for number in self.rng.permutation(len(batches)):
            yield batches[number]

    def weights(self) -> list[Any]:
        """A copy of all weights."""
        return [
            {name: tensor.detach().clone() for name, tensor in part.state_dict().items()}
            for part in (self.encoder.body, self.head)
        ]

    def restore(self, weights: list[Any]) -> None:
        """Put weights back that `weights` gave."""
        for part, kept in zip((self.encoder.body, self.head), weights, strict=True):
            part.load_state_dict(kept)


def _judge(
    encoder: Encoder,
    head: Any,  # noqa: ANN401  torch is not type-checked
    pieces: Sequence[Pieces],
    target: NDArray[np.int64],
) -> Callable[..., tuple[float, NDArray[np.float32]]]:
    """A function that gives the macro-F1 on the validation part, and its sums."""
    gold = target.astype(str).tolist()

    def judged(half: bool | None) -> tuple[float, NDArray[np.float32]]:
        sums = rows_of_pieces(encoder, pieces, head=head, half=half)
        names = [str(label) for label in range(sums.shape[1])]
        found = score(gold, sums.argmax(axis=1).astype(str).tolist(), names)
        return found.macro_f1, sums

    return judged


def label_weights(target: NDArray[np.int64]) -> NDArray[np.float32]:
    """The root of how rare each label is, 1 on average over the examples; shape (labels,)."""
    counts = np.bincount(target)
    weights = np.sqrt(len(target) / np.maximum(1, counts))
    return np.asarray(weights * len(target) / (weights * counts).sum(), dtype=np.float32)


def shares_and_weights(
    target: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """`label_weights` as less to go through: which share of each label is seen in an epoch.

    The most common label is seen less often in place of counting less, which saves the time that
    it takes. Share times weight is in proportion to `label_weights`.

    Returns:
        Of each label the share in (0, 1] that is seen in an epoch, and the weight in the loss, 1 on
        average over what is seen.
    """
    wanted = label_weights(target).astype(np.float64)
    shares = np.minimum(1.0, wanted / np.sort(wanted)[1])
    weights = wanted / shares
    seen = np.array(_drawn_of(target, shares))
    return shares, np.asarray(weights * seen.sum() / (weights * seen).sum(), dtype=np.float32)


def _drawn_of(target: NDArray[np.int64], shares: NDArray[np.float64]) -> list[int]:
    """How many sentences of each label are seen in an epoch."""
    found: list[int] = np.ceil(np.bincount(target) * shares).astype(int).tolist()
    return found
