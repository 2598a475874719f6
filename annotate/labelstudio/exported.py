"""Tasks and annotations as Label Studio exports them, trimmed to what is read from them.

The same whether they came in a snapshot, in an export of single tasks or in a file; nothing in
them is text of a task, and whatever else they hold stays as it was given.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from annotate.labelstudio.convert import ID
from annotate.labelstudio.pseudonyms import Person

Exported = Mapping[str, Any]

_KEPT = ("id", "result", "was_cancelled", "created_at", "updated_at", "lead_time", "unique_id")
"""What is kept of an annotation: nothing that names a person."""


@dataclass(frozen=True, slots=True)
class ExportedAnnotation:
    """One annotation.

    Attributes:
        identity: tells it from every other, the server's number being given out again.
        person: who made it, if that is said.
        raw: the fields that are read, as they were given.
        from_prediction: whether the annotator submitted a pre-label, changed or not.
        prelabel_shown: whether there was a pre-label to be seen when it was made.
    """

    identity: str
    person: Person | None
    raw: Exported
    from_prediction: bool
    prelabel_shown: bool

    @classmethod
    def of(cls, raw: Exported, *, predictions: bool, server: str) -> Self:
        """Trim one annotation.

        Args:
            raw: as exported. Its ``prediction`` is a copy of the pre-label that its task had when
                it was made, or empty; later changes do not touch it.
            predictions: whether its task has predictions now, which stands in where an older
                server's export has no ``prediction``.
            server: whose numbers people have; empty for the workspace's own project.
        """
        started = raw.get("parent_prediction") is not None
        shown = bool(raw["prediction"]) if "prediction" in raw else predictions
        return cls(
            identity=str(raw.get("unique_id") or raw.get("id")),
            person=Person.of(raw.get("completed_by"), server),
            raw={name: raw[name] for name in _KEPT if name in raw},
            from_prediction=started,
            prelabel_shown=started or shown,
        )

    @property
    def skipped(self) -> bool:
        """Whether the annotator skipped the task."""
        return self.raw.get("was_cancelled") is True

    @property
    def created(self) -> datetime | None:
        """When it was made."""
        return time_of(self.raw.get("created_at"))

    @property
    def updated(self) -> datetime | None:
        """When it was last changed."""
        return time_of(self.raw.get("updated_at"))


@dataclass(frozen=True, slots=True)
class ExportedTask:
    """One task with its annotations.

    Attributes:
        number: the server's.
        updated: when the task or an annotation of it was last changed, as `stamp` writes it.
        task_id: our id, if it has one.
        text: digest of the text that it shows; None if that is no text.
        drafts: how many annotations were begun and not submitted.
        annotations: in the order in which they came.
    """

    number: int | None
    updated: str | None
    task_id: str | None
    text: str | None
    drafts: int
    annotations: tuple[ExportedAnnotation, ...]

    @classmethod
    def of(cls, task: Exported, server: str = "") -> Self:
        """Trim one task; its ``data`` must be a mapping."""
        number, task_id, text = task.get("id"), task["data"].get(ID), task["data"].get("text")
        updated, drafts = time_of(task.get("updated_at")), task.get("drafts")
        predictions = bool(task.get("total_predictions") or task.get("predictions"))
        return cls(
            number=number if type(number) is int else None,
            updated=stamp(updated) if updated else None,
            task_id=task_id if isinstance(task_id, str) else None,
            text=digest(text) if isinstance(text, str) else None,
            drafts=len(drafts) if isinstance(drafts, list) else 0,
            annotations=tuple(
                ExportedAnnotation.of(raw, predictions=predictions, server=server)
                for raw in annotations(task)
            ),
        )


def annotations(task: Exported) -> Iterator[Exported]:
    """The annotations of an exported task."""
    found = task.get("annotations")
    if isinstance(found, list):
        yield from (each for each in found if isinstance(each, Mapping))


def people_in(tasks: Iterable[ExportedTask]) -> set[Person]:
    """Everybody who made an annotation."""
    return {made.person for task in tasks for made in task.annotations if made.person is not None}


def digest(text: str) -> str:
    """What stands for a text where only its sameness matters."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def time_of(text: object) -> datetime | None:
    """A time in UTC from ISO 8601; a time without a zone is taken as UTC, as Label Studio's is."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def stamp(moment: datetime) -> str:
    """A time as Label Studio writes it, but always with microseconds: its filters want them."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
