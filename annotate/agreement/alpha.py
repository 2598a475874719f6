"""Krippendorff's alpha for nominal labels."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from annotate.errors import NoOverlapError, UndefinedAgreementError
from annotate.records import Annotation


@dataclass(frozen=True, slots=True)
class Agreement:
    """A reliability estimate and what it rests on."""

    alpha: float
    """1 perfect, 0 chance, below 0 systematic disagreement."""
    tasks: int
    """Tasks with at least two labels."""
    annotations: int
    """Labels of those tasks."""


def krippendorff_alpha(annotations: Iterable[Annotation]) -> Agreement:
    """Krippendorff's alpha for nominal labels.

    Tasks with one label say nothing about agreement and are left out, as are skipped ones.

    Args:
        annotations: at most one per (task, annotator); any order.

    Returns:
        Alpha in [-1, 1], unitless.

    Raises:
        NoOverlapError: no task has two labels.
        UndefinedAgreementError: only one label was ever used (0/0).

    Source:
        Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section C (nominal data).
    """
    votes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for annotation in annotations:
        if annotation.label is not None:
            votes[annotation.task_id][annotation.label] += 1
    overlapping = [counts for counts in votes.values() if counts.total() > 1]
    if not overlapping:
        raise NoOverlapError
    totals = sum(overlapping, Counter[str]())
    if len(totals) == 1:
        raise UndefinedAgreementError(next(iter(totals)))

    n = totals.total()
    agreeing = sum(_equal_pairs(counts) / (counts.total() - 1) for counts in overlapping)
    by_chance = _equal_pairs(totals)
    possible = n * (n - 1)
    alpha = ((n - 1) * agreeing - by_chance) / (possible - by_chance)
    return Agreement(alpha=alpha, tasks=len(overlapping), annotations=n)


def _equal_pairs(counts: Counter[str]) -> int:
    """Ordered pairs of distinct votes that carry the same label."""
    return sum(count * (count - 1) for count in counts.values())
