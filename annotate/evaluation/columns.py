"""Scored examples as arrays, a row each: what intervals, comparisons and curves are worked from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from annotate.evaluation.results import Scored

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Scored examples as arrays.

    Attributes:
        labels: the labels, by their places.
        gold: place of each gold label, shape (items,).
        predicted: place of each predicted label, shape (items,).
        scores: shape (items, labels), rows sum to 1; None where the system gave none.
        cluster: number of each item's group, in [0, clusters), shape (items,).
        clusters: number of groups.
    """

    labels: tuple[str, ...]
    gold: Places
    predicted: Places
    scores: Floats | None
    cluster: Places
    clusters: int

    @classmethod
    def of(cls, items: Sequence[Scored], labels: Sequence[str]) -> Self:
        """The columns of these items; groups are numbered in the order of their names."""
        place = {label: number for number, label in enumerate(labels)}
        names, cluster = np.unique([item.group for item in items], return_inverse=True)
        scored = all(item.scores for item in items)
        rows = [[item.scores[label] for label in labels] for item in items] if scored else None
        return cls(
            labels=tuple(labels),
            gold=np.array([place[item.gold] for item in items], dtype=np.intp),
            predicted=np.array([place[item.predicted] for item in items], dtype=np.intp),
            scores=None if rows is None else np.array(rows, dtype=np.float64),
            cluster=cluster.astype(np.intp),
            clusters=len(names),
        )

    @property
    def confusions(self) -> Floats:
        """A confusion matrix for each group, shape (clusters, labels, labels); rows are gold."""
        size = len(self.labels)
        cell = (self.cluster * size + self.gold) * size + self.predicted
        counts = np.bincount(cell, minlength=self.clusters * size**2)
        return counts.astype(np.float64).reshape(self.clusters, size, size)

    def sums(self, *values: Floats) -> Floats:
        """The sum of each of these values of items over each group, shape (clusters, values)."""
        sums = [np.bincount(self.cluster, value, minlength=self.clusters) for value in values]
        return np.stack(sums, axis=1)

    def part(self, chosen: NDArray[np.bool_]) -> Self:
        """The columns of some of the items; groups are numbered anew."""
        names, cluster = np.unique(self.cluster[chosen], return_inverse=True)
        return replace(
            self,
            gold=self.gold[chosen],
            predicted=self.predicted[chosen],
            scores=None if self.scores is None else self.scores[chosen],
            cluster=cluster.astype(np.intp),
            clusters=len(names),
        )
