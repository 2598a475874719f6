"""Recorded annotations, read from a Label Studio JSON export."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from annotate.errors import SyncError
from annotate.labelstudio.convert import ID


@dataclass(frozen=True, slots=True)
class Recorded:
    """One annotation of a recording: what whom said of which task, in Label Studio's own form."""

    task_id: str
    email: str
    result: tuple[Mapping[str, Any], ...]
    seconds: float | None = None
    skipped: bool = False

    def body(self) -> dict[str, Any]:
        """What is sent to the server."""
        return {
            "result": list(self.result),
            "was_cancelled": self.skipped,
            "lead_time": self.seconds,
        }


def recorded_annotations(exported: Iterable[Mapping[str, Any]]) -> tuple[Recorded, ...]:
    """The annotations in a Label Studio JSON export, in its order.

    Args:
        exported: the tasks of the export; ``completed_by`` must be a mapping with ``email``.

    Raises:
        SyncError: a task or annotation lacks what a replay needs.
    """
    found = []
    for place, task in enumerate(exported, start=1):
        data = task.get("data")
        task_id = data.get(ID) if isinstance(data, Mapping) else None
        if not isinstance(task_id, str) or not task_id:
            msg = f"Task {place} of the recording has no {ID}: it was not made by annotate."
            raise SyncError(msg)
        found += [_recorded(task_id, entry) for entry in task.get("annotations") or ()]
    return tuple(found)


def _recorded(task_id: str, annotation: Mapping[str, Any]) -> Recorded:
    by = annotation.get("completed_by")
    email = by.get("email") if isinstance(by, Mapping) else None
    result = annotation.get("result")
    if not isinstance(email, str) or not email or not isinstance(result, list):
        msg = (
            f"An annotation of task {task_id} in the recording does not say who made it, or what. "
            "Export it with full `completed_by` (as `annotate pull` does)."
        )
        raise SyncError(msg)
    return Recorded(
        task_id=task_id,
        email=email,
        result=tuple(result),
        seconds=annotation.get("lead_time"),
        skipped=bool(annotation.get("was_cancelled")),
    )
