"""The tasks of a workspace beside those on the server: what is there, what drifted, what is not."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from annotate.labelstudio.convert import ID
from annotate.labelstudio.rows import Row
from annotate.labelstudio.tabs import BATCH
from annotate.records import Located, Task
from annotate.revisions import Passage, find_twins

SUPERSEDED = "annotate_superseded_by"
"""Field of a task's data that names the task that took its place."""

Sent = Mapping[str, Any]
Why = Literal["context", "moved", "suggested", "text"]


@dataclass(frozen=True, slots=True)
class Change:
    """A task on the server whose data are to be replaced; its annotations stay.

    Attributes:
        row: the task as it is there.
        was: our id of it there.
        task_id: our id of it from now on.
        data: all of its data from now on.
        why: its context changed, it stands elsewhere in a corrected article, it came into a batch
            that was suggested, or its text changed and nobody has worked on it.
    """

    row: Row
    was: str
    task_id: str
    data: Mapping[str, Any]
    why: Why


@dataclass(frozen=True, slots=True)
class Drift:
    """A task that somebody has worked on and whose text is another one here now."""

    row: Row
    was: str
    task_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Tasks here against tasks on the server, by our ids.

    Attributes:
        create: not there yet, in the order of labelling.
        unchanged: there as they are here.
        changes: there with other data; to be brought up to date.
        drifted: annotated there with another text; they are not touched.
        only_on_server: not here; the server's numbers stand for tasks without an id of ours.
        doubles: further copies of a task that nobody has worked on; to be deleted.
        doubled: ids with annotations on more than one copy; all of them are pulled.
        rows: the task on the server for each id that is here and there.
    """

    create: tuple[str, ...]
    unchanged: tuple[str, ...]
    changes: tuple[Change, ...]
    drifted: tuple[Drift, ...]
    only_on_server: tuple[str, ...]
    doubles: tuple[Row, ...]
    doubled: tuple[str, ...]
    rows: Mapping[str, Row]


def compare(
    wanted: Mapping[str, Sent],
    rows: Iterable[Row],
    *,
    tasks: Sequence[Task],
    outdated: Mapping[str, str],
) -> Comparison:
    """Match tasks by id, then by the passage of a corrected article that they show.

    Args:
        wanted: tasks as they would be sent, by our id, in the order of labelling.
        rows: every task on the server.
        tasks: the records behind ``wanted``.
        outdated: documents that were corrected, from `annotate.revisions.outdated_documents`.
            A task of one is never created any more.
    """
    copies = _by_id(rows)
    there = {name: _kept(found) for name, found in copies.items()}
    twins = _twins(there, wanted, tasks, outdated)
    changes: dict[str, Change] = {}
    drifted: list[Drift] = []
    unchanged: list[str] = []
    for task_id, sent in wanted.items():
        was = twins.get(task_id, task_id)
        found = _difference(there[was], was, task_id, sent) if was in there else None
        if isinstance(found, Change):
            changes[was] = found
        elif found is not None:
            drifted.append(found)
        elif was in there:
            unchanged.append(task_id)
    # A passage that goes by its new id from now on is not there under the old one any more.
    unchanged = [name for name in unchanged if name not in changes]
    matched = {*wanted, *twins.values()}
    return Comparison(
        create=tuple(
            name
            for name in wanted
            if name not in there and name not in twins and not _is_outdated(name, outdated)
        ),
        unchanged=tuple(unchanged),
        changes=tuple(changes.values()),
        drifted=tuple(drifted),
        only_on_server=tuple(
            name
            for name, row in there.items()
            if name not in matched and SUPERSEDED not in row.data
        ),
        doubles=tuple(_idle(copies)),
        doubled=tuple(name for name, found in copies.items() if sum(map(_worked, found)) > 1),
        rows={
            **{name: there[name] for name in unchanged},
            **{change.task_id: change.row for change in changes.values()},
        },
    )


def our_id(data: Mapping[str, Any]) -> str | None:
    """Our id of a task on the server; None where it has none."""
    found = data.get(ID)
    return found if isinstance(found, str) and found else None


def _by_id(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(our_id(row.data) or f"number {row.number}", []).append(row)
    return found


def _worked(row: Row) -> bool:
    return row.work > 0


def _kept(copies: Sequence[Row]) -> Row:
    """Of several copies the first that somebody has worked on, else the oldest."""
    return min(copies, key=lambda row: (not row.work, row.number))


def _idle(copies: Mapping[str, Sequence[Row]]) -> Iterable[Row]:
    for found in copies.values():
        kept = _kept(found)
        yield from (row for row in found if not row.work and row.number != kept.number)


def _twins(
    there: Mapping[str, Row],
    wanted: Mapping[str, Sent],
    tasks: Sequence[Task],
    outdated: Mapping[str, str],
) -> dict[str, str]:
    """The id on the server of tasks whose article was corrected, by the id of today."""
    before = [
        Passage(name, str(row.data.get("text")))
        for name, row in there.items()
        if SUPERSEDED not in row.data and _is_outdated(name, outdated)
    ]
    fresh = [task for task in tasks if task.id in wanted and task.id not in there]
    return {twin.now: twin.before for twin in find_twins(before, fresh, outdated=outdated)}


def _is_outdated(name: str, outdated: Mapping[str, str]) -> bool:
    place = Located.place_of(name)
    return place is not None and place[0] in outdated


def _difference(row: Row, was: str, task_id: str, sent: Sent) -> Change | Drift | None:
    wanted: Mapping[str, Any] = sent["data"]
    other = {name for name, value in wanted.items() if row.data.get(name) != value}
    if not other:
        return None  # fields that others added do not count
    same_text = row.data.get("text") == wanted["text"]
    if row.work and not same_text:
        return Drift(row, was, task_id)
    still: Why = "suggested" if other == {BATCH} else "context"
    why: Why = "text" if not same_text else still if was == task_id else "moved"
    return Change(row, was, task_id, {**row.data, **wanted}, why)
