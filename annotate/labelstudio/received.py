"""Label Studio's exported tasks to annotations. What does not fit is set aside with its reason."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from annotate.labelstudio.exported import ExportedAnnotation, ExportedTask
from annotate.labelstudio.pseudonyms import Pseudonyms
from annotate.labelstudio.results import Answer, Misfit
from annotate.labelstudio.state import SchemeSince
from annotate.records import Annotation, Record

_LONGEST_SECONDS = 10**9
_BEGINNING = datetime.min.replace(tzinfo=UTC)


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
    made: ExportedAnnotation

    @property
    def age(self) -> tuple[datetime, datetime, str]:
        """The order in which annotations replace one another."""
        created = self.made.created or _BEGINNING
        return self.made.updated or created, created, self.made.identity


def version_at(schemes: Sequence[SchemeSince], moment: datetime) -> str | None:
    """The version of the scheme that was on the labelling page at a moment; None without any.

    Args:
        schemes: by the times at which they began. What was made before the first is of the first.
        moment: when an annotation was last changed.
    """
    begun = [scheme.version for scheme in schemes if scheme.since <= moment]
    first = next((scheme.version for scheme in schemes), None)
    return begun[-1] if begun else first


def receive(
    readings: Iterable[tuple[ExportedTask, Iterable[tuple[ExportedAnnotation, Reading]]]],
    *,
    pseudonyms: Pseudonyms,
    scheme_version: str,
    schemes: Sequence[SchemeSince] = (),
) -> Received:
    """Decide which annotations are current, and take those that fit.

    Of several annotations of one annotator on one task, on however many copies of the task, the
    one that was updated last is current; where that one does not fit, no older one is taken in
    its place. ``ground_truth`` is ignored.

    Args:
        readings: exported tasks, each with its annotations and how to take them.
        pseudonyms: knows everybody in the export.
        scheme_version: version of the scheme that the results were read with.
        schemes: versions that the labelling page was made of, by the times at which they began;
            without any, annotations are of ``scheme_version``.
    """
    current: dict[tuple[str | None, str | None, str], _Candidate] = {}
    drafts = superseded = 0
    for task, pairs in readings:
        drafts += task.drafts
        for made, reading in pairs:
            annotator = None if made.person is None else pseudonyms.of(made.person)
            candidate = _Candidate(reading, annotator, made)
            key = _key(candidate)
            rival = current.get(key)
            superseded += rival is not None
            if rival is None or candidate.age >= rival.age:
                current[key] = candidate
    taken: list[Annotation] = []
    rejected: list[Rejected] = []
    for candidate in current.values():
        try:
            taken.append(_annotation(candidate, scheme_version, schemes))
        except Misfit as misfit:
            rejected.append(_rejected(candidate, str(misfit)))
    return Received(
        annotations=tuple(sorted(taken, key=lambda a: (a.task_id, a.annotator))),
        rejected=tuple(sorted(rejected, key=_order)),
        superseded=superseded,
        drafts=drafts,
    )


def _key(candidate: _Candidate) -> tuple[str | None, str | None, str]:
    """What can be current only once; an annotation of nobody or of no task stands by itself."""
    task_id, annotator = candidate.reading.task_id, candidate.annotator
    alone = task_id is None or annotator is None
    return task_id, annotator, candidate.made.identity if alone else ""


def _annotation(
    candidate: _Candidate, scheme_version: str, schemes: Sequence[SchemeSince]
) -> Annotation:
    made, (task_id, answer) = candidate.made, candidate.reading
    if isinstance(answer, Misfit):
        raise answer
    created = made.created
    if task_id is None or candidate.annotator is None or created is None:
        msg = "it does not say who made it, when, or of what"
        raise Misfit(msg)
    marks = {} if made.skipped else dict(answer.marked)
    return Annotation(
        task_id=task_id,
        annotator=candidate.annotator,
        label=None if made.skipped else answer.label,
        seconds=_seconds(made.raw.get("lead_time")),
        created=created,
        updated=made.updated,
        skipped=made.skipped,
        prelabel_shown=made.prelabel_shown,
        from_prediction=made.from_prediction,
        scheme_version=version_at(schemes, made.updated or created) or scheme_version,
        **marks,
    )


def _seconds(lead_time: object) -> float | None:
    """Working time; annotations made through the API have none, and what is none is left out."""
    if isinstance(lead_time, bool) or not isinstance(lead_time, int | float):
        return None
    return float(lead_time) if 0 <= lead_time < _LONGEST_SECONDS else None


def _rejected(candidate: _Candidate, reason: str) -> Rejected:
    return Rejected(
        task_id=_whole(candidate.reading.task_id),
        annotator=candidate.annotator,
        reason=reason,
        raw=_whole(dict(candidate.made.raw)),
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
