"""A figure with how sure it is, or why there is none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from annotate.agreement.votes import Counts
from annotate.resampling import ANYWHERE, Interval, NoInterval, Statistic, cluster_intervals

SHARE = (0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, its interval over families of articles, and what is missing and why.

    Attributes:
        value: None where it is undefined.
        interval: None where there is none.
        reason: why there is no value, or no interval; None where there are both.
    """

    value: float | None
    interval: Interval | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Resampling:
    """How intervals are made.

    Attributes:
        seed: of the draws.
        resamples: how often the families are drawn anew.
        level: share in (0, 1) of intervals that shall hold the true figure.
    """

    seed: int
    resamples: int = 2000
    level: float = 0.95

    @property
    def without_draws(self) -> "Resampling":
        """The same intervals, without the count of resamples in which a figure is undefined."""
        return replace(self, resamples=0)


def figures(
    sums: Counts,
    statistic: Statistic,
    how: Resampling,
    *,
    undefined: Sequence[str],
    within: tuple[float, float] = ANYWHERE,
) -> tuple[Figure, ...]:
    """Figures that follow from counts of families.

    Args:
        sums: counts of each family, shape (families, cells).
        statistic: the figures that follow from sums of such counts.
        how: how intervals are made.
        undefined: for each figure the reason that is given where it is undefined.
        within: the lowest and the highest value that the figures can have.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        values = statistic(sums.sum(axis=0)[None])[0].tolist()
    intervals = cluster_intervals(
        sums, statistic, seed=how.seed, resamples=how.resamples, level=how.level, within=within
    )
    return tuple(map(_figure, values, intervals, undefined))


def _figure(value: float, interval: Interval | NoInterval, undefined: str) -> Figure:
    if np.isnan(value):
        return Figure(None, None, undefined)
    if isinstance(interval, NoInterval):
        return Figure(value, None, f"no interval: {interval.reason}")
    return Figure(value, interval)
