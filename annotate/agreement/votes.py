"""Annotations as columns: what every figure of agreement is counted from."""

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from annotate.records import Annotation, Located

Places = NDArray[np.int64]
Rows = NDArray[np.bool_]
Counts = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Votes:
    """One row a label that an annotator gave, as places in the lists of names.

    A place is what is labelled; a repeated task is the same place, presented once more.

    Attributes:
        places: id of each place: that of its task's first presentation.
        families: name of each family of articles.
        annotators: name of each annotator.
        labels: the labels of the scheme.
        weeks: ISO weeks, such as ``2026-W07``.
        versions: versions of the scheme.
        family_of: family of each place, shape (places,).
        place: of each row; so are all below, shape (rows,).
        annotator: who.
        label: which label.
        repeat: which presentation of the place, from 0.
        week: when it was made.
        version: of the scheme it was made with.
        shown: whether a pre-label was shown.
        seconds: working time; nan where it was not measured.
    """

    places: tuple[str, ...]
    families: tuple[str, ...]
    annotators: tuple[str, ...]
    labels: tuple[str, ...]
    weeks: tuple[str, ...]
    versions: tuple[str, ...]
    family_of: Places
    place: Places
    annotator: Places
    label: Places
    repeat: Places
    week: Places
    version: Places
    shown: NDArray[np.bool_]
    seconds: NDArray[np.float64]

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.place)

    def where(self, rows: Rows | Places) -> Self:
        """Some of the rows."""
        columns = ("place", "annotator", "label", "repeat", "week", "version", "shown", "seconds")
        return replace(self, **{name: getattr(self, name)[rows] for name in columns})

    @property
    def independent(self) -> Self:
        """The rows without a pre-label, and of these each annotator's first of each place."""
        return self.where(~self.shown).first

    @property
    def first(self) -> Self:
        """Of each annotator's rows of a place the one of the earliest presentation."""
        order = np.lexsort((self.repeat, self.annotator, self.place))
        same = np.diff(self.place[order], prepend=-1) == 0
        same &= np.diff(self.annotator[order], prepend=-1) == 0
        return self.where(np.sort(order[~same]))

    @cached_property
    def counts(self) -> Counts:
        """How often each label was given to each place, shape (places, labels)."""
        width = len(self.labels)
        cells = np.bincount(self.place * width + self.label, minlength=len(self.places) * width)
        return cells.reshape(len(self.places), width).astype(np.float64)

    @cached_property
    def per_place(self) -> Counts:
        """How many labels each place was given, shape (places,)."""
        total: Counts = self.counts.sum(axis=1)
        return total

    @property
    def tasks(self) -> int:
        """Places with at least two labels."""
        return int((self.per_place > 1).sum())

    @property
    def compared(self) -> int:
        """Labels of the places with at least two."""
        return int(self.per_place[self.per_place > 1].sum())

    def by_family(self, cells: Counts) -> Counts:
        """Sums over the places of each family.

        Args:
            cells: of shape (places, cells), or (places,) for one cell.

        Returns:
            Shape (families, cells).
        """
        wide = cells.reshape(len(self.places), -1)
        order, starts = self._by_family
        sums: Counts = np.add.reduceat(wide[order], starts, axis=0) if len(wide) else wide
        return sums

    def rows_by_family(self, cells: Counts) -> Counts:
        """Sums over the rows of each family, of cells of shape (rows, cells); see `by_family`."""
        families = self.family_of[self.place]
        sums = [np.bincount(families, column, len(self.families)) for column in cells.T]
        return np.stack(sums, axis=1)

    @cached_property
    def _by_family(self) -> tuple[Places, Places]:
        """The places in the order of their families, and where each family begins."""
        order = np.argsort(self.family_of, kind="stable")
        return order, np.searchsorted(self.family_of[order], np.arange(len(self.families)))


@dataclass(frozen=True, slots=True)
class Collected:
    """Annotations as columns, and what was left out of them.

    Attributes:
        votes: the labels.
        skipped: tasks that each annotator skipped.
        strangers: labels that the scheme does not have, and how often they were given.
        doubled: labels of one task by one annotator beside a newer one.
    """

    votes: Votes
    skipped: Mapping[str, int]
    strangers: Mapping[str, int]
    doubled: int


