"""Audited sentences as sums over families: all that an estimate needs of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotate.prevalence.cells import Cell

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Audited:
    """A sentence of the audit: what it is, and what the classifier says of it."""

    family: str
    cell: Cell
    gold: str
    predicted: str


@dataclass(frozen=True, slots=True)
class Sums:
    """Counts of audited sentences in u units; a unit is what a family has in one cell, or in all.

    Attributes:
        family: of each unit its family, from 0, shape (u,).
        sizes: sentences, shape (u,).
        gold: of them with each label, shape (u, labels).
        predicted: of them that the classifier gives each label, shape (u, labels).
    """

    family: Places
    sizes: Numbers
    gold: Numbers
    predicted: Numbers

    @property
    def sentences(self) -> int:
        """How many there are in all."""
        return int(self.sizes.sum())

    @property
    def families(self) -> int:
        """How many families they are of."""
        return len(self.sizes)

    def errors(self, weight: float) -> Numbers:
        """Gold less ``weight`` times predicted, shape (u, labels)."""
        return self.gold - weight * self.predicted


@dataclass(frozen=True, slots=True)
class Audit:
    """The audited sentences by cell, and all together."""

    by_cell: dict[Cell, Sums]
    whole: Sums

    @classmethod
    def of(cls, audited: Sequence[Audited], labels: Sequence[str]) -> "Audit":
        """Add up sentences."""
        names = sorted({each.family for each in audited})
        family = {name: place for place, name in enumerate(names)}
        label = {name: place for place, name in enumerate(labels)}
        codes = [(family[e.family], label[e.gold], label[e.predicted]) for e in audited]
        rows = np.array(codes, dtype=np.int64).reshape(-1, 3)
        places: dict[Cell, list[int]] = {}
        for place, each in enumerate(audited):
            places.setdefault(each.cell, []).append(place)
        by_cell = {cell: _sums(rows[where], len(label)) for cell, where in places.items()}
        return cls(by_cell, _sums(rows, len(label)))


def joined(several: Sequence[Sums]) -> Sums:
    """The units of some cells, those of a family as one."""
    families, unit = np.unique(
        np.concatenate([each.family for each in several]), return_inverse=True
    )
    gold, predicted = np.zeros((2, len(families), several[0].gold.shape[1]))
    np.add.at(gold, unit, np.concatenate([each.gold for each in several]))
    np.add.at(predicted, unit, np.concatenate([each.predicted for each in several]))
    return Sums(families, gold.sum(axis=1), gold, predicted)


def _sums(rows: Places, labels: int) -> Sums:
    families, unit = np.unique(rows[:, 0], return_inverse=True)
    gold, predicted = np.zeros((2, len(families), labels))
    np.add.at(gold, (unit, rows[:, 1]), 1)
    np.add.at(predicted, (unit, rows[:, 2]), 1)
    return Sums(families, gold.sum(axis=1), gold, predicted)
