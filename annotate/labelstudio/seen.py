"""The tasks of a project as a push saw them last, so that the next reads only what has changed.

A task that is new, or whose data or annotations change, gets a new time; one that is deleted is
missing from the counts. A pre-label leaves no trace in the time of its task: how many tasks hold
one, and how many several, is counted. What a workspace knows of its project is used as long as all
counts are as it expects, else every task is read. So only this is overlooked, until `push --verify`
reads everything: pre-labels that somebody else moved from task to task, and a change that a clock
set back has dated before the newest time known.

What was seen decides what is planned, never what is overwritten: before a task is changed or
deleted, it is looked at once more.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Self

from annotate.labelstudio.client import Studio
from annotate.labelstudio.exported import stamp, time_of
from annotate.labelstudio.listing import Where
from annotate.labelstudio.rows import Row
from annotate.labelstudio.sealed import read_sealed, write_sealed

FILENAME = "seen.jsonl"
_FORMAT = 1
_LATE = timedelta(seconds=2)
"""So much earlier than the newest time known a change may be that was not there yet."""
_FEW, _SHARE = 500, 2
"""Where more than half has changed, and more than a few tasks, reading all of them is faster."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The tasks of a project.

    Attributes:
        key: the project's, so that it is never taken for another's.
        project: its number.
        newest: when a task was last updated; empty while there is none.
        rows: the tasks by the server's number.
        stored: whether the file says the same.
    """

    key: str
    project: int
    newest: str = ""
    rows: Mapping[int, Row] = field(default_factory=dict)
    stored: bool = field(default=False, compare=False)

    @classmethod
    def load(cls, folder: Path, key: str, project: int) -> Self | None:
        """Read what was seen of the project; None if that is not known."""
        kind = {"format": _FORMAT, "key": key, "project": project}
        found = read_sealed(folder / FILENAME, kind)
        if found is None:
            return None
        header, entries = found
        rows = {number: Row(number, *rest) for number, *rest in entries}
        return cls(key, project, header["newest"], rows, stored=True)

    def save(self, folder: Path) -> None:
        """Write it, unless the file says the same."""
        if self.stored:
            return
        header = {"format": _FORMAT, "key": self.key, "project": self.project}
        header["newest"] = self.newest
        rows = (self.rows[number] for number in sorted(self.rows))
        entries = ([row.number, row.data, row.work, row.predictions] for row in rows)
        write_sealed(folder / FILENAME, header, entries)

    def without(self, numbers: Collection[int]) -> "Seen":
        """The same without some tasks."""
        rows = {number: row for number, row in self.rows.items() if number not in numbers}
        return replace(self, rows=rows, stored=False)

    def with_rows(self, rows: Iterable[Row]) -> "Seen":
        """The same with these tasks as they are now."""
        return replace(self, rows={**self.rows, **{r.number: r for r in rows}}, stored=False)

    def with_prelabels(self, counts: Mapping[int, int]) -> "Seen":
        """The same with so many pre-labels of tasks, by number."""
        held = {number: self.rows[number] for number in counts if number in self.rows}
        return self.with_rows(replace(row, predictions=counts[n]) for n, row in held.items())


def forget_seen(folder: Path) -> None:
    """Remove the file, where what it says may not be true any more."""
    (folder / FILENAME).unlink(missing_ok=True)


def see(studio: Studio, project: int, key: str, earlier: Seen | None) -> Seen:
    """The tasks of a project as they are.

    Args:
        studio: connection to the server.
        project: the project's number.
        key: the project's key.
        earlier: what is known of it; None reads every task.

    Raises:
        StudioError: the server cannot be reached, or refuses.
    """
    # Asked for first: what changes while tasks are read has a later time and is read again.
    newest = studio.newest(project) or ""
    if earlier is not None and (found := _brought_up(studio, project, earlier, newest)):
        return found
    return Seen(key, project, newest, {row.number: row for row in studio.rows(project)})


def add_created(studio: Studio, seen: Seen, created: Iterable[Row]) -> Seen:
    """What was seen, with the tasks that we have created since.

    Without them if something else happened meanwhile: they are found by their time then.

    Args:
        studio: connection to the server.
        seen: before they were created.
        created: as they were sent.
    """
    rows = list(created)
    if not rows:
        return seen
    since = seen.newest or None
    newest = studio.newest(seen.project) or ""
    nobody = all(
        studio.count(seen.project, Where(after=since, above=((count, 0),))) == 0
        for count in ("total_annotations", "cancelled_annotations")
    )
    if not nobody or studio.count(seen.project, Where(after=since)) != len(rows):
        return seen
    return replace(seen.with_rows(rows), newest=newest)


def _brought_up(studio: Studio, project: int, earlier: Seen, newest: str) -> Seen | None:
    """The tasks, those read that are newer than what is known; None if all are to be read."""
    known = time_of(earlier.newest)
    if known is None or newest < earlier.newest:
        return None  # of a project without tasks, or of a server that was put back
    # With nothing newer there is nothing to read. What was committed late is read with the next
    # task that is newer.
    since = newest if newest == earlier.newest else stamp(known - _LATE)
    limit = max(_FEW, len(earlier.rows) // _SHARE)
    fresh = list(islice(studio.rows(project, Where(after=since)), limit + 1))
    if len(fresh) > limit:
        return None
    old = earlier.without({row.number for row in fresh})
    if studio.count(project, Where(until=since)) != len(old.rows):
        return None
    changed = [row for row in fresh if earlier.rows.get(row.number) != row]
    found = earlier if not changed else replace(old.with_rows(fresh), newest=newest)
    for few in (0, 1):
        holding = Where(above=(("total_predictions", few),))
        expected = sum(row.predictions > few for row in found.rows.values())
        if studio.count(project, holding) != expected:
            return None
    return found
