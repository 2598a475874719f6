"""What Label Studio asks of a machine learning backend, and what it is answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

from annotate.errors import ServeError

MOST_TASKS: Final = 10_000
"""Of one request: "Retrieve predictions" sends all the tasks that are selected at once."""

_PAGE_CHARACTERS: Final = 2**20

ID: Final = "annotate_id"
"""Field of a task's data that holds our task id."""

Withheld = Literal["unknown", "changed", "unaided", "learnt", "nothing"]
"""Why a task gets no prediction: it is none of ours; its text is not what we have; it is to be
labelled without help; the model has learnt from its article or another of its family; or there is
nothing that its page could show."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A task that a prediction is asked for: our id and the text that the page shows."""

    task_id: str | None
    text: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """A prediction as Label Studio takes it, or why there is none."""

    prediction: Mapping[str, Any] | None = None
    withheld: Withheld | None = None


class Backend(Protocol):
    """Something that answers for a model."""

    @property
    def version(self) -> str:
        """What the predictions are signed with; it changes with the model's content."""

    @property
    def project(self) -> int | None:
        """The server's number of the project that the tasks are in, as far as known."""

    def misfit(self, config: str) -> str | None:
        """Why the model cannot answer for a labelling page, in words; None if it can."""

    def answer(self, tasks: Sequence[Asked]) -> list[Answer]:
        """One answer for each task, in their order. May be called by several threads."""


class RefusedError(ServeError):
    """A request that is not answered; ``status`` is what HTTP calls the reason."""

    def __init__(self, status: int, problem: str) -> None:
        super().__init__(problem)
        self.status = status


def asked_in(body: Mapping[str, Any]) -> list[Asked]:
    """The tasks of a request for predictions.

    Raises:
        RefusedError: it holds no list of tasks, or too long a one.
    """
    tasks = body.get("tasks")
    if not isinstance(tasks, list) or not all(isinstance(task, Mapping) for task in tasks):
        raise RefusedError(422, "`tasks` is missing, or is no list of tasks")
    if len(tasks) > MOST_TASKS:
        problem = f"{len(tasks):,} tasks at once: select at most {MOST_TASKS:,} of them"
        raise RefusedError(413, problem)
    return [_asked(task.get("data")) for task in tasks]


def config_in(body: Mapping[str, Any], name: str) -> str:
    """The labelling page of a request.

    Raises:
        RefusedError: there is none.
    """
    config = body.get(name)
    if not isinstance(config, str):
        raise RefusedError(422, f"`{name}`, the labelling page of the project, is missing")
    if len(config) > _PAGE_CHARACTERS:
        raise RefusedError(413, f"`{name}` is larger than any labelling page")
    return config


def results(answers: Sequence[Answer]) -> dict[str, Any]:
    """The answer to a request for predictions: a task without one has an empty list."""
    return {"results": [[] if each.prediction is None else each.prediction for each in answers]}


def _asked(data: object) -> Asked:
    fields = data if isinstance(data, Mapping) else {}
    task_id, text = fields.get(ID), fields.get("text")
    return Asked(
        task_id if isinstance(task_id, str) else None, text if isinstance(text, str) else None
    )