def collect(
    annotations: Iterable[Annotation], *, labels: Sequence[str], families: Mapping[str, str]
) -> Collected:
    """Turn annotations into columns.

    Args:
        annotations: in any order. Of two by one annotator of one task the newer counts; skips
            and annotations without a label are no votes.
        labels: the labels of the scheme; others are left out and counted.
        families: family of each document, by its id; a document that is not here stands alone, as
            does a task whose id names no document.
    """
    columns = _Columns(labels, families)
    for annotation in annotations:
        columns.add(annotation)
    return columns.finished()


@dataclass(slots=True)
class _Names:
    """Names with their places, in the order of their first use."""

    place_of: dict[str, int] = field(default_factory=dict)

    def __call__(self, name: str) -> int:
        return self.place_of.setdefault(name, len(self.place_of))


class _Columns:
    """The columns while they grow."""

    def __init__(self, labels: Sequence[str], families: Mapping[str, str]) -> None:
        self._labels = {label: place for place, label in enumerate(labels)}
        self._family_of_document = families
        self._names = {name: _Names() for name in ("place", "annotator", "week", "version")}
        self._columns: list[array[Any]] = [array(kind) for kind in "qqqqqqqd"]
        self._place_of: dict[str, tuple[int, int]] = {}
        self._week_of: dict[date, int] = {}
        self._families = _Names()
        self._family_of = array("q")
        self._newest: dict[tuple[int, int, int], tuple[int, datetime]] = {}
        self._skipped: Counter[str] = Counter()
        self._strangers: Counter[str] = Counter()
        self._doubled = 0

    def add(self, made: Annotation) -> None:
        """Take one annotation."""
        if made.label is None:
            self._skipped[made.annotator] += made.skipped
        elif made.label not in self._labels:
            self._strangers[made.label] += 1
        else:
            self._add_label(made, self._labels[made.label])

    def _add_label(self, made: Annotation, label: int) -> None:
        place, repeat = self._place_of.get(made.task_id) or self._new_place(made.task_id)
        annotator = self._names["annotator"](made.annotator)
        row = (
            place,
            annotator,
            label,
            repeat,
            self._week(made.created),
            self._names["version"](made.scheme_version),
            made.prelabel_shown,
            float("nan") if made.seconds is None else made.seconds,
        )
        when = made.updated or made.created
        there = self._newest.get((place, annotator, repeat))
        if there is None:
            self._newest[place, annotator, repeat] = (len(self._columns[0]), when)
            for column, value in zip(self._columns, row, strict=True):
                column.append(value)
            return
        self._doubled += 1
        if when > there[1]:
            self._newest[place, annotator, repeat] = (there[0], when)
            for column, value in zip(self._columns, row, strict=True):
                column[there[0]] = value

    def _week(self, moment: datetime) -> int:
        day = moment.date()
        if day not in self._week_of:
            year, week, _ = day.isocalendar()
            self._week_of[day] = self._names["week"](f"{year}-W{week:02}")
        return self._week_of[day]

    def _new_place(self, task_id: str) -> tuple[int, int]:
        named = Located.place_of(task_id)
        document, repeat, first = task_id, 0, task_id
        if named is not None:
            document, part, start, end, repeat = named
            first = Located.id_of(document, part, start, end)
        place = self._names["place"](first)
        if place == len(self._family_of):
            family = self._family_of_document.get(document, document)
            self._family_of.append(self._families(family))
        self._place_of[task_id] = place, repeat
        return place, repeat

    def finished(self) -> Collected:
        """Everything that was taken."""
        numbers = [np.array(column, np.int64) for column in self._columns[:-1]]
        place, annotator, label, repeat, week, version, shown = numbers
        names = {name: tuple(each.place_of) for name, each in self._names.items()}
        votes = Votes(
            places=names["place"],
            families=tuple(self._families.place_of),
            annotators=names["annotator"],
            labels=tuple(self._labels),
            weeks=names["week"],
            versions=names["version"],
            family_of=np.array(self._family_of, np.int64),
            place=place,
            annotator=annotator,
            label=label,
            repeat=repeat,
            week=week,
            version=version,
            shown=shown.astype(bool),
            seconds=np.array(self._columns[-1], np.float64),
        )
        return Collected(votes, self._skipped, self._strangers, self._doubled)
