"""Every figure of an evaluation with its interval, over the groups as clusters."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotate.evaluation.calibration import Calibration, calibration
from annotate.evaluation.columns import Columns
from annotate.evaluation.intervals import Figure, figures_of, precision_figure, scaled
from annotate.metrics import (
    SMALLEST_SCORE,
    brier_scores,
    log_losses,
    many_figures,
)

Floats = NDArray[np.float64]

HIGHEST_BRIER: Final = 2.0
HIGHEST_LOSS: Final = -math.log(SMALLEST_SCORE)
_CURVE_POINTS: Final = 200


@dataclass(frozen=True, slots=True)
class LabelMeasures:
    """How well one label is found; ``annotate.metrics`` says what each figure is.

    Attributes:
        label: the label.
        precision: of what is called so, the share that is.
        recall: of what is so, the share that is called so.
        f1: undefined where the label does not occur in gold.
        pr_auc: average precision of its scores; undefined without scores, or where it does not
            occur. Its level without any skill is the label's share of the examples.
        calibration: of the label's scores; None without scores.
    """

    label: str
    precision: Figure
    recall: Figure
    f1: Figure
    pr_auc: Figure
    calibration: Calibration | None


@dataclass(frozen=True, slots=True)
class Measures:
    """All figures of an evaluation, each with an interval over groups.

    Attributes:
        macro_f1: mean F1 over the labels that occur.
        accuracy: share with the right label.
        mcc: Matthews' correlation coefficient.
        brier: Brier's score, in [0, 2], 0 is best; undefined without scores.
        log_loss: in nats, 0 is best; undefined without scores.
        calibration: of the score of the label that was given; None without scores.
        per_label: of each label, in their order.
        clipped: gold labels whose score was so small that the log loss took another for it.
        clusters: number of groups.
        resamples: how often the groups were drawn anew.
        seed: of the draws.
    """

    macro_f1: Figure
    accuracy: Figure
    mcc: Figure
    brier: Figure
    log_loss: Figure
    calibration: Calibration | None
    per_label: tuple[LabelMeasures, ...]
    clipped: int
    clusters: int
    resamples: int
    seed: int


@dataclass(frozen=True, slots=True)
class Basics:
    """The figures that need no scores.

    Attributes:
        macro_f1: mean F1 over the labels that occur.
        accuracy: share with the right label.
        mcc: Matthews' correlation coefficient.
        precision: of each label.
        recall: of each label.
        f1: of each label.
    """

    macro_f1: Figure
    accuracy: Figure
    mcc: Figure
    precision: tuple[Figure, ...]
    recall: tuple[Figure, ...]
    f1: tuple[Figure, ...]


def basics(columns: Columns, *, seed: int, resamples: int) -> Basics:
    """Macro-F1, accuracy, MCC and each label's precision, recall and F1, with intervals."""
    size = len(columns.labels)

    def statistic(counts: Floats) -> Floats:
        found = many_figures(counts.reshape(-1, size, size))
        return np.concatenate([(1 + found.mcc[:, None]) / 2, found.shares], axis=1)

    counts = columns.confusions.reshape(columns.clusters, -1)
    mcc, macro_f1, accuracy, *found = figures_of(counts, statistic, seed=seed, resamples=resamples)
    precision, recall, f1 = (tuple(found[size * n : size * (n + 1)]) for n in range(3))
    return Basics(macro_f1, accuracy, scaled(mcc, low=-1, high=1), precision, recall, f1)


def measure(columns: Columns, *, seed: int, resamples: int) -> Measures:
    """Work out every figure with its interval.

    Args:
        columns: what was scored.
        seed: of the draws of groups.
        resamples: number of draws.
    """
    plain = basics(columns, seed=seed, resamples=resamples)
    brier, log_loss, clipped = _of_scores(columns, seed=seed, resamples=resamples)
    given = columns.predicted
    return Measures(
        macro_f1=plain.macro_f1,
        accuracy=plain.accuracy,
        mcc=plain.mcc,
        brier=brier,
        log_loss=log_loss,
        calibration=_calibration(columns, given),
        per_label=tuple(_per_label(columns, plain, seed=seed, resamples=resamples)),
        clipped=clipped,
        clusters=columns.clusters,
        resamples=resamples,
        seed=seed,
    )


