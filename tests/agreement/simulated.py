"""Simulated corpora of which the true agreement is known, for how often intervals hold it.

Families of 5 to 40 sentences (uniform). Each family draws its own mixture of labels from a
Dirichlet and its own ease from a beta distribution, both with an intraclass correlation of .1: that
two sentences of a family have the same label, or are both easy, is more likely by a tenth of the
variance than by chance. An annotator gives the right label with the probability of the family's
ease, else a wrong one that hangs on the right one. A fifth of the labels is missing at random.

A Dirichlet(a p) has intraclass correlation 1 / (1 + a), so a = 9 for .1; the beta likewise
(Johnson, Kotz and Balakrishnan 1997, Discrete Multivariate Distributions, chapter 35).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LABELS = ("claim", "denial", "neither")
USE = np.array([0.35, 0.05, 0.60])
"""How often each label is the right one; denials 5 %."""
CORRELATION = 0.1
RIGHT = 0.85
"""How often an annotator is right, on average over families."""
WRONG = np.array([[0, 0.2, 0.8], [0.8, 0, 0.2], [0.85, 0.15, 0]])
"""What an annotator who is wrong says, by the right label."""
ANNOTATORS = 3
PRESENT = 0.8
_SPREAD = 1 / CORRELATION - 1


@dataclass(frozen=True)
class Corpus:
    """Sentences with their family, right label, and what each annotator says (-1 for nothing).

    ``family`` and ``right`` have shape (sentences,), ``codes`` (sentences, annotators).
    """

    families: int
    family: NDArray[np.int64]
    right: NDArray[np.int64]
    codes: NDArray[np.int64]

    @property
    def counts(self) -> NDArray[np.float64]:
        """How often each label was given to each sentence, shape (sentences, labels)."""
        kinds = [(self.codes == label).sum(axis=1) for label in range(len(LABELS))]
        return np.stack(kinds, axis=1).astype(np.float64)

    def by_family(self, cells: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sums over the sentences of each family, of shape (families, cells)."""
        sums = [np.bincount(self.family, column, self.families) for column in cells.T]
        return np.stack(sums, axis=1)

    def crossed(self, one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.float64]:
        """How often two lists of labels have which labels together, shape (families, 9)."""
        both = (one >= 0) & (other >= 0)
        cells = np.eye(len(LABELS) ** 2)[one * len(LABELS) + other]
        return self.by_family(cells * both[:, None])


def draw(rng: np.random.Generator, families: int = 60) -> Corpus:
    """A corpus of this many families."""
    family = np.repeat(np.arange(families), rng.integers(5, 41, families))
    mixtures = rng.dirichlet(USE * _SPREAD, families)
    right = _drawn(rng, mixtures[family])
    ease = rng.beta(RIGHT * _SPREAD, (1 - RIGHT) * _SPREAD, families)[family]
    codes = np.empty((len(family), ANNOTATORS), np.int64)
    for annotator in range(ANNOTATORS):
        said = np.where(rng.random(len(family)) < ease, right, _drawn(rng, WRONG[right]))
        codes[:, annotator] = np.where(rng.random(len(family)) < PRESENT, said, -1)
    return Corpus(families, family, right, codes)


def _drawn(rng: np.random.Generator, shares: NDArray[np.float64]) -> NDArray[np.int64]:
    """One label a row, each with its share."""
    below = rng.random((len(shares), 1)) > shares.cumsum(axis=1)
    return below.sum(axis=1).clip(max=shares.shape[1] - 1)


def joint() -> NDArray[np.float64]:
    """How often two annotators say which labels of one sentence, in the long run.

    Both are right with probability E[q^2], where q is a family's ease: mean m, variance
    m (1 - m) / (1 + 9); one is with 2 E[q (1 - q)], none with E[(1 - q)^2].
    """
    both = RIGHT**2 + RIGHT * (1 - RIGHT) * CORRELATION
    one = RIGHT - both
    none = 1 - 2 * RIGHT + both
    found = np.zeros((len(LABELS), len(LABELS)))
    for right, wrong, use in zip(np.eye(len(LABELS)), WRONG, USE, strict=True):
        mixed = np.outer(right, wrong)
        here = (
            both * np.outer(right, right) + one * (mixed + mixed.T) + none * np.outer(wrong, wrong)
        )
        found += use * here
    return found


def of_gold() -> NDArray[np.float64]:
    """How often the right label is which and an annotator says which, in the long run."""
    said = RIGHT * np.eye(len(LABELS)) + (1 - RIGHT) * WRONG
    return np.asarray(USE[:, None] * said)


def true_alpha(kind: int | None = None) -> float:
    """Alpha, and kappa of any two annotators, that ever more families lead to.

    Args:
        kind: for one label against the rest, its place; None for all labels.
    """
    met = joint()
    if kind is not None:
        own, use = met[kind, kind], met[kind].sum()
        met = np.array([[own, use - own], [use - own, 1 - 2 * use + own]])
    chance = float((met.sum(axis=1) ** 2).sum())
    return (float(np.trace(met)) - chance) / (1 - chance)


def true_ac1() -> float:
    """AC1 that ever more families lead to."""
    met = joint()
    use = met.sum(axis=1)
    chance = float((use * (1 - use)).sum()) / (len(LABELS) - 1)
    return (float(np.trace(met)) - chance) / (1 - chance)
