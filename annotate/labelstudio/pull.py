"""Annotations from a project on the server, or from an export of it, to annotation records."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from annotate.errors import InputError, SyncError
from annotate.labelstudio.client import Studio
from annotate.labelstudio.export_file import read_export
from annotate.labelstudio.exported import ExportedAnnotation, ExportedTask, digest, people_in
from annotate.labelstudio.flat_export import REMEDY
from annotate.labelstudio.mirror import Mirror
from annotate.labelstudio.pseudonyms import Pseudonyms
from annotate.labelstudio.received import Reading, Rejected, receive
from annotate.labelstudio.refresh import Progress, refresh
from annotate.labelstudio.results import Answer, Misfit, read_result
from annotate.labelstudio.state import SchemeSince, SyncState, known_project, schemes_in
from annotate.labelstudio.wording import counted
from annotate.records import Annotation, Task
from annotate.revisions import Passage, find_twins
from annotate.scheme import Scheme

Mode = Literal["incremental", "full", "file", "flat file"]
"""What was read: what had changed on the server, everything there, or an export."""


_HOW: dict[Mode, str] = {
    "incremental": "Read from the server: what has changed since the last pull",
    "full": "Read from the server: everything",
    "flat file": (
        "An export in this format does not say what was skipped or begun, nor which labels are "
        "gone: skips known from before stay"
    ),
}


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
        mode: what was read. A flat file says nothing of skips and drafts.
        mirror: what the project holds, for the next pull; None where a file was read.
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
    mode: Mode = "file"
    mirror: Mirror | None = field(default=None, repr=False)

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
        how = (_HOW[self.mode],) if self.mode in _HOW else ()
        return (first, *(f"{count:,} {words}" for count, words in counts if count), *how)


def pull(
    studio: Studio,
    *,
    state: Path,
    tasks: Iterable[Task],
    scheme: Scheme,
    pseudonyms: Pseudonyms,
    outdated: Mapping[str, str] = MappingProxyType({}),
    full: bool = False,
    progress: Progress = lambda _done, _total: None,
) -> Pulled:
    """The annotations of the workspace's project; nothing is changed on the server or here.

    Args:
        studio: connection to the server.
        state: file that says which project it is. Beside it lies what the last pull found, and
            what has not changed since is not read again.
        tasks: all tasks of the workspace.
        scheme: what labels, flags, spans and relations there are.
        pseudonyms: names given to annotators so far.
        outdated: documents that were corrected and what replaced each, by id; labels of their
            sentences that are unchanged are taken for the sentence of today.
        full: read everything from the server. The annotations are the same.
        progress: is told how far the work is.

    Raises:
        SyncError: nothing was pushed yet, the first push did not end, or the project is gone.
        StudioError: the server cannot be reached, or refuses.
    """
    known = SyncState.load(state)
    project = known_project(studio, known, state) if known else None
    if known is None or project is None:
        msg = "Nothing was pushed from this workspace yet. Run `annotate push` first."
        raise SyncError(msg)
    if known.project is None:  # it may be one that the next push gives up for another's
        msg = "The push that made the project was cut off. Run `annotate push` again, then pull."
        raise SyncError(msg)
    found = refresh(
        studio,
        project.id,
        Mirror(known.key, schemes_in(project.description)),
        Mirror.load(state.parent, known.key),
        full=full,
        progress=progress,
    )
    mode: Mode = "incremental" if found.incremental else "full"
    ours = tuple(tasks)
    there = _moved(found.mirror.tasks.values(), ours, outdated)
    pulled = _pulled(there, ours, scheme, found.mirror.schemes, pseudonyms)
    return replace(pulled, mode=mode, mirror=found.mirror)


def pull_export(
    path: Path,
    *,
    tasks: Iterable[Task],
    scheme: Scheme,
    pseudonyms: Pseudonyms,
    outdated: Mapping[str, str] = MappingProxyType({}),
    state: Path | None = None,
    prelabelled: bool = False,
) -> Pulled:
    """The annotations of an export that Label Studio made of the workspace's project.

    Args:
        path: the file: JSON, or JSON_MIN, CSV or TSV where that says enough; zipped or not.
        tasks: all tasks of the workspace.
        scheme: what labels, flags, spans and relations there are.
        pseudonyms: names given to annotators so far.
        outdated: as for `pull`.
        state: file that says which project it is, if there is one; what the last pull found of
            that lies beside it.
        prelabelled: whether tasks of the project had pre-labels, as far as is known.

    Raises:
        InputError: the file is no export with annotations, or does not say enough.
        SyncError: it is an export of another project.
    """
    export, earlier = read_export(path), _mirror_beside(state) if state else None
    if export.flat and (prelabelled or (earlier and earlier.had_prelabels)):
        problem = (
            f"a {export.kind} export, which does not say which annotations began with a pre-label, "
            "and tasks of this project have pre-labels"
        )
        raise InputError(path, problem, REMEDY)
    ours = tuple(tasks)
    exported = _moved(map(ExportedTask.of, export.tasks), ours, outdated)
    ids = {task.id for task in ours}
    if not any(task.task_id in ids for task in exported):
        carried = any(task.task_id is not None for task in exported)
        whose = "of another workspace" if carried else "of a project that annotate did not make"
        msg = (
            f"{path}: the export is {whose}: none of its {len(exported)} tasks is in tasks.jsonl. "
            "Pull in the workspace it belongs to, or make documents and tasks out of it with "
            "`annotate pull --from EXPORT.json --adopt --map text=FIELD --map label=CONTROL`."
        )
        raise SyncError(msg)
    pulled = _pulled(exported, ours, scheme, earlier.schemes if earlier else (), pseudonyms)
    return replace(pulled, mode="flat file") if export.flat else pulled


def _mirror_beside(state: Path) -> Mirror | None:
    known = SyncState.load(state)
    return Mirror.load(state.parent, known.key) if known else None


def _moved(
    exported: Iterable[ExportedTask], ours: Iterable[Task], outdated: Mapping[str, str]
) -> list[ExportedTask]:
    """Exported tasks by the ids of today: the next push gives them those on the server too."""
    there = list(exported)
    here = {task.id: digest(task.text) for task in ours}
    old = {task.task_id: task.text for task in there if task.task_id and task.text}
    before = [Passage(name, text) for name, text in old.items() if name not in here]
    now = [Passage(name, text) for name, text in here.items() if name not in old]
    names = {t.before: t.now for t in find_twins(before, now, outdated=outdated) if t.same}
    return [replace(task, task_id=names.get(task.task_id or "", task.task_id)) for task in there]


def _pulled(
    exported: Iterable[ExportedTask],
    tasks: Iterable[Task],
    scheme: Scheme,
    schemes: Sequence[SchemeSince],
    pseudonyms: Pseudonyms,
) -> Pulled:
    server = list(exported)
    ours = {task.id: task for task in tasks}
    names = pseudonyms.including(people_in(server))
    received = receive(
        ((task, _readings(task, ours, scheme)) for task in server),
        pseudonyms=names,
        scheme_version=scheme.version,
        schemes=schemes,
    )
    there = [task.task_id for task in server if task.task_id in ours]
    labelled = {annotation.task_id for annotation in received.annotations if not annotation.skipped}
    return Pulled(
        annotations=received.annotations,
        rejected=received.rejected,
        pseudonyms=names,
        there=frozenset(filter(None, there)),
        superseded=received.superseded,
        drafts=received.drafts,
        missing=len(ours) - len(set(there)),
        foreign=len(server) - len(there),
        unannotated=len(ours) - len(labelled),
    )


def _readings(
    task: ExportedTask, ours: Mapping[str, Task], scheme: Scheme
) -> Iterator[tuple[ExportedAnnotation, Reading]]:
    """How to take each annotation of an exported task."""
    known = ours.get(task.task_id) if task.task_id else None
    for made in task.annotations:
        try:
            answer: Answer | Misfit = _answer(task, made, known, scheme)
        except Misfit as misfit:
            answer = misfit
        yield made, Reading(task.task_id, answer)


def _answer(
    task: ExportedTask, made: ExportedAnnotation, known: Task | None, scheme: Scheme
) -> Answer:
    if known is None:
        msg = "its task is not in tasks.jsonl"
        raise Misfit(msg)
    if task.text != digest(known.text):
        msg = "the text of its task is another one in Label Studio than in tasks.jsonl"
        raise Misfit(msg)
    if made.skipped:
        return Answer(None)
    return read_result(made.raw.get("result"), scheme=scheme, length=len(known.text))
