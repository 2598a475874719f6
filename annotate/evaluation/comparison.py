"""Whether two systems differ on the same examples, and how many groups it would take to tell."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotate.errors import EvaluationError
from annotate.evaluation.columns import Columns
from annotate.evaluation.intervals import SIGNED, Figure, figures_of
from annotate.metrics import many_figures

Floats = NDArray[np.float64]

SWAPS: Final = 9_999
ALPHA: Final = 0.05
"""Below this adjusted p value two systems are said to differ."""

_AT_ONCE: Final = 1_000
_ROUNDING: Final = 1e-12
_TWO_SIDED: Final = 1.959964  # normal quantile of 1 - .05/2
_POWER: Final = 0.841621  # normal quantile of .80


@dataclass(frozen=True, slots=True)
class Comparison:
    """One system against another, on the same examples.

    Attributes:
        ours: name of the system that is evaluated.
        theirs: name of the other.
        difference: macro-F1 of ours minus theirs, with its paired interval.
        p: how often swapping the two systems' answers in whole groups at random makes a
            difference at least as large, in (0, 1]; two-sided.
        p_adjusted: the same after Holm's correction for all comparisons made; of one that stands
            for itself, the same.
        groups: number of groups.
    """

    ours: str
    theirs: str
    difference: Figure
    p: float
    p_adjusted: float
    groups: int

    @property
    def differs(self) -> bool:
        """Whether the two can be told apart."""
        return self.p_adjusted < ALPHA

    @property
    def detectable(self) -> float | None:
        """The least true difference that so many groups would show in 4 of 5 cases.

        (1.96 + 0.84) standard errors, the error being the width of the 95% interval over
        2 x 1.96; None where there is no interval.

        Source:
            Cohen (1988), Statistical Power Analysis for the Behavioral Sciences, chapter 2.
        """
        interval = self.difference.interval
        if interval is None:
            return None
        error = (interval.high - interval.low) / (2 * _TWO_SIDED)
        return (_TWO_SIDED + _POWER) * error

    @property
    def groups_needed(self) -> int | None:
        """About how many groups would show a difference as large as the one found.

        The detectable difference falls with the root of the number of groups. None where no
        difference was found at all.
        """
        found, least = self.difference.value, self.detectable
        if not found or not least:
            return None
        return max(math.ceil(self.groups * (least / found) ** 2), 2)


def compare(
    ours: Columns,
    theirs: Columns,
    *,
    names: tuple[str, str],
    seed: int,
    swaps: int = SWAPS,
) -> Comparison:
    """Compare two systems by macro-F1 on the same examples.

    Args:
        ours: what one system said.
        theirs: what the other said of the same examples, in the same order.
        names: of the two.
        seed: of the swaps.
        swaps: number of random swaps, for the test.

    Raises:
        EvaluationError: the examples are not the same.
    """
    same = ours.gold.shape == theirs.gold.shape and (ours.gold == theirs.gold).all()
    if not same or (ours.cluster != theirs.cluster).any():
        msg = f"{names[0]} and {names[1]} were scored on other examples. Score both on the same."
        raise EvaluationError(msg)
    first, second = ours.confusions, theirs.confusions
    p = swap_test(first, second, swaps=swaps, seed=seed)
    difference = _difference(first, second)
    return Comparison(*names, difference, p, p, ours.clusters)


def swap_test(ours: Floats, theirs: Floats, *, swaps: int, seed: int) -> float:
    """Paired permutation test of the difference in macro-F1, by groups.

    If the two systems were alike, their answers could be swapped in any group. With few groups
    every way of swapping is tried, else ``swaps`` random ones, the one that was found among them.

    Args:
        ours: confusion matrix of each group, shape (clusters, labels, labels).
        theirs: of the other system.
        swaps: number of random swaps.
        seed: of these.

    Returns:
        The p value in (0, 1], two-sided.

    Source:
        Fisher (1935), The Design of Experiments, section 21; Yeh (2000), More Accurate Tests for
        the Statistical Significance of Result Differences; Phipson and Smyth (2010), Permutation
        P-values Should Never Be Zero.
    """
    changes = (theirs - ours).reshape(len(ours), -1)
    moved = changes[changes.any(axis=1)]
    found = abs(_macro_difference(ours.sum(axis=0)[None], theirs.sum(axis=0)[None])[0])
    exact = 2 ** len(moved) <= swaps + 1
    total = 2 ** len(moved) if exact else swaps
    random = np.random.default_rng(seed)
    extreme = 0
    for start in range(0, total, _AT_ONCE):
        count = min(_AT_ONCE, total - start)
        if exact:
            number = np.arange(start, start + count)[:, None]
            swapped = (number >> np.arange(len(moved))) & 1
        else:
            swapped = random.integers(0, 2, (count, len(moved)), dtype=np.int8)
        shift = (swapped.astype(np.float64) @ moved).reshape(-1, *ours.shape[1:])
        made = _macro_difference(ours.sum(axis=0) + shift, theirs.sum(axis=0) - shift)
        extreme += int((np.abs(made) >= found - _ROUNDING).sum())
    return extreme / total if exact else (extreme + 1) / (total + 1)


def holm(comparisons: Sequence[Comparison]) -> tuple[Comparison, ...]:
    """The comparisons with p values that allow for how many were made, in the same order.

    Source:
        Holm (1979), A Simple Sequentially Rejective Multiple Test Procedure.
    """
    ranked = sorted(range(len(comparisons)), key=lambda place: comparisons[place].p)
    adjusted, worst = {}, 0.0
    for rank, place in enumerate(ranked):
        worst = max(worst, min(1.0, (len(ranked) - rank) * comparisons[place].p))
        adjusted[place] = worst
    return tuple(replace(c, p_adjusted=adjusted[place]) for place, c in enumerate(comparisons))


def _difference(ours: Floats, theirs: Floats) -> Figure:
    size = ours.shape[1]
    half = size * size

    def statistic(cells: Floats) -> Floats:
        first, second = (cells[:, at : at + half].reshape(-1, size, size) for at in (0, half))
        return _macro_difference(first, second)[:, None]

    counts = np.concatenate([each.reshape(len(each), -1) for each in (ours, theirs)], axis=1)
    # It is never undefined, so nothing needs to be drawn to count how often it is.
    return figures_of(counts, statistic, seed=0, resamples=0, within=SIGNED)[0]


def _macro_difference(ours: Floats, theirs: Floats) -> Floats:
    return many_figures(ours).macro_f1 - many_figures(theirs).macro_f1
