"""How well predicted labels agree with gold labels: counts, and every figure from them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotate.errors import EvaluationError


@dataclass(frozen=True, slots=True)
class LabelScore:
    """How well one label is found.

    Attributes:
        label: the label.
        precision: share in [0, 1] of what was predicted as this label that is this label; None
            where it was never predicted (0/0).
        recall: share in [0, 1] of this label's examples that were found; None where it never
            occurs in gold (0/0).
        f1: 2 x right / (support + predicted), in [0, 1]: so 0 where the label only occurs or is
            only predicted; None where it does neither.
        support: examples with this label in gold.
        predicted: examples predicted as this label.

    Source:
        van Rijsbergen (1979), Information Retrieval, chapter 7, with equal weights.
    """

    label: str
    precision: float | None
    recall: float | None
    f1: float | None
    support: int
    predicted: int


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Predicted against gold labels, as counts, and the figures that follow from them.

    Attributes:
        labels: the labels, in the order of the rows and columns of ``confusion``.
        confusion: counts of shape (labels, labels); rows are gold, columns are predicted.
    """

    labels: tuple[str, ...]
    confusion: NDArray[np.int64]

    @property
    def n(self) -> int:
        """How many examples were scored."""
        return int(self.confusion.sum())

    @property
    def accuracy(self) -> float:
        """Share of examples with the right label, in [0, 1]."""
        return int(self.confusion.trace()) / self.n

    @property
    def per_label(self) -> tuple[LabelScore, ...]:
        """One score for each of ``labels``, in their order."""
        right = self.confusion.diagonal().tolist()
        support = self.confusion.sum(axis=1).tolist()
        predicted = self.confusion.sum(axis=0).tolist()
        return tuple(map(_label_score, self.labels, right, support, predicted))

    @property
    def macro_f1(self) -> float:
        """Mean F1, in [0, 1], over the labels that occur in gold; the others have no say."""
        found = [entry.f1 for entry in self.per_label if entry.support and entry.f1 is not None]
        return sum(found) / len(found)

    @property
    def mcc(self) -> float | None:
        """Matthews' correlation coefficient for many labels, in [-1, 1].

        None where gold or the predictions have a single label (0/0).

        Source:
            Gorodkin (2004), Comparing two K-category assignments by a K-category correlation
            coefficient, Computational Biology and Chemistry 28, equation 8.
        """
        gold, predicted = (self.confusion.sum(axis=axis).astype(np.float64) for axis in (1, 0))
        by_gold, by_predicted = self.n**2 - gold @ gold, self.n**2 - predicted @ predicted
        if by_gold == 0 or by_predicted == 0:
            return None
        right = float(self.confusion.trace())
        return float((right * self.n - gold @ predicted) / np.sqrt(by_gold * by_predicted))


def confusion_matrix(
    gold: Sequence[str], predicted: Sequence[str], labels: Sequence[str]
) -> NDArray[np.int64]:
    """Count each pair of gold and predicted label.

    Args:
        gold: the gold labels.
        predicted: the predicted labels of the same examples, in the same order.
        labels: every label that may occur, each once.

    Returns:
        Counts of shape (labels, labels); rows are gold, columns are predicted.

    Raises:
        EvaluationError: the two differ in length, or a label is not among ``labels``.
    """
    if len(gold) != len(predicted):
        msg = (
            f"{len(gold)} gold labels cannot be compared with {len(predicted)} predictions. "
            "Predict every example once, in the same order."
        )
        raise EvaluationError(msg)
    place = {label: number for number, label in enumerate(labels)}
    rows, columns = _places(gold, place, "gold"), _places(predicted, place, "predicted")
    cells = np.bincount(rows * len(place) + columns, minlength=len(place) ** 2)
    return cells.astype(np.int64).reshape(len(place), len(place))


def score(gold: Sequence[str], predicted: Sequence[str], labels: Sequence[str]) -> Scores:
    """Score predicted labels against gold labels.

    Args:
        gold: the gold labels; at least one.
        predicted: the predicted labels of the same examples, in the same order.
        labels: every label that may occur, each once.

    Returns:
        The counts and all that follows from them.

    Raises:
        EvaluationError: nothing to score, different lengths, or a label not among ``labels``.
    """
    if not gold:
        msg = "There is no example to score. Give at least one with a gold label."
        raise EvaluationError(msg)
    return Scores(tuple(labels), confusion_matrix(gold, predicted, labels))


def _label_score(label: str, right: int, support: int, predicted: int) -> LabelScore:
    return LabelScore(
        label,
        precision=right / predicted if predicted else None,
        recall=right / support if support else None,
        f1=2 * right / (support + predicted) if support + predicted else None,
        support=support,
        predicted=predicted,
    )


def _places(found: Sequence[str], place: dict[str, int], what: str) -> NDArray[np.intp]:
    try:
        return np.fromiter((place[label] for label in found), dtype=np.intp, count=len(found))
    except KeyError as error:
        msg = (
            f"The {what} label {error.args[0]!r} is not one of {', '.join(place)}. "
            "Use the label scheme that the labels were given with."
        )
        raise EvaluationError(msg) from None
