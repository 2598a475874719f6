"""Tasks and pre-labels as the server has them, by the server's own numbers.

The numbers are given out again after a deletion, so they are never kept.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from annotate.errors import UncertainError
from annotate.labelstudio.failures import LONG_SECONDS, MISSING, READ_SECONDS, in_words, once, read
from annotate.labelstudio.listing import EVERY, Where, listed
from annotate.labelstudio.wire import as_json, ask, mapping, mappings

if TYPE_CHECKING:
    from label_studio_sdk.base_client import LabelStudioBase as LabelStudio
    from label_studio_sdk.types.prediction_request import PredictionRequest

_FIELDS = "id,data,total_annotations,cancelled_annotations,total_predictions"

Prelabel = Mapping[str, Any]
"""A prediction as Label Studio takes it: ``model_version``, ``result`` and perhaps ``score``."""


@dataclass(frozen=True, slots=True)
class Row:
    """A task on the server.

    Attributes:
        number: the server's number.
        data: what the annotator sees, and our id.
        work: annotations and skips; drafts too where the task was asked for by itself.
        predictions: how many pre-labels it holds.
    """

    number: int
    data: Mapping[str, Any]
    work: int
    predictions: int


def list_rows(api: "LabelStudio", url: str, project: int, where: Where = EVERY) -> Iterator[Row]:
    """The tasks of a project of which something is true, by number.

    Raises:
        StudioError: the listing failed or ended before the server's own count was reached.
    """

    def take(task: Mapping[str, Any]) -> Row:
        return Row(
            number=known_id(task.get("id"), url),
            data=dict(mapping(task.get("data"))),
            work=_count(task, "total_annotations") + _count(task, "cancelled_annotations"),
            predictions=_count(task, "total_predictions"),
        )

    return listed(api, url, project, include=_FIELDS, take=take, where=where)


def read_row(api: "LabelStudio", url: str, number: int) -> Row | None:
    """A task as it is at this moment, drafts counted as work; None if it is not there."""
    from label_studio_sdk.core.api_error import ApiError

    def look() -> Row | None:
        try:
            task = api.tasks.get(str(number), request_options=once(READ_SECONDS))
        except ApiError as error:
            if error.status_code == MISSING:
                return None
            raise
        work = len(task.annotations or ()) + len(task.drafts or ())
        return Row(number, dict(task.data), work, len(task.predictions or ()))

    return read(url, f"reading task {number}", look)


def import_rows(
    api: "LabelStudio",
    url: str,
    project: int,
    tasks: Sequence[Mapping[str, Any]],
    body: bytes | None = None,
) -> list[int]:
    """Create tasks in one request: all of them or none.

    Args:
        api: the connection.
        url: the server's address, for messages.
        project: the project's number.
        tasks: as Label Studio takes them.
        body: the same as JSON, where that is made already.

    Returns:
        Their numbers in the order given; nothing where the server does not say them.

    Raises:
        UncertainError: it is not known whether they were created.
        StudioError: they were refused.
    """
    content = as_json(tasks) if body is None else body
    with in_words(url, f"sending {len(tasks)} tasks", writes=True):
        answer = mapping(
            ask(
                api,
                "POST",
                f"api/projects/{project}/import",
                params={"return_task_ids": True},
                body=content,
                seconds=LONG_SECONDS,
            )
        )
    if (created := answer.get("task_count")) != len(tasks):
        msg = f"{url} created {created} of {len(tasks)} tasks."
        raise UncertainError(msg)
    numbers = answer.get("task_ids")
    return numbers if isinstance(numbers, list) and len(numbers) == len(tasks) else []


def change_row(api: "LabelStudio", url: str, number: int, data: Mapping[str, Any]) -> None:
    """Replace the data of a task; annotations stay."""
    with in_words(url, f"changing task {number}", writes=True):
        api.tasks.update(str(number), data=dict(data), request_options=once(READ_SECONDS))


def delete_rows(api: "LabelStudio", url: str, project: int, numbers: Sequence[int]) -> None:
    """Delete tasks with all they hold; what is not there is passed over."""
    _act(api, url, project, "delete_tasks", numbers)


def delete_predictions(api: "LabelStudio", url: str, project: int, numbers: Sequence[int]) -> None:
    """Delete every pre-label of these tasks."""
    _act(api, url, project, "delete_tasks_predictions", numbers)


def _act(api: "LabelStudio", url: str, project: int, action: str, numbers: Sequence[int]) -> None:
    if not numbers:  # without any the server would take all
        return
    with in_words(url, f"running {action} on {len(numbers)} tasks", writes=True):
        api.actions.create(
            id=cast("Any", action),
            project=project,
            selected_items=cast("Any", {"all": False, "included": list(numbers)}),
            request_options=once(LONG_SECONDS),
        )


def import_predictions(
    api: "LabelStudio", url: str, project: int, prelabels: Mapping[int, Prelabel]
) -> None:
    """Give tasks a pre-label more each, by their numbers: all of them or none.

    Raises:
        UncertainError: it is not known whether they arrived.
        StudioError: they were refused.
    """
    sent = [{"task": number, **prelabel} for number, prelabel in prelabels.items()]
    with in_words(url, f"sending {len(sent)} pre-labels", writes=True):
        api.projects.import_predictions(
            project,
            request=cast("list[PredictionRequest]", sent),
            request_options=once(LONG_SECONDS),
        )


def list_predictions(
    api: "LabelStudio", url: str, project: int, number: int | None = None
) -> dict[int, list[Prelabel]]:
    """The pre-labels of a project, or of one of its tasks, by the number of the task."""
    params = {"project": project, "task": number}

    def look() -> dict[int, list[Prelabel]]:
        found: dict[int, list[Prelabel]] = {}
        answer = ask(api, "GET", "api/predictions/", params=params, seconds=LONG_SECONDS)
        for entry in mappings(answer):
            prelabel = {name: entry.get(name) for name in ("model_version", "result")}
            if entry.get("score") is not None:
                prelabel["score"] = entry["score"]
            found.setdefault(known_id(entry.get("task"), url), []).append(prelabel)
        return found

    return read(url, f"reading the pre-labels of project {project}", look)


def surplus_predictions(api: "LabelStudio", url: str, number: int) -> list[int]:
    """Numbers of the pre-labels of a task that are more than one and that no annotation began with.

    The oldest is kept, or those that annotations began with.
    """

    def look() -> list[int]:
        task = api.tasks.get(str(number), request_options=once(READ_SECONDS))
        there = sorted(known_id(_field(each, "id"), url) for each in task.predictions or ())
        used = {_field(made, "parent_prediction") for made in task.annotations or ()} & {*there}
        kept = used or set(there[:1])
        return [each for each in there if each not in kept]

    return read(url, f"reading the pre-labels of task {number}", look)


def delete_prediction(api: "LabelStudio", url: str, number: int) -> None:
    """Delete one pre-label; one that is gone already is no error."""
    from label_studio_sdk.core.api_error import ApiError

    with in_words(url, f"deleting pre-label {number}", writes=True):
        try:
            api.predictions.delete(number, request_options=once(READ_SECONDS))
        except ApiError as error:
            if error.status_code != MISSING:
                raise


def _count(task: Mapping[str, Any], name: str) -> int:
    """A counter of a task; one that the server leaves out or has not made yet is 0."""
    return int(task.get(name) or 0)


def _field(entry: Any, name: str) -> Any:  # noqa: ANN401  the SDK gives mappings or objects
    return entry.get(name) if isinstance(entry, Mapping) else getattr(entry, name, None)


def known_id(number: object, url: str) -> int:
    """A number that the server must have given; raises `UncertainError` where it did not."""
    if type(number) is not int:
        msg = f"{url} gave an answer without an id, which Label Studio would not do."
        raise UncertainError(msg)
    return number
