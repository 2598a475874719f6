"""How well predicted labels agree with gold labels: counts, and every figure from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotate.errors import EvaluationError

SMALLEST_SCORE: Final = 1e-15
"""What the log loss takes for a smaller score, so that one gold label given 0 costs 34.5, not ∞."""

Floats = NDArray[np.float64]


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


@dataclass(frozen=True, slots=True, eq=False)
class ManyFigures:
    """The figures of many confusion matrices at once; nan where one is undefined (0/0).

    Attributes:
        macro_f1: mean F1 over the labels that occur in gold, shape (n,).
        accuracy: share with the right label, shape (n,).
        mcc: Matthews' coefficient, shape (n,); ``Scores.mcc`` has its source.
        precision: of each label, shape (n, labels).
        recall: of each label, shape (n, labels).
        f1: of each label, shape (n, labels); nan where the label does not occur in gold.
    """

    macro_f1: Floats
    accuracy: Floats
    mcc: Floats
    precision: Floats
    recall: Floats
    f1: Floats

    @property
    def shares(self) -> Floats:
        """All but ``mcc`` side by side, shape (n, 2 + 3 x labels)."""
        single = np.stack([self.macro_f1, self.accuracy], axis=1)
        return np.concatenate([single, self.precision, self.recall, self.f1], axis=1)


def many_figures(confusions: NDArray[np.generic]) -> ManyFigures:
    """Figures of many confusion matrices, as resampling needs them.

    Args:
        confusions: counts or weights, shape (n, labels, labels); rows are gold.
    """
    cells = confusions.astype(np.float64)
    right = np.diagonal(cells, axis1=1, axis2=2)
    support, predicted = cells.sum(axis=2), cells.sum(axis=1)
    total = support.sum(axis=1)
    occurs = support > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        f1 = np.where(occurs, 2 * right / (support + predicted), np.nan)
        by_chance = (support * predicted).sum(axis=1)
        spread = (total**2 - (support**2).sum(axis=1)) * (total**2 - (predicted**2).sum(axis=1))
        return ManyFigures(
            macro_f1=np.where(occurs, f1, 0).sum(axis=1) / occurs.sum(axis=1),
            accuracy=right.sum(axis=1) / total,
            mcc=(right.sum(axis=1) * total - by_chance) / np.sqrt(np.where(spread, spread, np.nan)),
            precision=right / predicted,
            recall=right / support,
            f1=f1,
        )


def precision_steps(scores: Floats, positive: NDArray[np.bool_]) -> tuple[NDArray[np.intp], int]:
    """The step of a precision-recall curve at which each item is called positive.

    A step is the score of one or more positive items; only there does recall rise. Equal scores
    are called together.

    Args:
        scores: of one label, shape (items,).
        positive: which items have that label, shape (items,).

    Returns:
        Step of each item, shape (items,), in [0, steps], where those of ``steps`` come after all
        positive ones; and the number of steps.
    """
    thresholds = np.unique(-scores[positive])
    return np.searchsorted(thresholds, -scores, side="left"), len(thresholds)


def average_precision(called: Floats, found: Floats) -> Floats:
    """Area under the precision-recall curve, as steps: sum of (gain of recall) x precision.

    No straight lines are drawn between the thresholds, since these would promise what no threshold
    gives.

    Args:
        called: weight of the items called positive at each step, shape (n, steps).
        found: weight of the positive ones among them, shape (n, steps).

    Returns:
        In [0, 1], shape (n,); nan where no positive item counts.

    Source:
        Manning, Raghavan and Schütze (2008), Introduction to Information Retrieval, chapter 8.4;
        Davis and Goadrich (2006), The Relationship Between Precision-Recall and ROC Curves.
    """
    if not called.shape[1]:
        return np.full(len(called), np.nan)
    right = np.cumsum(found, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        precision = right / np.cumsum(called, axis=1)
        np.nan_to_num(precision, copy=False)
        area = np.einsum("ij,ij->i", found, precision)
        return np.asarray(area / right[:, -1], dtype=np.float64)


def brier_scores(scores: Floats, gold: NDArray[np.intp]) -> Floats:
    """Brier's score of each item: squared distance to a score of 1 for the gold label.

    Args:
        scores: shape (items, labels), rows sum to 1.
        gold: place of each item's gold label, shape (items,).

    Returns:
        In [0, 2], 0 is best, shape (items,); their mean is the figure that is reported.

    Source:
        Brier (1950), Verification of Forecasts Expressed in Terms of Probability, equation 2.
    """
    given = scores[np.arange(len(gold)), gold]
    return np.asarray((scores**2).sum(axis=1) - given**2 + (1 - given) ** 2, dtype=np.float64)


def log_losses(scores: Floats, gold: NDArray[np.intp]) -> Floats:
    """Minus the natural logarithm of each gold label's score, at least `SMALLEST_SCORE`.

    Args:
        scores: shape (items, labels), rows sum to 1.
        gold: place of each item's gold label, shape (items,).

    Returns:
        In [0, 34.54], 0 is best, shape (items,); their mean is the figure that is reported.

    Source:
        Good (1952), Rational Decisions, section 8.
    """
    given = scores[np.arange(len(gold)), gold]
    return np.asarray(-np.log(given.clip(SMALLEST_SCORE, 1)), dtype=np.float64)


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
