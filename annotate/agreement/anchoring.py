"""Whether annotators follow a pre-label that is shown to them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from annotate.agreement.coefficients import raw_agreement
from annotate.agreement.figures import SHARE, Figure, Resampling, figures
from annotate.agreement.votes import Counts, Rows, Votes


@dataclass(frozen=True, slots=True)
class Following:
    """How often labels are what a pre-label says, shown or not.

    Attributes:
        labels: labels of tasks that have a pre-label.
        agreement: share of them in [0, 1] that are the pre-label's.
        seconds: median working time a label; None where none was measured.
    """

    labels: int
    agreement: Figure
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Anchoring:
    """What showing pre-labels does to labels.

    Tasks are held out from pre-labels at random, so the difference is the effect of showing them
    (but for those tasks that happen to be easier).

    Attributes:
        shown: labels made with a pre-label in sight.
        held_out: labels of tasks that are held out, by what their pre-label would have been.
        difference: agreement with the pre-label where it was shown less where it was not, in
            [-1, 1].
    """

    shown: Following
    held_out: Following
    difference: Figure


def anchoring(
    votes: Votes, prelabels: Mapping[str, str], held_out: Collection[str], how: Resampling
) -> Anchoring | None:
    """Compare labels with the pre-labels; None where no label was made with one in sight.

    Args:
        votes: rows of every kind, at most one for each annotator and place.
        prelabels: the pre-label of each place, by its id, also of those held out.
        held_out: ids of the places that are shown without pre-labels.
        how: how intervals are made.
    """
    if not votes.shown.any():
        return None
    label_of = {label: place for place, label in enumerate(votes.labels)}
    known = np.array([label_of.get(prelabels.get(name, ""), -1) for name in votes.places])
    hidden = np.array([name in held_out for name in votes.places])
    has = known[votes.place] >= 0
    same: Rows = votes.label == known[votes.place]
    with_it = has & votes.shown
    without = has & ~votes.shown & hidden[votes.place]
    shown, not_shown = (_cells(votes, rows, same) for rows in (with_it, without))
    neither = "undefined: " + _why(prelabels, hidden)
    (difference,) = figures(np.hstack([shown, not_shown]), _difference, how, undefined=(neither,))
    return Anchoring(
        shown=_following(votes, with_it, shown, how, "undefined: they are not in the file"),
        held_out=_following(votes, without, not_shown, how, neither),
        difference=difference,
    )


def _why(prelabels: Mapping[str, str], hidden: Rows) -> str:
    if not prelabels:
        return "the pre-labels that were shown are not there any more"
    if not hidden.any():
        return "no labelled task was held out from pre-labels (`prelabel_holdout`)"
    return "no held-out task with a pre-label has been labelled"


def _cells(votes: Votes, rows: Rows, same: Rows) -> Counts:
    return votes.rows_by_family(np.column_stack([rows, rows & same]))


def _difference(sums: Counts) -> Counts:
    return raw_agreement(sums[:, :2]) - raw_agreement(sums[:, 2:])


def _following(
    votes: Votes, rows: Rows, sums: Counts, how: Resampling, undefined: str
) -> Following:
    (agreement,) = figures(sums, raw_agreement, how, undefined=(undefined,), within=SHARE)
    seconds = votes.seconds[rows & ~np.isnan(votes.seconds)]
    return Following(
        labels=int(rows.sum()),
        agreement=agreement,
        seconds=float(np.median(seconds)) if len(seconds) else None,
    )
