"""A figure and how sure it is: what an evaluation says wherever it says a number."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotate.metrics import average_precision, precision_steps
from annotate.resampling import (
    Interval,
    NoInterval,
    Statistic,
    cluster_intervals,
    cluster_weights,
    interval_from,
)

Floats = NDArray[np.float64]

SHARE: Final = (0.0, 1.0)
"""The range of a share, and of what is made of shares."""
SIGNED: Final = (-1.0, 1.0)
"""The range of a correlation, and of a difference of shares."""

_CELLS_AT_ONCE: Final = 2_000_000


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and its interval over groups.

    Attributes:
        value: the figure; None where it is undefined (0/0).
        interval: where it would lie on other such articles, or None.
        without: why there is no interval; empty where there is one.
    """

    value: float | None
    interval: Interval | None = None
    without: str = "it is undefined"

    @classmethod
    def of(cls, value: float, found: Interval | NoInterval) -> "Figure":
        """A figure, nan where undefined, with what was found of its interval."""
        known = None if np.isnan(value) else float(value)
        if isinstance(found, NoInterval):
            return cls(known, None, found.reason)
        return cls(known, found, "")


def figures_of(
    counts: Floats,
    statistic: Statistic,
    *,
    seed: int,
    resamples: int,
    within: tuple[float, float] = SHARE,
) -> tuple[Figure, ...]:
    """Figures of one range that follow from counts, with their intervals.

    Args:
        counts: of each group, shape (groups, cells).
        statistic: from sums of counts, shape (n, cells), to figures, shape (n, k).
        seed: of the draws of groups.
        resamples: number of draws.
        within: the lowest and the highest value that the figures can have.
    """
    values = statistic(counts.sum(axis=0)[None])[0]
    found = cluster_intervals(counts, statistic, seed=seed, resamples=resamples, within=within)
    return tuple(Figure.of(*pair) for pair in zip(values.tolist(), found, strict=True))


def scaled(figure: Figure, *, low: float, high: float) -> Figure:
    """A figure that was worked out as a share of a range, back on that range.

    Its interval is the same either way: the arcsine scale is that of shares of a range.
    """
    if figure.value is None:
        return figure
    value = low + (high - low) * figure.value
    if figure.interval is None:
        return replace(figure, value=value)
    ends = (low + (high - low) * end for end in (figure.interval.low, figure.interval.high))
    lower, upper = ends
    return replace(figure, value=value, interval=replace(figure.interval, low=lower, high=upper))


def precision_figure(
    scores: Floats,
    positive: NDArray[np.bool_],
    cluster: NDArray[np.intp],
    *,
    seed: int,
    resamples: int,
) -> Figure:
    """The average precision of one label's scores, with its interval.

    Args:
        scores: shape (items,).
        positive: which items have the label, shape (items,).
        cluster: number of each item's group, in [0, groups), every one in use, shape (items,).
        seed: of the draws of groups.
        resamples: number of draws; they tell how often the label is absent.
    """
    step, steps = precision_steps(scores, positive)
    groups = int(cluster.max()) + 1
    shown = step < steps
    places, hits = (cluster * steps + step)[shown], positive[shown]
    called, found = (np.bincount(step[part], minlength=steps + 1)[:steps][None].astype(float)
                     for part in (slice(None), positive))  # fmt: skip
    value = average_precision(called, found)[0]
    left_out = []
    rows = max(1, _CELLS_AT_ONCE // max(steps, 1))
    for start in range(0, groups, rows):
        size = min(rows, groups - start) * steps
        here = (places >= start * steps) & (places < start * steps + size)
        mine, right = (
            np.bincount(places[part] - start * steps, minlength=size).reshape(-1, steps)
            for part in (here, here & hits)
        )
        left_out.append(average_precision(called - mine, found - right))
    drawn = cluster_weights(groups, resamples=resamples, seed=seed) @ np.bincount(
        cluster, positive, minlength=groups
    )
    replicates = np.where(drawn > 0, value, np.nan)
    made = interval_from(value, np.concatenate(left_out), replicates=replicates, within=SHARE)
    return Figure.of(value, made)
