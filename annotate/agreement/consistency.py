"""How often annotators give the same label when they see a task again."""

from dataclasses import dataclass

import numpy as np

from annotate.agreement.coefficients import raw_agreement
from annotate.agreement.figures import SHARE, Figure, Resampling, figures
from annotate.agreement.votes import Places, Votes

_UNDEFINED = "undefined: no repeated task has been labelled twice"


@dataclass(frozen=True, slots=True)
class SelfConsistency:
    """One annotator's labels of tasks that were presented again, or everybody's.

    Attributes:
        annotator: the pseudonym; None for all together.
        pairs: pairs of presentations of one task that the same annotator labelled.
        agreement: share of these pairs in [0, 1] with the same label.
    """

    annotator: str | None
    pairs: int
    agreement: Figure


def self_consistency(votes: Votes, how: Resampling) -> tuple[SelfConsistency, ...]:
    """Everybody together, then each annotator who labelled a repeated task; nobody is nothing.

    Args:
        votes: rows without pre-labels, of every presentation.
        how: how intervals are made.
    """
    pairs = _pairs(votes)
    if not len(pairs):
        return ()
    who, families = pairs[:, 0], pairs[:, 1]
    together = _consistency(None, votes, families, pairs[:, 2], how)
    order = sorted(range(len(votes.annotators)), key=votes.annotators.__getitem__)
    return together, *(
        _consistency(
            votes.annotators[place], votes, families[who == place], pairs[who == place, 2], how
        )
        for place in order
        if (who == place).any()
    )


def _pairs(votes: Votes) -> Places:
    """Annotator, family and whether the labels are the same, of each pair of presentations."""
    order = np.lexsort((votes.repeat, votes.annotator, votes.place))
    found = []
    for step in range(1, int(votes.repeat.max(initial=0)) + 1):
        early, late = votes.where(order[:-step]), votes.where(order[step:])
        twice = (early.place == late.place) & (early.annotator == late.annotator)
        families = early.family_of[early.place]
        same = early.label == late.label
        found.append(np.column_stack([early.annotator, families, same])[twice])
    return np.concatenate(found) if found else np.empty((0, 3), np.int64)


def _consistency(
    annotator: str | None, votes: Votes, families: Places, same: Places, how: Resampling
) -> SelfConsistency:
    size = len(votes.families)
    counted = np.bincount(families, minlength=size), np.bincount(families, same, size)
    sums = np.stack(counted, axis=1).astype(np.float64)
    (agreement,) = figures(sums, raw_agreement, how, undefined=(_UNDEFINED,), within=SHARE)
    return SelfConsistency(annotator, len(same), agreement)
