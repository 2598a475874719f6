"""Tasks of a project by what is true of them: listed, counted, or read with their annotations."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from annotate.errors import StudioError, UnansweredError
from annotate.labelstudio.exported import stamp, time_of
from annotate.labelstudio.failures import LONG_SECONDS, MISSING, READ_SECONDS, once, read
from annotate.labelstudio.wire import ask, mapping, mappings

if TYPE_CHECKING:
    from label_studio_sdk.base_client import LabelStudioBase as LabelStudio

PAGE_SIZE = 1000
EXPORTED_AT_ONCE = 500
"""The server takes at most 1,000 fields in an address."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Where:
    """Which tasks of a project: all, or those of which everything given holds.

    Attributes:
        after: last updated later than this.
        until: last updated at this time or earlier.
        at: last updated at one of these times; a thousand fit into an address.
        drafts: somebody began an annotation and did not submit it.
        above: counters of the task, each greater than a number.
    """

    after: str | None = None
    until: str | None = None
    at: tuple[str, ...] = ()
    drafts: bool = False
    above: tuple[tuple[str, int], ...] = ()


EVERY = Where()
"""All tasks."""


class Stamped(NamedTuple):
    """A task as it is listed: the server's number, and when it was last updated, as a `stamp`."""

    number: int
    updated: str


def list_stamps(api: "LabelStudio", url: str, project: int, where: Where) -> Iterator[Stamped]:
    """Number and time of tasks, by number.

    Raises:
        StudioError: the listing failed or ended before the server's own count was reached.
    """
    return listed(api, url, project, include="id,updated_at", take=_stamped, where=where)


def count_tasks(api: "LabelStudio", url: str, project: int, where: Where) -> int:
    """How many tasks there are; costs the server next to nothing, unlike listing them."""
    doing = f"counting tasks of project {project}"
    return read(url, doing, partial(_page, api, project, "id", _query(where, 0), 1))[0]


def newest_stamp(api: "LabelStudio", url: str, project: int) -> str | None:
    """When a task of a project was last updated, as a `stamp`; None where there is no task."""

    def look() -> str | None:
        query = json.dumps({"ordering": ["-tasks:updated_at"]}, separators=(",", ":"))
        _, found = _page(api, project, "id,updated_at", query, 1)
        return _stamped(found[0]).updated if found else None

    return read(url, f"looking for changes in project {project}", look)


def export_tasks(
    api: "LabelStudio", url: str, project: int, numbers: Sequence[int]
) -> list[dict[str, Any]] | None:
    """Single tasks with all that an export says of them; those that are not there are left out.

    ``completed_by`` is the number of a user. No list of tasks says what an export does: whether a
    pre-label was shown, and the identity of an annotation.

    Args:
        api: the SDK's client.
        url: the server's address.
        project: the project's number.
        numbers: at most `EXPORTED_AT_ONCE`.

    Returns:
        The tasks, or None where the server has no such export (Enterprise has not).

    Raises:
        StudioError: they could not be read.
    """
    from label_studio_sdk.core.api_error import ApiError

    options = once(LONG_SECONDS)
    # The SDK's own `ids` is not what the server reads: it would send the whole project.
    options["additional_query_parameters"] = {"ids[]": list(numbers)}

    def look() -> list[dict[str, Any]] | None:
        try:
            chunks = api.projects.exports.download_sync(
                project, export_type="JSON", download_all_tasks=True, request_options=options
            )
            exported = tasks_in(b"".join(chunks), url)
        except ApiError as error:
            if error.status_code == MISSING:
                return None
            raise
        if not {task.get("id") for task in exported} <= set(numbers):
            msg = f"{url} sent other tasks than those that were asked for."
            raise UnansweredError(msg)
        return exported

    return read(url, f"reading {len(numbers)} tasks of project {project}", look)


