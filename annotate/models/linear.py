"""Logistic regression on hashed n-grams and cue rules: quick to train and to run, and small."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Final, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, NonNegativeInt, PositiveFloat

from annotate.decisions import Decision
from annotate.errors import ModelError
from annotate.fields import Share
from annotate.files import write_text
from annotate.models.arrays import Array, damaged, read_arrays, read_record, write_arrays
from annotate.models.calibration import Calibration
from annotate.models.channels import SLOTS
from annotate.models.features import Features, Reader, reader
from annotate.models.fitting import fit_weights, settle, weights_of
from annotate.models.options import RecipeOptions
from annotate.models.protocol import Details, targets
from annotate.models.slot_weights import SlotWeights
from annotate.models.sparse import PLAIN_SIZE, matrix_of, totals
from annotate.models.wishes import WISHES, Wishes
from annotate.records import Example, Input

_FILE, _WEIGHTS_FILE = "linear.json", "weights.npz"
_ONE_THREAD: Final = 2**18
"""Multiplications in one product of matrices above which OpenBLAS, and with it numpy, wakes further
threads; that costs more than they bring here."""


@dataclass(frozen=True, slots=True, eq=False)
class LinearModel:
    """Weighted n-grams and rules, summed and turned into probabilities.

    Attributes:
        labels: the labels, in the order of the columns of `scores`.
        seen: places of those that training saw, ascending; the others score 0.
        slots: weights of the n-grams, by slot.
        plain: float32 of shape (plain columns, seen - 1): weights of the rules and the rest.
        bias: float64 of shape (seen,).
        calibration: what the sums mean.
        decision: how scores become a label.
        details: what was settled while learning.
        metrics: figures of training sentences that were left out fold by fold.
        reader: what turns inputs into features.
    """

    labels: tuple[str, ...]
    seen: tuple[int, ...]
    slots: SlotWeights
    plain: NDArray[np.float32]
    bias: NDArray[np.float64]
    calibration: Calibration
    decision: Decision
    details: Details
    metrics: Mapping[str, float]
    reader: Reader

    def scores(self, inputs: Sequence[Input]) -> NDArray[np.float64]:
        """Calibrated probabilities of shape (inputs, labels); each row sums to 1."""
        found = np.zeros((len(inputs), len(self.labels)))
        found[:, list(self.seen)] = self.calibration.probabilities(self.sums(inputs))
        return found

    def sums(self, inputs: Sequence[Input]) -> NDArray[np.float64]:
        """What the calibration turns into probabilities; of shape (inputs, seen)."""
        found = [self._sums(features) for features in self.reader.batches(inputs)]
        return np.concatenate([np.zeros((0, len(self.seen))), *found])

    def _sums(self, features: Features) -> NDArray[np.float64]:
        """Sums of shape (sentences, seen)."""
        sentences = len(features.plain)
        found = np.zeros((sentences, len(self.seen)))
        rows = max(1, _ONE_THREAD // self.plain.size)
        for start in range(0, sentences, rows):
            part = slice(start, start + rows)
            found[part, 1:] = features.plain[part] @ self.plain
        for channels in features.groups:
            if channels:
                share = 1 / np.sqrt(np.maximum(1, totals(channels, sentences)))
                found[:, 1:] += self.slots.sums(channels, sentences) * share[:, None]
        return found + self.bias

    def save(self, folder: Path) -> None:
        """Write the numbers as npz, and what they mean as JSON."""
        content = _Content(
            reader=self.reader.name,
            labels=self.labels,
            seen=self.seen,
            size=self.slots.size,
            slope=self.calibration.slope,
            shifts=self.calibration.shifts,
            weights=self.decision.weights,
            floors=self.decision.floors,
            details=dict(self.details),
            metrics=dict(self.metrics),
        )
        write_text(folder / _FILE, content.model_dump_json(indent=2) + "\n")
        arrays: dict[str, Array] = {
            "slots": self.slots.steps,
            "plain": self.plain,
            "bias": self.bias,
        }
        write_arrays(folder / _WEIGHTS_FILE, arrays)


@dataclass(frozen=True, slots=True)
class LinearRecipe:
    """Words, letter sequences, cue words and cue rules; every label weighs the same.

    Attributes:
        wishes: what is asked of the training beyond what follows from the examples.
        without: ids of rules that the model shall do without, to measure what they are worth.
    """

    name: ClassVar[str] = "linear"
    takes: ClassVar[tuple[str, ...]] = WISHES

    wishes: Wishes = field(default_factory=Wishes)
    without: frozenset[str] = frozenset()

    def with_options(self, options: RecipeOptions) -> Self:
        """The recipe as somebody wants it.

        Raises:
            ModelError: a precision out of its range.
        """
        return replace(self, wishes=Wishes.of(options))

    def fit(self, examples: Sequence[Example], *, labels: Sequence[str], seed: int) -> LinearModel:
        """Learn a model.

        What is not learnt by heart is settled by grouped cross-validation inside the examples: C,
        what scores mean, and how they become labels.

        Args:
            examples: to learn from, with at least two labels among them.
            labels: every label that the model shall give a score to.
            seed: of the folds.

        Raises:
            ModelError: fewer than two labels, or a wish for a label that there is not.
            UnknownLabelError: an example's label is not among ``labels``.
        """
        gold, _ = targets(examples, labels)
        groups = [example.group for example in examples]
        model, _ = learn(
            [example.input for example in examples],
            gold,
            groups,
            labels=labels,
            wishes=self.wishes,
            importance=self.wishes.importance(examples),
            reader=reader(self.without),
            seed=seed,
        )
        return model

    def load(self, folder: Path) -> LinearModel:
        """Read what `LinearModel.save` wrote.

        Raises:
            ModelError: a file is missing or is not what was written, or the model was trained with
                other rules than these.
        """
        content = read_record(folder / _FILE, _Content)
        if content.reader != reader().name:
            problem = f"they are for {content.reader}, and this version has {reader().name}"
            raise ModelError(damaged(folder, problem))
        arrays = read_arrays(folder / _WEIGHTS_FILE)
        if misfit := _misfit(content, arrays):
            raise ModelError(damaged(folder, misfit))
        return LinearModel(
            labels=content.labels,
            seen=content.seen,
            slots=SlotWeights(arrays["slots"], content.size),
            plain=arrays["plain"],
            bias=arrays["bias"],
            calibration=Calibration(content.slope, content.shifts),
            decision=Decision(content.weights, content.floors),
            details=content.details,
            metrics=content.metrics,
            reader=reader(),
        )


def learn(  # noqa: PLR0913  all that a training depends on
    inputs: Sequence[Input],
    gold: NDArray[np.int64],
    groups: Sequence[str],
    *,
    labels: Sequence[str],
    wishes: Wishes,
    importance: NDArray[np.float64] | None,
    reader: Reader,
    seed: int,
    beside: NDArray[np.float32] | None = None,
) -> tuple[LinearModel, NDArray[np.float64]]:
    """Learn a model, and the weights of further columns beside what it sees.

    Args:
        inputs: to learn from.
        gold: place of the label of each among ``labels``; at least two occur.
        groups: what may not be divided, of each input.
        labels: every label that the model shall give a score to.
        wishes: what is asked for.
        importance: weight of each input above 0, or None.
        reader: what turns inputs into features.
        seed: of the folds.
        beside: further columns, of shape (inputs, columns).

    Returns:
        The model, which is nothing without those columns, and their weights, of shape (columns,
        seen - 1), measured from the first label that training saw.
    """
    seen = np.unique(gold)
    near = np.searchsorted(seen, gold)
    matrix = matrix_of(inputs, reader)
    rows = matrix.rows if beside is None else _joined(matrix.rows, beside)
    kept = [labels[place] for place in seen.tolist()]
    settled = settle(
        rows, near, groups, labels=kept, wishes=wishes, importance=importance, seed=seed
    )
    regression = fit_weights(rows, near, settled.c, importance)
    weights, bias = weights_of(regression, len(seen))
    slots = np.zeros((len(seen) - 1, SLOTS))
    known, upto = len(matrix.slots), matrix.rows.shape[1]
    slots[:, matrix.slots] = weights[:, :known] * matrix.rarity
    model = LinearModel(
        labels=tuple(labels),
        seen=tuple(seen.tolist()),
        slots=SlotWeights.of(slots),
        plain=PLAIN_SIZE * weights[:, known:upto].T.astype(np.float32),
        bias=bias,
        calibration=settled.calibration,
        decision=settled.decision.among(seen, len(labels)),
        details=settled.details,
        metrics=settled.metrics,
        reader=reader,
    )
    return model, weights[:, upto:].T


def _joined(rows: Any, columns: NDArray[np.float32]) -> Any:  # noqa: ANN401  scipy has no types
    from scipy.sparse import csr_array, hstack

    return hstack([rows, csr_array(columns)], format="csr", dtype=np.float32)


class _Content(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    reader: str
    labels: tuple[str, ...]
    seen: tuple[NonNegativeInt, ...]
    size: PositiveFloat
    slope: PositiveFloat
    shifts: tuple[float, ...]
    weights: tuple[PositiveFloat, ...]
    floors: tuple[Share, ...]
    details: dict[str, str | int | float | bool]
    metrics: dict[str, float]


def _misfit(content: _Content, arrays: Mapping[str, Array]) -> str | None:
    """What does not fit together in a model that was read, if anything."""
    labels, seen = len(content.labels), len(content.seen)
    rows = max(0, seen - 1)
    wanted = {
        "slots": ((rows, SLOTS), "int16"),
        "plain": ((len(reader().columns), rows), "float32"),
        "bias": ((seen,), "float64"),
    }
    if {name: (array.shape, array.dtype.name) for name, array in arrays.items()} != wanted:
        return "its arrays are of another shape or type than a model's"
    lengths = {len(content.weights), len(content.floors)}
    if sorted({*content.seen} & {*range(labels)}) != list(content.seen) or lengths != {labels}:
        return "its labels do not fit together"
    if not rows or len(content.shifts) != seen:
        return "its labels do not fit together"
    if not all(np.isfinite(array).all() for array in arrays.values()):
        return "a weight is no number"
    return None