def _of_scores(columns: Columns, *, seed: int, resamples: int) -> tuple[Figure, Figure, int]:
    """Brier's score, the log loss, and how many scores it clipped."""
    if columns.scores is None:
        return Figure(None), Figure(None), 0
    brier, losses = (find(columns.scores, columns.gold) for find in (brier_scores, log_losses))
    sums = columns.sums(brier / HIGHEST_BRIER, losses / HIGHEST_LOSS, np.ones_like(brier))
    parts = figures_of(
        sums, lambda cells: cells[:, :2] / cells[:, 2:], seed=seed, resamples=resamples
    )
    means = [
        scaled(part, low=0, high=highest)
        for part, highest in zip(parts, (HIGHEST_BRIER, HIGHEST_LOSS), strict=True)
    ]
    given = columns.scores[np.arange(len(columns.gold)), columns.gold]
    return means[0], means[1], int((given < SMALLEST_SCORE).sum())


def _per_label(
    columns: Columns, plain: Basics, *, seed: int, resamples: int
) -> Iterator[LabelMeasures]:
    for place, label in enumerate(columns.labels):
        every = np.full(len(columns.gold), place, dtype=np.intp)
        yield LabelMeasures(
            label=label,
            precision=plain.precision[place],
            recall=plain.recall[place],
            f1=plain.f1[place],
            pr_auc=_pr_auc(columns, place, seed=seed, resamples=resamples),
            calibration=_calibration(columns, every),
        )


def _pr_auc(columns: Columns, place: int, *, seed: int, resamples: int) -> Figure:
    positive = columns.gold == place
    if columns.scores is None or not positive.any():
        return Figure(None)
    scores = columns.scores[:, place]
    return precision_figure(scores, positive, columns.cluster, seed=seed, resamples=resamples)


def _calibration(columns: Columns, asked: NDArray[np.intp]) -> Calibration | None:
    """Of the scores of the label that is asked about in each item."""
    if columns.scores is None:
        return None
    scores = columns.scores[np.arange(len(asked)), asked]
    hit = columns.gold == asked
    return calibration(scores, hit, columns)


@dataclass(frozen=True, slots=True)
class Curve:
    """The precision-recall curve of a label: a step at each threshold.

    Attributes:
        label: the label.
        recall: ascending, in [0, 1].
        precision: at each recall, in [0, 1].
        prevalence: the label's share of the examples: the precision of calling everything so.
    """

    label: str
    recall: tuple[float, ...]
    precision: tuple[float, ...]
    prevalence: float


def curves(columns: Columns) -> tuple[Curve, ...]:
    """The precision-recall curves of the labels that occur, thinned to what a page can show."""
    if columns.scores is None:
        return ()
    places = [place for place in range(len(columns.labels)) if (columns.gold == place).any()]
    return tuple(_curve(columns, columns.scores[:, place], place) for place in places)


def _curve(columns: Columns, scores: Floats, place: int) -> Curve:
    order = np.argsort(-scores, kind="stable")
    positive = columns.gold[order] == place
    last = np.append(np.flatnonzero(np.diff(scores[order])), len(order) - 1)
    found = np.cumsum(positive)[last]
    chosen = np.unique(np.linspace(0, len(last) - 1, _CURVE_POINTS).astype(np.intp))
    return Curve(
        label=columns.labels[place],
        recall=tuple((found / found[-1])[chosen].tolist()),
        precision=tuple((found / (last + 1))[chosen].tolist()),
        prevalence=float(positive.mean()),
    )
