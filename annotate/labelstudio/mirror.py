"""A project's tasks and annotations as the last pull found them, so that the next reads less."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from annotate.labelstudio.exported import ExportedAnnotation, ExportedTask
from annotate.labelstudio.pseudonyms import Person
from annotate.labelstudio.sealed import read_sealed, write_sealed
from annotate.labelstudio.state import SchemeSince

FILENAME = "pulled.jsonl"
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Mirror:
    """What a project held.

    Attributes:
        key: the project's, so that it is never taken for another's.
        schemes: versions of the scheme that its page was made of, by when they began.
        tasks: by the server's number, which is given out again after a deletion.
    """

    key: str
    schemes: tuple[SchemeSince, ...] = ()
    tasks: Mapping[int, ExportedTask] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path, key: str) -> Self | None:
        """Read what was found of the project with this key; None if that is not known."""
        found = read_sealed(folder / FILENAME, {"format": _FORMAT, "project": key})
        if found is None:
            return None
        header, entries = found
        tasks = [_task(entry) for entry in entries]
        schemes = [SchemeSince(v, datetime.fromisoformat(at)) for v, at in header["schemes"]]
        return cls(key, tuple(schemes), {t.number: t for t in tasks if t.number is not None})

    def save(self, folder: Path) -> None:
        """Write it, readable by its owner alone (mode 600), since it names annotators."""
        schemes = [(scheme.version, scheme.since.isoformat()) for scheme in self.schemes]
        header = {"format": _FORMAT, "project": self.key, "schemes": schemes}
        entries = (_fields(self.tasks[number]) for number in sorted(self.tasks))
        write_sealed(folder / FILENAME, header, entries)

    @property
    def had_prelabels(self) -> bool:
        """Whether an annotation was made where a pre-label was shown."""
        return any(made.prelabel_shown for task in self.tasks.values() for made in task.annotations)

    @property
    def emails(self) -> dict[int, str]:
        """E-mail addresses by the server's number of a user."""
        people = (made.person for task in self.tasks.values() for made in task.annotations)
        return {p.number: p.email for p in people if p and p.number is not None and p.email}

    def after(self, earlier: "Mirror | None", people: Mapping[int, Person]) -> "Mirror":
        """The same with what is known of its annotations but not said by the server any more.

        The server forgets from which prediction an annotation came once that is deleted, and who
        made it once that user is; an export of single tasks does not say the users' addresses, and
        none says when their accounts were made.

        Args:
            earlier: what an earlier pull found.
            people: the users of the server, by its number.
        """
        before = list(earlier.tasks.values()) if earlier else []
        known = {made.identity: made for task in before for made in task.annotations}
        emails = {**(earlier.emails if earlier else {}), **self.emails}
        users = {number: Person(number, email) for number, email in emails.items()} | dict(people)
        tasks = {
            number: replace(task, annotations=_completed(task.annotations, known, users))
            for number, task in self.tasks.items()
        }
        return replace(self, tasks=tasks)


def _completed(
    annotations: Iterable[ExportedAnnotation],
    known: Mapping[str, ExportedAnnotation],
    users: Mapping[int, Person],
) -> tuple[ExportedAnnotation, ...]:
    return tuple(_complete(made, known.get(made.identity), users) for made in annotations)


def _complete(
    made: ExportedAnnotation, known: ExportedAnnotation | None, users: Mapping[int, Person]
) -> ExportedAnnotation:
    person = made.person or (known.person if known else None)
    if person and person.number is not None:
        user = users.get(person.number, person)
        person = replace(person, email=user.email or person.email, joined=user.joined)
    started = made.from_prediction or (known is not None and known.from_prediction)
    shown = made.prelabel_shown or started
    if (person, started, shown) == (made.person, made.from_prediction, made.prelabel_shown):
        return made
    return replace(made, person=person, from_prediction=started, prelabel_shown=shown)


def _fields(task: ExportedTask) -> dict[str, Any]:
    return {
        "number": task.number,
        "updated": task.updated,
        "task_id": task.task_id,
        "text": task.text,
        "drafts": task.drafts,
        "annotations": [
            {
                "identity": made.identity,
                "person": [made.person.number, made.person.email] if made.person else None,
                "from_prediction": made.from_prediction,
                "prelabel_shown": made.prelabel_shown,
                "raw": made.raw,
            }
            for made in task.annotations
        ],
    }


def _task(fields: dict[str, Any]) -> ExportedTask:
    annotations = tuple(_annotation(each) for each in fields.pop("annotations"))
    return ExportedTask(**fields, annotations=annotations)


def _annotation(fields: dict[str, Any]) -> ExportedAnnotation:
    person = fields.pop("person")
    return ExportedAnnotation(**fields, person=Person(*person) if person else None)
