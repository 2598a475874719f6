"""Whether a score of 0.8 is right in 8 of 10 cases: bins of like many examples."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotate.evaluation.columns import Columns
from annotate.evaluation.intervals import Figure, figures_of

Floats = NDArray[np.float64]

MOST_BINS: Final = 10
_FEWEST_IN_A_BIN: Final = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Examples with like scores.

    Attributes:
        n: how many.
        low: their lowest score, in [0, 1].
        high: their highest score, in [0, 1].
        score: their mean score, in [0, 1].
        right: share of them that have the label, with its interval.
    """

    n: int
    low: float
    high: float
    score: float
    right: Figure


@dataclass(frozen=True, slots=True)
class Calibration:
    """How scores and shares go together.

    Attributes:
        bins: by rising score; equal scores are never parted.
        error: the expected calibration error: mean distance between score and share, each bin
            weighted by its examples; in [0, 1]. It is never below 0 and so, with few examples,
            above what a perfectly calibrated model has in the long run.

    Source:
        Guo et al. (2017), On Calibration of Modern Neural Networks, section 2, with bins of like
        many examples as in Nguyen and O'Connor (2015), Posterior Calibration and Exploratory
        Analysis for Natural Language Processing Models.
    """

    bins: tuple[Bin, ...]
    error: Figure


def calibration(scores: Floats, hit: NDArray[np.bool_], columns: Columns) -> Calibration:
    """Compare scores with how often what they speak for is so.

    Args:
        scores: of what was asked of each item, shape (items,).
        hit: whether it is so, shape (items,).
        columns: for the groups of the items.
    """
    bins = equal_mass_bins(scores)
    count = int(bins.max()) + 1
    inside = [bins == number for number in range(count)]
    values = [part * value for value in (1.0, scores, hit) for part in inside]
    sums = columns.sums(*values)

    def statistic(cells: Floats) -> Floats:
        n, score, right = (cells[:, count * k : count * (k + 1)] for k in range(3))
        with np.errstate(invalid="ignore", divide="ignore"):
            shares = right / n
        error = np.abs(right - score).sum(axis=1, keepdims=True) / n.sum(axis=1, keepdims=True)
        return np.concatenate([shares, error], axis=1)

    *shares, error = figures_of(sums, statistic, seed=0, resamples=0)  # nothing is drawn
    made = [
        Bin(
            n=int(part.sum()),
            low=float(scores[part].min()),
            high=float(scores[part].max()),
            score=float(scores[part].mean()),
            right=share,
        )
        for part, share in zip(inside, shares, strict=True)
    ]
    return Calibration(tuple(made), error)


def equal_mass_bins(scores: Floats) -> NDArray[np.intp]:
    """The bin of each score: at most 10 bins of like many, at least about 10 scores in each.

    Equal scores go to one bin, that of their middle rank, so that the order of the items plays
    no part; bins that stay empty are not counted.

    Args:
        scores: at least one, shape (items,).

    Returns:
        In [0, bins), ascending with the scores, shape (items,); every bin has an item.
    """
    n = len(scores)
    wanted = max(1, min(MOST_BINS, n // _FEWEST_IN_A_BIN))
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - counts / 2
    bins = np.minimum((middle / n * wanted).astype(np.intp), wanted - 1)
    return np.asarray(np.unique(bins, return_inverse=True)[1][place], dtype=np.intp)
