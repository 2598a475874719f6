"""Webhook payloads of Label Studio to the events that they tell of."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

Action = Literal["written", "deleted"]
Source = Literal["webhook", "pull"]

_ACTIONS: Final[Mapping[str, Action]] = {
    "ANNOTATION_CREATED": "written",
    "ANNOTATIONS_CREATED": "written",
    "ANNOTATION_UPDATED": "written",
    "ANNOTATIONS_DELETED": "deleted",
}
START_TRAINING: Final = "START_TRAINING"
"""What Label Studio sends when somebody asks for training."""
_KEY_CHARACTERS: Final = 16
_NUMBERS: Final = 2**63


@dataclass(frozen=True, slots=True)
class Event:
    """An annotation was written (made or changed) or deleted. No label and no name is in it.

    Attributes:
        action: what happened.
        identity: tells the annotation from every other; empty where it is not said, which is so
            when the server tells of a deletion.
        number: the server's number of the annotation, which is given out again after a deletion.
        updated: when it was written, as ISO 8601 in UTC; empty for a deletion.
        task: the server's number of its task, as far as said.
        source: who told of it: the webhook, or a pull that found what the webhook had missed.
    """

    action: Action
    identity: str
    number: int | None = None
    updated: str = ""
    task: int | None = None
    source: Source = "webhook"

    @property
    def key(self) -> str:
        """What tells the event from others; the same whoever tells of it, and however often."""
        told = json.dumps([self.action, self.identity, self.updated])
        return hashlib.sha256(told.encode()).hexdigest()[:_KEY_CHARACTERS]

    def as_data(self) -> dict[str, Any]:
        """The fields for JSON."""
        return asdict(self)


def events_in(payload: Mapping[str, Any]) -> Iterator[Event]:
    """The events that a payload tells of; none where it is about something else.

    Raises:
        ValueError: it is about annotations, and does not say which.
    """
    action = _ACTIONS.get(str(payload.get("action")))
    if action is None:
        return
    told = payload.get("annotation") or payload.get("annotations")
    for each in told if isinstance(told, list) else [told]:
        fields = each if isinstance(each, Mapping) else {}
        number, task = fields.get("id"), fields.get("task")
        if type(number) is not int or not 0 <= number < _NUMBERS:
            msg = f"the action {payload['action']} comes without the number of an annotation"
            raise ValueError(msg)
        written = action == "written"
        yield Event(
            action,
            identity=str(fields.get("unique_id") or f"#{number}") if written else "",
            number=number,
            updated=moment_in(fields.get("updated_at")) if written else "",
            task=task if type(task) is int else None,
        )


def project_in(payload: Mapping[str, Any]) -> int | None:
    """The number of the project that a payload is of, as far as it says."""
    project = payload.get("project")
    number = project.get("id") if isinstance(project, Mapping) else None
    return number if type(number) is int else None


def moment_in(text: object) -> str:
    """A time of the server in one form; what is none stays as it is."""
    try:
        moment = datetime.fromisoformat(str(text))
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC).isoformat(timespec="microseconds")
    except (ValueError, OverflowError):
        return str(text)
