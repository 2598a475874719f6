"""How sure a figure is: intervals by leaving out, and drawing anew, whole families of articles.

Sentences of one story are alike, so a family (the cluster of the literature) is what is drawn.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Statistic = Callable[[Numbers], Numbers]
"""From sums of counts, shape (n, cells), to figures, shape (n, k); nan where one is undefined."""

FEWEST: Final = 5
"""Families below which there is no interval."""
TRUSTED: Final = 20
"""Families below which an interval is too often too narrow."""
ANYWHERE: Final = (-1.0, 1.0)
"""The range of a coefficient of agreement or correlation, and of a difference of two shares."""

_BLOCK_CELLS: Final = 4_000_000
_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Interval:
    """Where the figure of all such articles may well lie.

    Attributes:
        low: lower end.
        high: upper end.
        clusters: families that the figure rests on.
        level: share in (0, 1) of such intervals that are meant to hold the true figure.
        resamples: how many times the families were drawn anew; 0 where they were not.
        undefined: those of them in which the figure was undefined (0/0). Many of them say that
            the figure hangs on few families.
    """

    low: float
    high: float
    clusters: int
    level: float = 0.95
    resamples: int = 0
    undefined: int = 0

    @property
    def trusted(self) -> bool:
        """Whether the families are enough for the level to be kept, going by simulation."""
        return self.clusters >= TRUSTED


@dataclass(frozen=True, slots=True)
class NoInterval:
    """Why there is no interval, in words that follow the figure, and the families at hand."""

    reason: str
    clusters: int


def cluster_weights(clusters: int, *, resamples: int, seed: int) -> NDArray[np.int64]:
    """How often each family is drawn, in draws of as many families as there are.

    Args:
        clusters: how many families there are, at least 1.
        resamples: how many draws.
        seed: of the draws.

    Returns:
        Counts of shape (resamples, clusters); every row sums to ``clusters``.

    Source:
        Efron and Tibshirani (1993), An Introduction to the Bootstrap, section 6.2; of clusters:
        Cameron, Gelbach and Miller (2008), Bootstrap-based improvements for inference with
        clustered errors, Review of Economics and Statistics 90 (the pairs cluster bootstrap).
    """
    return np.concatenate(list(_weights(clusters, resamples=resamples, seed=seed)))


def cluster_intervals(
    counts: NDArray[np.float64] | NDArray[np.int64],
    statistic: Statistic,
    *,
    seed: int,
    resamples: int = 2000,
    level: float = 0.95,
    within: tuple[float, float] = ANYWHERE,
) -> tuple[Interval | NoInterval, ...]:
    """Intervals of figures that are functions of counts which add up over families.

    Args:
        counts: of shape (families, cells). A family with no count at all says nothing and does
            not count as one.
        statistic: the figures that follow from sums of counts.
        seed: of the draws.
        resamples: how often the families are drawn anew, to see how often a figure is undefined.
        level: share in (0, 1) of intervals that shall hold the true figure.
        within: the lowest and the highest value that the figures can have.

    Returns:
        For each of the k figures its interval, or why it has none; see `interval_from`.
    """
    counted = np.asarray(counts, dtype=np.float64)
    counted = counted[counted.any(axis=1)]
    clusters = len(counted)
    total = counted.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        estimates = statistic(total[None])[0]
        if clusters < FEWEST:
            return tuple(_too_few(clusters) for _ in estimates)
        without = statistic(total - counted)
        drawn = [
            statistic(weights @ counted)
            for weights in _weights(clusters, resamples=resamples, seed=seed)
        ]
    replicates = np.concatenate(drawn) if drawn else np.empty((0, len(estimates)))
    return tuple(
        interval_from(estimate, left, replicates=column, level=level, within=within)
        for estimate, left, column in zip(estimates, without.T, replicates.T, strict=True)
    )


def interval_from(
    estimate: float,
    leave_one_out: Numbers,
    *,
    replicates: Numbers | None = None,
    level: float = 0.95,
    within: tuple[float, float] = ANYWHERE,
) -> Interval | NoInterval:
    """The interval of a figure from its values without each family.

    The standard error is the jackknife's, the quantile is that of Student's t with one degree of
    freedom less than there are families, on the scale of the arcsine: there the spread depends
    less on the figure, and no end lies beyond what the figure can be. In simulation
    (`scripts/bench_intervals`) this keeps its level better than bootstrap percentiles and BCa.

    Args:
        estimate: the figure; nan where it is undefined.
        leave_one_out: the figure without one family, shape (families,); nan where undefined.
        replicates: the figure in each resample, shape (resamples,); they tell how often it is
            undefined.
        level: share in (0, 1) of intervals that shall hold the true figure.
        within: the lowest and the highest value that the figure can have.

    Returns:
        The interval; or a reason, where there are fewer than 5 families, the figure is undefined,
        with them all or without one of them, or no family makes a difference.

    Raises:
        ValueError: a figure lies outside ``within``.

    Source:
        Tukey's jackknife-t: Efron and Tibshirani (1993), chapter 11; for coefficients of agreement
        Fleiss and Davies (1982), Jackknifing functions of multinomial frequencies, American
        Journal of Epidemiology 115. t with (clusters - 1): Cameron, Gelbach and Miller (2008).
        Transforming first: Miller (1974), The jackknife - a review, Biometrika 61; the arcsine:
        Bartlett (1947), The use of transformations, Biometrics 3.
    """
    clusters = len(leave_one_out)
    if np.isnan(estimate):
        return NoInterval("it is undefined", clusters)
    if clusters < FEWEST:
        return _too_few(clusters)
    if np.isnan(leave_one_out).any():
        return NoInterval("without one of the families it is undefined", clusters)
    angles = _angles(leave_one_out, within)
    spread = np.sqrt((clusters - 1) / clusters * np.sum((angles - angles.mean()) ** 2))
    if spread <= _ROUNDING:
        return NoInterval("it is the same without any one family", clusters)
    low, high = _ends(_angles(np.array([estimate]), within)[0], spread, clusters, level)
    return Interval(
        low=_back(low, within),
        high=_back(high, within),
        clusters=clusters,
        level=level,
        resamples=0 if replicates is None else len(replicates),
        undefined=0 if replicates is None else int(np.isnan(replicates).sum()),
    )


def _weights(clusters: int, *, resamples: int, seed: int) -> Iterator[NDArray[np.int64]]:
    """The rows of `cluster_weights`, as many at a time as memory is no question of."""
    rng = np.random.default_rng(seed)
    rows = max(1, _BLOCK_CELLS // clusters)
    for start in range(0, resamples, rows):
        here = min(rows, resamples - start)
        drawn = rng.integers(clusters, size=(here, clusters))
        drawn += np.arange(here)[:, None] * clusters
        found = np.bincount(drawn.ravel(), minlength=here * clusters)
        yield found.reshape(here, clusters).astype(np.int64, copy=False)


def _too_few(clusters: int) -> NoInterval:
    families = "1 family" if clusters == 1 else f"{clusters} families"
    return NoInterval(f"it rests on {families}, and an interval takes {FEWEST}", clusters)


def _angles(values: Numbers, within: tuple[float, float]) -> Numbers:
    """The values on the scale of the arcsine, in [-pi/2, pi/2]."""
    low, high = within
    shares: Numbers = 2 * (values - low) / (high - low) - 1
    if (abs(shares) > 1 + _ROUNDING).any():
        msg = f"A figure lies outside {within}: {values.min()} to {values.max()}."
        raise ValueError(msg)
    angles: Numbers = np.arcsin(shares.clip(-1, 1))
    return angles


def _back(angle: float, within: tuple[float, float]) -> float:
    low, high = within
    return float(low + (high - low) * (np.sin(np.clip(angle, -np.pi / 2, np.pi / 2)) + 1) / 2)


def _ends(centre: float, spread: float, clusters: int, level: float) -> tuple[float, float]:
    from scipy.special import stdtrit

    reach = float(stdtrit(clusters - 1, (1 + level) / 2)) * spread
    return centre - reach, centre + reach
