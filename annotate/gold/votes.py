"""Votes as arrays: what the models of annotators are estimated from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from annotate.errors import GoldError
from annotate.records import Annotation

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Numbers = NDArray[np.int64]
Table = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class VoteTable:
    """Who gave which label to which task, as numbers of three lists of names.

    Attributes:
        tasks: sorted; each has at least one vote.
        annotators: sorted; each has at least one vote.
        labels: those that somebody gave, in the order of the scheme.
        task: number of the task of each vote, shape (votes,).
        annotator: number of the annotator of each vote, shape (votes,).
        label: number of the label of each vote, shape (votes,).
    """

    tasks: tuple[str, ...]
    annotators: tuple[str, ...]
    labels: tuple[str, ...]
    task: Numbers
    annotator: Numbers
    label: Numbers

    @classmethod
    def of(cls, votes: Iterable[tuple[str, str, str]], labels: Sequence[str]) -> Self:
        """Make a table.

        Args:
            votes: (task, annotator, label), at most one for each task and annotator.
            labels: those that there are, in their order; what nobody gave is left out.

        Raises:
            GoldError: there is no vote, or one of a label that is not among them.
        """
        columns = tuple(zip(*votes, strict=True))
        if not columns:
            msg = "Nobody has labelled anything yet. Label some tasks, then run `annotate pull`."
            raise GoldError(msg)
        tasks, annotators = sorted(set(columns[0])), sorted(set(columns[1]))
        given = set(columns[2])
        if unknown := given - set(labels):
            msg = f"{min(unknown)!r} is none of the labels ({', '.join(labels)}). Add it to them."
            raise GoldError(msg)
        used = [name for name in labels if name in given]
        return cls(
            tuple(tasks),
            tuple(annotators),
            tuple(used),
            *(_numbers(*pair) for pair in zip(columns, (tasks, annotators, used), strict=True)),
        )

    @classmethod
    def from_annotations(cls, annotations: Iterable[Annotation], labels: Sequence[str]) -> Self:
        """Make a table of the annotations that have a label; arguments and errors as for `of`."""
        given = ((a.task_id, a.annotator, a.label) for a in annotations if a.label is not None)
        return cls.of(given, labels)

    @cached_property
    def shares(self) -> Table:
        """Share of each task's votes that each label got, shape (tasks, labels), rows sum to 1."""
        size = len(self.tasks) * len(self.labels)
        cells = self.task * len(self.labels) + self.label
        counts = np.bincount(cells, minlength=size).reshape(len(self.tasks), len(self.labels))
        found: Table = counts / counts.sum(axis=1, keepdims=True)
        return found

    @cached_property
    def cells(self) -> "csr_array":
        """Which (annotator, label given) stand behind each task.

        Shape (tasks, annotators * labels), 1 for each vote in column
        ``annotator * len(labels) + label``. Sparse: it holds as many numbers as there are votes.
        """
        from scipy.sparse import csr_array

        columns = self.annotator * len(self.labels) + self.label
        shape = (len(self.tasks), len(self.annotators) * len(self.labels))
        return csr_array((np.ones(len(columns)), (self.task, columns)), shape=shape)


def _numbers(names: Sequence[str], order: Sequence[str]) -> Numbers:
    place = {name: number for number, name in enumerate(order)}
    return np.fromiter((place[name] for name in names), dtype=np.int64, count=len(names))
