"""Label Studio's exported tasks to annotations. What does not fit is set aside with its reason."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from annotate.labelstudio.pseudonyms import Person, Pseudonyms
from annotate.labelstudio.results import Answer, Misfit
from annotate.records import Annotation, Record

Exported = Mapping[str, Any]

_LONGEST_SECONDS = 10**9
_KEPT = ("result", "was_cancelled", "created_at", "updated_at", "lead_time", "unique_id")
"""What is kept of an annotation that is set aside: nothing that names a person."""


class Rejected(Record):
    """An annotation that does not fit its task or the scheme, as Label Studio gave it."""

    filename = "annotations.rejected.jsonl"

    task_id: str | None
    annotator: str | None
    reason: str
    raw: dict[str, Any]


class Reading(NamedTuple):
    """How to take one exported annotation: the task it is of, and what its result says."""

    task_id: str | None
    answer: Answer | Misfit


@dataclass(frozen=True, slots=True)
class Received:
    """Annotations and what else was found, in an order that does not depend on the export's.

    ``superseded`` counts annotations that a later one of the same annotator on the same task
    replaced; ``drafts`` those never submitted.
    """

    annotations: tuple[Annotation, ...]
    rejected: tuple[Rejected, ...]
    superseded: int
    drafts: int


@dataclass(frozen=True, slots=True)
class _Candidate:
    reading: Reading
    annotator: str | None
    raw: Exported
    prelabel_shown: bool

    @property
    def age(self) -> tuple[datetime, datetime, str]:
        """The order in which annotations replace one another."""
        created = time_of(self.raw.get("created_at")) or datetime.min.replace(tzinfo=UTC)
        updated = time_of(self.raw.get("updated_at")) or created
        return updated, created, str(self.raw.get("unique_id") or self.raw.get("id"))


def people_in(exported: Iterable[Exported], server: str = "") -> set[Person]:
    """Everybody who made an annotation."""
    found = (Person.of(raw.get("completed_by"), server) for t in exported for raw in annotations(t))
    return {person for person in found if person is not None}


def receive(
    readings: Iterable[tuple[Exported, Iterable[tuple[Exported, Reading]]]],
    *,
    pseudonyms: Pseudonyms,
    scheme_version: str,
    server: str = "",
) -> Received:
    """Decide which annotations are current, and take those that fit.

    Of several annotations of one annotator on one task, on however many copies of the task, the
    one that was updated last is current; where that one does not fit, no older one is taken in
    its place. ``ground_truth`` is ignored. ``from_prediction`` is set where the annotator
    submitted a pre-label, changed or not. ``prelabel_shown`` is set then too, and wherever the
    task holds predictions in the export: they are shown to whoever opens it.

    Args:
        readings: exported tasks, each with its annotations and how to take them.
        pseudonyms: knows everybody in the export.
        scheme_version: version of the scheme that the results were read with.
        server: whose numbers people have; empty for the workspace's own project.
    """
    current: dict[tuple[str | None, str | None, str], _Candidate] = {}
    drafts = superseded = 0
    for task, pairs in readings:
        drafts += _length(task.get("drafts"))
        for raw, reading in pairs:
            candidate = _candidate(task, raw, reading, pseudonyms, server)
            key = _key(candidate)
            rival = current.get(key)
            superseded += rival is not None
            if rival is None or candidate.age >= rival.age:
                current[key] = candidate
    taken: list[Annotation] = []
    rejected: list[Rejected] = []
    for candidate in current.values():
        try:
            taken.append(_annotation(candidate, scheme_version))
        except Misfit as misfit:
            rejected.append(_rejected(candidate, str(misfit)))
    return Received(
        annotations=tuple(sorted(taken, key=lambda a: (a.task_id, a.annotator))),
        rejected=tuple(sorted(rejected, key=_order)),
        superseded=superseded,
        drafts=drafts,
    )


def annotations(task: Exported) -> Iterator[Exported]:
    """The annotations of an exported task."""
    found = task.get("annotations")
    if isinstance(found, list):
        yield from (each for each in found if isinstance(each, Mapping))


def time_of(text: object) -> datetime | None:
    """A time in UTC from ISO 8601; a time without a zone is taken as UTC, as Label Studio's is."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _candidate(
    task: Exported, raw: Exported, reading: Reading, pseudonyms: Pseudonyms, server: str
) -> _Candidate:
    person = Person.of(raw.get("completed_by"), server)
    return _Candidate(
        reading=reading,
        annotator=None if person is None else pseudonyms.of(person),
        raw=raw,
        prelabel_shown=bool(task.get("total_predictions") or task.get("predictions")),
    )


def _key(candidate: _Candidate) -> tuple[str | None, str | None, str]:
    """What can be current only once; an annotation of nobody or of no task stands by itself."""
    task_id, annotator = candidate.reading.task_id, candidate.annotator
    alone = task_id is None or annotator is None
    return task_id, annotator, candidate.age[-1] if alone else ""


def _annotation(candidate: _Candidate, scheme_version: str) -> Annotation:
    raw, (task_id, answer) = candidate.raw, candidate.reading
    if isinstance(answer, Misfit):
        raise answer
    created = time_of(raw.get("created_at"))
    if task_id is None or candidate.annotator is None or created is None:
        msg = "it does not say who made it, when, or of what"
        raise Misfit(msg)
    skipped = raw.get("was_cancelled") is True
    if not skipped and answer.label is None and not answer.marked.spans:
        msg = "it has no label"
        raise Misfit(msg)
    started = raw.get("parent_prediction") is not None
    marks = {} if skipped else dict(answer.marked)
    return Annotation(
        task_id=task_id,
        annotator=candidate.annotator,
        label=None if skipped else answer.label,
        seconds=_seconds(raw.get("lead_time")),
        created=created,
        updated=time_of(raw.get("updated_at")),
        skipped=skipped,
        prelabel_shown=started or candidate.prelabel_shown,
        from_prediction=started,
        scheme_version=scheme_version,
        **marks,
    )


def _seconds(lead_time: object) -> float | None:
    """Working time; annotations made through the API have none, and what is none is left out."""
    if isinstance(lead_time, bool) or not isinstance(lead_time, int | float):
        return None
    return float(lead_time) if 0 <= lead_time < _LONGEST_SECONDS else None


def _rejected(candidate: _Candidate, reason: str) -> Rejected:
    kept = {name: candidate.raw[name] for name in _KEPT if name in candidate.raw}
    return Rejected(
        task_id=_whole(candidate.reading.task_id),
        annotator=candidate.annotator,
        reason=reason,
        raw=_whole(kept),
    )


def _whole(value: Any) -> Any:  # noqa: ANN401  what JSON holds
    """The same with "?" for halves of characters, which JSON can hold and UTF-8 cannot."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_whole(each) for each in value]
    if isinstance(value, dict):
        return {_whole(name): _whole(each) for name, each in value.items()}
    return value


def _order(rejected: Rejected) -> tuple[str, str, str, str]:
    key = str(rejected.raw.get("unique_id"))
    return rejected.task_id or "", rejected.annotator or "", rejected.reason, key


def _length(found: object) -> int:
    return len(found) if isinstance(found, list) else 0
