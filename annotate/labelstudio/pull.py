"""Annotations from a project on the server, or from an export of it, to annotation records."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from annotate.errors import SyncError
from annotate.labelstudio.client import Studio
from annotate.labelstudio.convert import ID
from annotate.labelstudio.export_file import read_export
from annotate.labelstudio.pseudonyms import Pseudonyms
from annotate.labelstudio.received import (
    Exported,
    Reading,
    Rejected,
    annotations,
    people_in,
    receive,
)
from annotate.labelstudio.results import Answer, Misfit, read_result
from annotate.labelstudio.state import SyncState, known_project
from annotate.labelstudio.wording import counted
from annotate.records import Annotation, Task
from annotate.scheme import Scheme


@dataclass(frozen=True, slots=True)
class Pulled:
    """The current annotations, those that were set aside, and what else was seen.

    Attributes:
        annotations: at most one per (task, annotator), sorted by both; skips are among them.
        rejected: set aside, each with its reason.
        pseudonyms: everybody in them; to be saved, so that names stay the same.
        there: ids of our tasks that the project or export has; of the others nothing is known.
        superseded: annotations replaced by a later one of the same annotator on the same task.
        drafts: begun and not submitted; they are not taken.
        missing: tasks of ours that the project or export does not have.
        foreign: tasks there that are none of ours.
        unannotated: tasks of ours that nobody has labelled.
    """

    annotations: tuple[Annotation, ...]
    rejected: tuple[Rejected, ...]
    pseudonyms: Pseudonyms
    there: frozenset[str]
    superseded: int
    drafts: int
    missing: int
    foreign: int
    unannotated: int

    @property
    def skipped(self) -> int:
        """How many of the annotations are skips."""
        return sum(annotation.skipped for annotation in self.annotations)

    @property
    def annotators(self) -> tuple[str, ...]:
        """Pseudonyms of all who annotated, sorted."""
        return tuple(sorted({annotation.annotator for annotation in self.annotations}))

    @property
    def summary(self) -> tuple[str, ...]:
        """What was found, in lines to print; what is zero is left out after the first line."""
        labels = counted(len(self.annotations) - self.skipped, "label")
        rejected = "it does not fit" if len(self.rejected) == 1 else "they do not fit"
        counts = (
            (self.skipped, "skipped"),
            (self.unannotated, "without a label so far"),
            (len(self.rejected), f"set aside since {rejected}"),
            (self.superseded, "replaced by a later one of the same annotator"),
            (self.drafts, "begun but not submitted, and not taken"),
            (self.missing, "not pushed yet"),
            (self.foreign, "there that are not of this workspace"),
        )
        first = f"{labels} by {counted(len(self.annotators), 'annotator')}"
        return (first, *(f"{count:,} {words}" for count, words in counts if count))


def pull(
    studio: Studio,
    *,
    state: Path,
    tasks: Iterable[Task],
    scheme: Scheme,
    pseudonyms: Pseudonyms,
) -> Pulled:
    """The annotations of the workspace's project; nothing is changed on the server or here.

    Args:
        studio: connection to the server.
        state: file that says which project it is.
        tasks: all tasks of the workspace.
        scheme: what labels, flags, spans and relations there are.
        pseudonyms: names given to annotators so far.

    Raises:
        SyncError: nothing was pushed yet, or the project is gone.
        StudioError: the server cannot be reached, or refuses.
    """
    known = SyncState.load(state)
    project = known_project(studio, known, state) if known else None
    if project is None:
        msg = "Nothing was pushed from this workspace yet. Run `annotate push` first."
        raise SyncError(msg)
    return _pulled(studio.export(project.id), tasks, scheme, pseudonyms)


def pull_export(
    path: Path, *, tasks: Iterable[Task], scheme: Scheme, pseudonyms: Pseudonyms
) -> Pulled:
    """The annotations of a JSON export that Label Studio made of the workspace's project.

    Args:
        path: the file.
        tasks: all tasks of the workspace.
        scheme: what labels, flags, spans and relations there are.
        pseudonyms: names given to annotators so far.

    Raises:
        InputError: the file is no JSON export with annotations.
        SyncError: it is an export of another project.
    """
    exported = read_export(path)
    ours = tuple(tasks)
    ids = {task.id for task in ours}
    found = [_task_id(task) for task in exported]
    if not any(task_id in ids for task_id in found):
        carried = any(task_id is not None for task_id in found)
        whose = "of another workspace" if carried else "of a project that annotate did not make"
        msg = (
            f"{path}: the export is {whose}: none of its {len(exported)} tasks is in tasks.jsonl. "
            "Pull in the workspace it belongs to, or make documents and tasks out of it with "
            "`annotate pull --from EXPORT.json --adopt --map text=FIELD --map label=CONTROL`."
        )
        raise SyncError(msg)
    return _pulled(exported, ours, scheme, pseudonyms)


def _pulled(
    exported: Iterable[Exported], tasks: Iterable[Task], scheme: Scheme, pseudonyms: Pseudonyms
) -> Pulled:
    server = list(exported)
    ours = {task.id: task for task in tasks}
    names = pseudonyms.including(people_in(server))
    received = receive(
        ((task, _readings(task, ours, scheme)) for task in server),
        pseudonyms=names,
        scheme_version=scheme.version,
    )
    there = [task_id for task in server if (task_id := _task_id(task)) and task_id in ours]
    labelled = {annotation.task_id for annotation in received.annotations if not annotation.skipped}
    return Pulled(
        annotations=received.annotations,
        rejected=received.rejected,
        pseudonyms=names,
        there=frozenset(there),
        superseded=received.superseded,
        drafts=received.drafts,
        missing=len(ours) - len(set(there)),
        foreign=len(server) - len(there),
        unannotated=len(ours) - len(labelled),
    )


def _readings(
    task: Exported, ours: Mapping[str, Task], scheme: Scheme
) -> Iterator[tuple[Exported, Reading]]:
    """How to take each annotation of an exported task."""
    task_id = _task_id(task)
    known = ours.get(task_id) if task_id else None
    for raw in annotations(task):
        try:
            answer: Answer | Misfit = _answer(task, raw, known, scheme)
        except Misfit as misfit:
            answer = misfit
        yield raw, Reading(task_id, answer)


def _answer(task: Exported, raw: Exported, known: Task | None, scheme: Scheme) -> Answer:
    if known is None:
        msg = "its task is not in tasks.jsonl"
        raise Misfit(msg)
    if task["data"].get("text") != known.text:
        msg = "the text of its task is another one in Label Studio than in tasks.jsonl"
        raise Misfit(msg)
    if raw.get("was_cancelled") is True:
        return Answer(None)
    return read_result(raw.get("result"), scheme=scheme, length=len(known.text))


def _task_id(task: Exported) -> str | None:
    task_id = task["data"].get(ID)
    return task_id if isinstance(task_id, str) else None