def tasks_in(content: bytes, url: str) -> list[dict[str, Any]]:
    """The tasks of an export.

    Raises:
        StudioError: it holds something else.
        ValueError: it is not even JSON.
    """
    exported = json.loads(content)
    if not isinstance(exported, list) or not all(isinstance(task, dict) for task in exported):
        msg = f"{url} sent an export that is no list of tasks."
        raise StudioError(msg)
    return exported


def listed(
    api: "LabelStudio",
    url: str,
    project: int,
    *,
    include: str,
    take: Callable[[Mapping[str, Any]], T],
    where: Where = EVERY,
) -> Iterator[T]:
    """Tasks of a project, by number.

    Args:
        api: the SDK's client.
        url: the server's address.
        project: the project's number.
        include: the fields that are wanted; ``id`` must be among them.
        take: makes of a task what is yielded; raises `ValueError` if it lacks something.
        where: which tasks.

    Raises:
        StudioError: the listing failed or ended before the server's own count was reached.
    """
    last = 0
    while True:
        # Asked for by number, not by page: a task deleted meanwhile would move the pages, and a
        # task overlooked would be created a second time.
        query = _query(where, last)

        def look(query: str = query) -> tuple[int, list[tuple[int, T]]]:
            total, tasks = _page(api, project, include, query, PAGE_SIZE)
            return total, [(_number(task), take(task)) for task in tasks]

        total, found = read(url, f"listing the tasks of project {project}", look)
        yield from (taken for _, taken in found)
        if len(found) >= total:
            return
        if not found or found[-1][0] <= last:
            msg = f"{url} stopped listing tasks after number {last}. Try again."
            raise StudioError(msg)
        last = found[-1][0]


def _page(
    api: "LabelStudio", project: int, include: str, query: str, size: int
) -> tuple[int, list[Mapping[str, Any]]]:
    """How many tasks a query has in all, and the first of them."""
    params = {
        "project": project,
        "include": include,
        "fields": "task_only",
        "page": 1,
        "page_size": size,
        "resolve_uri": False,  # nothing of ours is an address, and looking for them costs time
        "query": query,
    }
    answer = mapping(ask(api, "GET", "api/tasks/", params=params, seconds=READ_SECONDS))
    total = answer.get("total")
    if not isinstance(total, int):
        msg = "a page that does not say how many tasks there are"
        raise ValueError(msg)  # noqa: TRY004  `read` says what it means
    return total, mappings(answer.get("tasks"))


def _number(task: Mapping[str, Any]) -> int:
    number = task.get("id")
    if not isinstance(number, int):
        msg = "a task without a number"
        raise ValueError(msg)  # noqa: TRY004  `read` says what it means
    return number


def _stamped(task: Mapping[str, Any]) -> Stamped:
    """A task's number and time."""
    moment = time_of(task.get("updated_at"))
    if moment is None:
        msg = "a task without a time"
        raise ValueError(msg)
    return Stamped(_number(task), stamp(moment))


def _query(where: Where, above: int) -> str:
    """The query for tasks with a higher number, in the order of their numbers."""
    items = [_filter("id", "greater", "Number", above)]
    if where.after:
        items.append(_filter("updated_at", "greater", "Datetime", where.after))
    if where.until:
        items.append(_filter("updated_at", "less_or_equal", "Datetime", where.until))
    if where.at:
        items.append(_filter("updated_at", "in_list", "Datetime", list(where.at)))
    if where.drafts:
        items.append(_filter("draft_exists", "equal", "Boolean", True))
    items += [_filter(counter, "greater", "Number", least) for counter, least in where.above]
    filters = {"conjunction": "and", "items": items}
    query = {"filters": filters, "ordering": ["tasks:id"]}
    return json.dumps(query, separators=(",", ":"))


def _filter(column: str, operator: str, kind: str, value: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "filter": f"filter:tasks:{column}", "operator": operator, "type": kind, "value": value
    }  # fmt: skip
