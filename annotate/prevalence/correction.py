"""Mean errors of a classifier with their variances, over families of articles."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from annotate.prevalence.audited import Numbers, Places, Sums

_FEWEST_CELLS: Final = 3


@dataclass(frozen=True)
class Correction:
    """What is added to counted shares, of which ``weight`` parts are taken.

    Attributes:
        weight: in [0, 1]; with 1 the mean error is added to the counted share.
        family: of each unit its family, shape (u,).
        pull: of each unit its part of the sentences, shape (u,).
        mean: of gold less weighed prediction, shape (labels,).
        influence: what each unit does to the mean, scaled so that the sum of squares is its
            variance, shape (u, labels).
        least_variance: the part of the variance that is there however few errors were seen.
    """

    weight: float
    family: Places
    pull: Numbers
    mean: Numbers
    influence: Numbers
    least_variance: float

    @cached_property
    def variance(self) -> Numbers:
        """Of the mean, shape (labels,)."""
        found: Numbers = (self.influence**2).sum(axis=0) + self.least_variance
        return found

    @property
    def degrees(self) -> float:
        """Degrees of freedom: one less than the families of one size that were as good as these.

        Source:
            The effective number of clusters where what is shared within them prevails: Carter,
            Schnepel and Steigerwald (2017), Asymptotic behavior of a t-test robust to cluster
            heterogeneity, Review of Economics and Statistics 99; as Kish (1965), Survey Sampling,
            11.7.
        """
        return effective(self.pull) - 1

    def applied(self, counted: Numbers) -> Numbers:
        """Counted shares, corrected; both of shape (labels,), both sum to 1."""
        found: Numbers = self.weight * counted + self.mean
        return found


def effective(pull: Numbers) -> float:
    """How many equal parts have the sum of squares of these."""
    return float(pull.sum() ** 2 / (pull**2).sum())


def correction(sums: Sums, *, weight: float) -> Correction:
    """The mean error of some audited sentences, and its variance over families.

    With sizes ``n_g``, sums of errors ``e_g`` and ``n`` sentences of ``m`` families, the mean is
    the ratio ``e = sum(e_g) / n`` and its variance ``m / (m - 1) * sum((e_g - e * n_g)^2) / n^2``,
    plus ``1 / n^2``: that few errors were seen, or none, does not mean that there are none.

    Args:
        sums: one unit a family, two units or more.
        weight: of the prediction, in [0, 1].

    Source:
        The variance of a ratio over clusters: Cochran (1977), Sampling Techniques, chapters 6, 9A;
        Särndal, Swensson and Wretman (1992), chapter 8. The added part is what half a sentence more
        in each cell of the table of gold by prediction adds: Agresti and Min (2005), Simple
        improved confidence intervals for comparing matched proportions, Statistics in Medicine 24.
    """
    count, families = sums.sentences, sums.families
    errors = sums.errors(weight)
    mean = errors.sum(axis=0) / count
    scale = np.sqrt(families / (families - 1)) / count
    return Correction(
        weight=weight,
        family=sums.family,
        pull=sums.sizes / count,
        mean=mean,
        influence=scale * (errors - sums.sizes[:, None] * mean),
        least_variance=1 / count**2,
    )


def weight_of(cells: Collection[Sums]) -> float:
    """How far the classifier's counts are to be relied on, the same for all cells and labels.

    It is the slope of gold on predicted sums of families, around the shares of their cell, over all
    labels at once, within [0, 1]: that makes the sum of the variances least, and the corrected
    shares still sum to 1. A classifier without error has 1.

    Source:
        Angelopoulos, Duchi and Zrnic (2023), PPI++ (power tuning), the counted part being without
        error; of several figures it makes the sum of the variances least.
    """
    gold = np.concatenate([_around(sums.gold, sums) for sums in cells])
    predicted = np.concatenate([_around(sums.predicted, sums) for sums in cells])
    spread = float((predicted**2).sum())
    if not spread:
        return 1.0
    return min(1.0, max(0.0, float((gold * predicted).sum()) / spread))


def between_cells(cells: Collection[Sums]) -> Numbers | None:
    """The variance between cells of the mean error, shape (labels,); None where it cannot be told.

    It is the variance of the cells' mean errors less what their families explain. How much that is
    follows from the errors within families of all cells together, as many a cell has too few of
    them. Every cell counts alike: the small ones are those that it is needed for.

    Args:
        cells: all with audited sentences; it takes three, and one with two families.

    Source:
        Cochran (1954), The combination of estimates from different experiments, Biometrics 10;
        Hedges (1983), A random effects model for effect sizes, Psychological Bulletin 93. For a
        new cell: Higgins, Thompson and Spiegelhalter (2009), A re-evaluation of random-effects
        meta-analysis, Journal of the Royal Statistical Society A 172.
    """
    several = [sums for sums in cells if sums.families > 1]
    if len(cells) < _FEWEST_CELLS or not several:
        return None
    squares = sum((_around(sums.errors(1.0), sums) ** 2).sum(axis=0) for sums in several)
    room = sum((sums.sizes**2).sum() * (1 - 1 / sums.families) for sums in several)
    explained = squares / room * np.mean([1 / effective(sums.sizes) for sums in cells])
    means = np.array([sums.errors(1.0).sum(axis=0) / sums.sentences for sums in cells])
    found: Numbers = np.maximum(0, means.var(axis=0, ddof=1) - explained)
    return found


def _around(values: Numbers, sums: Sums) -> Numbers:
    """Sums of units, less what their sizes and the mean of all units make expect."""
    found: Numbers = values - sums.sizes[:, None] * (values.sum(axis=0) / sums.sentences)
    return found
