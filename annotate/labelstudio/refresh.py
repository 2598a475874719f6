"""The mirror of a project brought up to date, reading no more from the server than has changed.

What changes an annotation (making, editing, skipping or deleting one, through the page, the API
or an import) gives its task a new time, and no two changes have the same. So a task whose time
is still found on the server is as it was. Times are not compared with a clock: what was written
late, or by a clock that was set back, is found as well.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from annotate.errors import StudioError, UnansweredError
from annotate.labelstudio.client import Studio
from annotate.labelstudio.exported import Exported, ExportedTask
from annotate.labelstudio.listing import EXPORTED_AT_ONCE, Stamped, Where
from annotate.labelstudio.mirror import Mirror
from annotate.labelstudio.pseudonyms import Person

COUNTED_AT_ONCE, LISTED_AT_ONCE = 1000, 125
_FEW, _SHARE = 500, 4
"""Where more than a quarter has changed, and more than a few tasks, a snapshot is faster."""

Progress = Callable[[int, int | None], None]
"""Is told how much is done, and of how much where that is known."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """A mirror of the project as it is, and whether only what had changed was read."""

    mirror: Mirror
    incremental: bool


def refresh(
    studio: Studio,
    project: int,
    empty: Mirror,
    earlier: Mirror | None,
    *,
    full: bool = False,
    progress: Progress = lambda _done, _total: None,
) -> Refreshed:
    """Read what a project holds.

    Args:
        studio: connection to the server.
        project: the project's number.
        empty: says what project it is.
        earlier: what the last pull found; None if that is not known.
        full: read everything, whatever is known.
        progress: is told how far the work is.

    Raises:
        StudioError: the server cannot be reached, or refuses.
    """
    tasks = None if full or not earlier else _changed(studio, project, earlier, progress)
    incremental = tasks is not None
    if tasks is None:
        progress(0, None)
        tasks = _by_number(studio.export(project))
    found = replace(empty, tasks=tasks).after(earlier, _people(studio))
    return Refreshed(found, incremental)


def _changed(
    studio: Studio, project: int, earlier: Mirror, progress: Progress
) -> dict[int, ExportedTask] | None:
    """All tasks, those read anew that may have changed; None if everything is to be read."""
    numbers = _to_read(studio, project, earlier.tasks, progress)
    if numbers is None:
        return None
    tasks = {number: task for number, task in earlier.tasks.items() if number not in numbers}
    wanted = sorted(numbers)
    for start in range(0, len(wanted), EXPORTED_AT_ONCE):
        progress(start, len(wanted))
        exported = studio.export_tasks(project, wanted[start : start + EXPORTED_AT_ONCE])
        if exported is None:
            return None
        tasks |= _by_number(exported)
    # Tasks that are not known though their time is not new can only be found by reading all.
    newest = _newest(earlier.tasks)
    expected = sum(task.updated is not None and task.updated <= newest for task in tasks.values())
    return None if studio.count(project, Where(until=newest)) > expected else tasks


def _to_read(
    studio: Studio, project: int, known: Mapping[int, ExportedTask], progress: Progress
) -> set[int] | None:
    """Numbers of tasks that may be other than they were, or gone; None if that is most of them."""
    limit = max(_FEW, len(known) // _SHARE)
    times = {number: task.updated for number, task in known.items() if task.updated}
    if not times or len(times) < len(known):
        return None
    since = Where(after=_newest(known))
    numbers = {each.number for each in islice(studio.stamps(project, since), limit + 1)}
    if len(numbers) > limit:
        return None
    old = {number: at for number, at in times.items() if number not in numbers}
    changed = _missing(studio, project, old, progress)
    # A draft leaves no trace in the time of its task.
    begun = {each.number for each in islice(studio.stamps(project, Where(drafts=True)), limit + 1)}
    begun |= {number for number, task in known.items() if task.drafts}
    numbers |= changed | begun
    return numbers if len(numbers) <= limit else None


def _newest(tasks: Mapping[int, ExportedTask]) -> str:
    return max(task.updated or "" for task in tasks.values())


def _missing(
    studio: Studio, project: int, times: Mapping[int, str], progress: Progress
) -> set[int]:  # fmt: skip
    """Numbers of tasks that are not there any more with the time that they had."""
    at: dict[str, set[int]] = {}
    for number, moment in times.items():
        at.setdefault(moment, set()).add(number)
    moments = sorted(at)
    missing: set[int] = set()
    for start in range(0, len(moments), COUNTED_AT_ONCE):
        progress(start, len(moments))
        few = moments[start : start + COUNTED_AT_ONCE]
        missing |= _missing_at(studio, project, {moment: at[moment] for moment in few})
    return missing


def _missing_at(studio: Studio, project: int, at: Mapping[str, set[int]]) -> set[int]:
    """The same for tasks by their time: counted first, and divided where the count is not right."""
    moments = tuple(at)
    if _all_there(studio, project, at):
        return set()
    if len(moments) <= LISTED_AT_ONCE:
        there = set(studio.stamps(project, Where(at=moments)))
        return {n for moment in moments for n in at[moment] if Stamped(n, moment) not in there}
    middle = len(moments) // 2
    halves = (moments[:middle], moments[middle:])
    return set().union(*(_missing_at(studio, project, {m: at[m] for m in h}) for h in halves))


def _all_there(studio: Studio, project: int, at: Mapping[str, set[int]]) -> bool:
    try:
        return studio.count(project, Where(at=tuple(at))) == sum(map(len, at.values()))
    except StudioError as error:
        if isinstance(error, UnansweredError) or len(at) <= LISTED_AT_ONCE:
            raise
        return False  # the address may be too long for a proxy on the way: ask for fewer


def _by_number(exported: Iterable[Exported]) -> dict[int, ExportedTask]:
    tasks = [ExportedTask.of(task) for task in exported]
    return {task.number: task for task in tasks if task.number is not None}


def _people(studio: Studio) -> dict[int, Person]:
    """The users by their numbers."""
    found = ((Person.of({"id": u.id, "email": u.email}), u.joined) for u in studio.users())
    people = (replace(person, joined=joined) for person, joined in found if person and person.email)
    return {person.number: person for person in people if person.number is not None}
