"""Coefficients of agreement as functions of counts that add up over families.

Each takes sums of shape (n, cells) and returns a figure a row, nan where it is undefined (0/0).
"""

import numpy as np
from numpy.typing import NDArray

from annotate.agreement.votes import Counts, Votes

Memberships = NDArray[np.bool_]


def coincidences(counts: Counts) -> Counts:
    """How often labels meet in a unit, each unit counted as often as it has labels.

    Args:
        counts: how often each label was given to each unit, shape (units, labels).

    Returns:
        Shape (units, labels * labels), row by row; a unit with fewer than two labels has none.

    Source:
        Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section C, step 2.
    """
    size = counts.sum(axis=1)
    weight = np.divide(1, size - 1, out=np.zeros_like(size), where=size > 1)
    found = np.empty((len(counts), counts.shape[1] ** 2))
    for label in range(counts.shape[1]):
        block = found[:, label * counts.shape[1] : (label + 1) * counts.shape[1]]
        np.multiply(counts, (counts[:, label] * weight)[:, None], out=block)
        block[:, label] -= counts[:, label] * weight
    return found


def alphas(sums: Counts, kinds: Memberships | None = None) -> Counts:
    """Krippendorff's alpha for nominal labels, as many raters and gaps as there are.

    Args:
        sums: of coincidences, shape (n, labels * labels).
        kinds: for alphas of something against the rest, the labels that are this, shape (k,
            labels); None for the labels as they are.

    Returns:
        Alpha in [-1, 1], shape (n, k), or (n, 1) without ``kinds``; nan where there is but one
        label, or one kind.

    Source:
        Krippendorff (2011), section C: 1 - observed / expected disagreement, here as
        ((n - 1) agreeing - chance) / (n (n - 1) - chance) with chance = sum of n_c (n_c - 1).
    """
    width = round(sums.shape[1] ** 0.5)
    met = sums.reshape(-1, width, width)
    if kinds is None:
        agreeing = np.trace(met, axis1=1, axis2=2)[:, None]
        use = met.sum(axis=2)[:, None, :]
    else:
        split = np.stack([kinds, ~kinds]).astype(np.float64)
        agreeing = np.einsum("nab,ska,skb->nk", met, split, split, optimize=True)
        use = np.einsum("nab,ska->nks", met, split, optimize=True)
    use = np.rint(use)  # they are numbers of labels; fractions add up to them but for rounding
    total = use.sum(axis=2)
    chance = (use * (use - 1)).sum(axis=2)
    possible = total * (total - 1)
    undefined = possible - chance == 0
    found: Counts = ((total - 1) * agreeing - chance) / np.where(
        undefined, np.nan, possible - chance
    )
    return found


def agreeing_pairs(counts: Counts) -> Counts:
    """Whether a unit can be compared, and which share of its pairs of labels agree.

    Args:
        counts: how often each label was given to each unit, shape (units, labels).

    Returns:
        Shape (units, 2): 1 or 0, and the share in [0, 1] (0 where there is no pair).
    """
    size = counts.sum(axis=1)
    several = size > 1
    equal = (counts * (counts - 1)).sum(axis=1)
    share = np.divide(equal, size * (size - 1), out=np.zeros_like(size), where=several)
    return np.column_stack([several, share])


def raw_agreement(sums: Counts) -> Counts:
    """Mean over units of the share of pairs of labels that agree, in [0, 1].

    Args:
        sums: of `agreeing_pairs`, shape (n, 2).

    Returns:
        Shape (n, 1).

    Source:
        Fleiss (1971), Measuring nominal scale agreement among many raters, Psychological
        Bulletin 76, equation 3; with gaps: Gwet (2014), Handbook of Inter-Rater Reliability.
    """
    share: Counts = sums[:, 1:2] / np.where(sums[:, :1] > 0, sums[:, :1], np.nan)
    return share


def ac1_cells(counts: Counts) -> Counts:
    """What Gwet's AC1 is counted from.

    Args:
        counts: how often each label was given to each unit, shape (units, labels).

    Returns:
        Shape (units, 3 + labels): `agreeing_pairs`, whether the unit has a label at all, and the
        share of its labels that are each.
    """
    size = counts.sum(axis=1)
    shares = counts / np.maximum(size, 1)[:, None]
    return np.column_stack([agreeing_pairs(counts), size > 0, shares])


def ac1(sums: Counts) -> Counts:
    """Gwet's AC1, any number of raters, with gaps.

    Args:
        sums: of `ac1_cells`, shape (n, 3 + labels). Labels that nobody gave count as labels that
            could have been given.

    Returns:
        AC1 in [-1, 1], shape (n, 1); nan where no unit has two labels.

    Source:
        Gwet (2008), Computing inter-rater reliability and its variance in the presence of high
        agreement, British Journal of Mathematical and Statistical Psychology 61; with gaps: Gwet
        (2014), Handbook of Inter-Rater Reliability, 4th edition, chapter 2: agreement over the
        units with two labels, use of the labels over all units.
    """
    found = raw_agreement(sums)
    use = sums[:, 3:] / sums[:, 2:3]
    chance = (use * (1 - use)).sum(axis=1, keepdims=True) / (use.shape[1] - 1)
    value: Counts = (found - chance) / (1 - chance)
    return value


def kappa(sums: Counts) -> Counts:
    """Cohen's kappa of two annotators.

    Args:
        sums: how often the one gave a label and the other another, shape (n, labels * labels).

    Returns:
        Kappa in [-1, 1], shape (n, 1); nan where both only ever gave one and the same label.

    Source:
        Cohen (1960), A coefficient of agreement for nominal scales, Educational and Psychological
        Measurement 20.
    """
    width = round(sums.shape[1] ** 0.5)
    met = sums.reshape(-1, width, width)
    total = met.sum(axis=(1, 2))
    agreeing = np.trace(met, axis1=1, axis2=2)
    chance = (met.sum(axis=1) * met.sum(axis=2)).sum(axis=1)
    possible = total**2 - chance
    found: Counts = (total * agreeing - chance) / np.where(possible == 0, np.nan, possible)
    return found[:, None]


def contingency(first: Votes, second: Votes) -> Counts:
    """How often two annotators gave which labels to the same places.

    Args:
        first: rows of the one, at most one a place.
        second: rows of the other.

    Returns:
        Sums for each family with such a place, shape (families, labels * labels); rows are the
        first one's label.
    """
    width = len(first.labels)
    other = np.full(len(first.places), -1)
    other[second.place] = second.label
    both = other[first.place] >= 0
    cell = first.label[both] * width + other[first.place[both]]
    families, family = np.unique(first.family_of[first.place[both]], return_inverse=True)
    shape = (len(families), width**2)
    counted = np.bincount(family * width**2 + cell, minlength=shape[0] * shape[1])
    return counted.reshape(shape).astype(np.float64)
