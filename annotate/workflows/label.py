"""Tasks to Label Studio, and annotations back."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from annotate import jsonl
from annotate.documents import latest_revisions, merge_documents
from annotate.errors import LabelsGoneError
from annotate.files import atomic_file
from annotate.labelstudio import (
    Adopted,
    Pseudonyms,
    Pulled,
    PushPlan,
    Studio,
    Wanted,
    adopt,
    find_credentials,
    plan_push,
    pull,
    pull_export,
    push,
    server,
)
from annotate.labelstudio.convert import export_tasks
from annotate.labelstudio.refresh import Progress
from annotate.labelstudio.sync import Pushed
from annotate.records import Annotation, Document, Prediction, Task
from annotate.revisions import outdated_documents
from annotate.workflows.pushed import note_push
from annotate.workflows.referee import notes_in
from annotate.workspace import Workspace


def write_import_file(workspace: Workspace, path: Path) -> int:
    """Write the JSON file that Label Studio's own import takes; returns how many tasks."""
    sent = export_tasks(
        workspace.read(Task),
        workspace.read(Document),
        predictions=_prelabels(workspace) or (),
        scheme=workspace.scheme,
        units=workspace.settings.units,
        notes=notes_in(workspace),
    )
    with atomic_file(path) as stream:
        json.dump(sent, stream, ensure_ascii=False)
    return len(sent)


def connect(workspace: Workspace) -> Studio:
    """Open a connection to the workspace's Label Studio.

    Raises:
        StudioError: there is none, it cannot be reached, or the key is not good.
    """
    local = server.local_studio()
    found = find_credentials(
        workspace.settings.label_studio.url, local=local.credentials if local else None
    )
    return Studio.connect(found.url, found.api_key)


def plan_tasks(
    workspace: Workspace, studio: Studio, *, supersede: bool = False, verify: bool = False
) -> PushPlan:
    """Compare the workspace with the server; changes nothing."""
    return plan_push(
        studio,
        _wanted(workspace),
        state=workspace.studio_state,
        supersede=supersede,
        verify=verify,
    )


def push_tasks(
    workspace: Workspace,
    studio: Studio,
    *,
    supersede: bool = False,
    verify: bool = False,
    progress: Callable[[int, int], None] | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Pushed:
    """Bring the project on the server to what the workspace holds. Safe to repeat."""
    with workspace.locked():
        pushed = push(
            studio,
            _wanted(workspace),
            state=workspace.studio_state,
            supersede=supersede,
            verify=verify,
            progress=progress,
            say=say,
        )
        note_push(workspace)
    return pushed


def _outdated(workspace: Workspace) -> dict[str, str]:
    documents = list(workspace.existing(Document))
    return outdated_documents(documents, latest_revisions(documents))


def _wanted(workspace: Workspace) -> Wanted:
    tasks = list(workspace.read(Task))
    together = max((len(task.annotators) for task in tasks), default=0)
    return Wanted(
        title=workspace.project_title,
        scheme=workspace.scheme,
        tasks=tasks,
        documents=list(workspace.read(Document)),
        predictions=_prelabels(workspace),
        outdated=_outdated(workspace),
        overlap=max(workspace.settings.label_studio.overlap, together),
        units=workspace.settings.units,
        notes=notes_in(workspace),
    )


def _prelabels(workspace: Workspace) -> list[Prediction] | None:
    """The pre-labels to send; None where none were ever made here."""
    path = workspace.prelabels
    return list(jsonl.read(path, Prediction)) if path.exists() else None


def pull_annotations(
    workspace: Workspace,
    studio: Studio,
    *,
    full: bool = False,
    names: bool = False,
    progress: Progress = lambda _done, _total: None,
) -> Pulled:
    """Bring the annotations of the workspace's project here.

    Args:
        workspace: whose annotations.
        studio: connection to the server.
        full: read everything there, not only what has changed. The files become the same.
        names: write e-mail addresses in place of pseudonyms.
        progress: is told how far the work is.
    """
    with workspace.locked():
        found = pull(
            studio,
            state=workspace.studio_state,
            tasks=workspace.read(Task),
            scheme=workspace.scheme,
            pseudonyms=Pseudonyms.load(workspace.annotator_map),
            outdated=_outdated(workspace),
            full=full,
            progress=progress,
        )
        return _keep(workspace, found, names=names, inputs=[])


def pull_from_export(workspace: Workspace, export: Path, *, names: bool = False) -> Pulled:
    """Take the annotations of the workspace's project from an export.

    Args:
        workspace: whose annotations.
        export: a file of Label Studio's Export button.
        names: write e-mail addresses in place of pseudonyms.
    """
    with workspace.locked():
        shown = any(vote.prelabel_shown for vote in workspace.existing(Annotation))
        found = pull_export(
            export,
            tasks=workspace.read(Task),
            scheme=workspace.scheme,
            pseudonyms=Pseudonyms.load(workspace.annotator_map),
            outdated=_outdated(workspace),
            state=workspace.studio_state,
            prelabelled=shown or workspace.prelabels.exists(),
        )
        return _keep(workspace, found, names=names, inputs=[export])


def adopt_export(workspace: Workspace, export: Path, mapping: Mapping[str, str]) -> Adopted:
    """Add the documents, tasks and annotations of a project that was made elsewhere.

    Args:
        workspace: may hold documents already; nothing of it is lost.
        export: a JSON export of Label Studio.
        mapping: our field to the field or control of theirs.
    """
    with workspace.locked():
        found = adopt(
            export,
            mapping=mapping,
            scheme=workspace.scheme,
            units=workspace.settings.units,
            pseudonyms=Pseudonyms.load(workspace.annotator_map),
        )
        _add(workspace, found, export)
    return found


def _add(workspace: Workspace, found: Adopted, export: Path) -> None:
    found.pseudonyms.save(workspace.annotator_map)
    jsonl.write(workspace.rejected, found.rejected)
    documents = merge_documents(workspace.existing(Document), found.documents).documents
    tasks = {task.id: task for task in (*workspace.existing(Task), *found.tasks)}
    votes = {
        (entry.task_id, entry.annotator): entry
        for entry in (*workspace.existing(Annotation), *found.annotations)
    }
    write = partial(workspace.write, command="pull --adopt", inputs=[export])
    write(Document, documents)
    write(Task, tasks.values())
    write(Annotation, [votes[key] for key in sorted(votes)])


def _keep(workspace: Workspace, found: Pulled, *, names: bool, inputs: Iterable[Path]) -> Pulled:
    """Write what was pulled; the names of annotators first, so that they are never lost.

    Annotations of tasks that this project does not have, such as adopted ones, stay.
    """
    people = found.pseudonyms
    before = list(_renamed(workspace.existing(Annotation), people.by_address))
    there = [vote for vote in before if vote.task_id in found.there]
    if there and not found.annotations:
        raise LabelsGoneError(len(there), workspace.path(Annotation))
    others = [vote for vote in before if vote.task_id not in found.there]
    if found.mode == "flat file":
        others += _skips_unsaid(there, found.annotations)
    people.save(workspace.annotator_map)
    jsonl.write(workspace.rejected, found.rejected)
    votes = [*others, *found.annotations]
    _remember(workspace, before, votes)
    shown = people.addresses if names else {}
    written = sorted(_renamed(votes, shown), key=lambda a: (a.task_id, a.annotator))
    inputs = [workspace.path(Task), *inputs]
    workspace.write(Annotation, written, command="pull", inputs=inputs)
    if found.mirror:
        found.mirror.save(workspace.state)
    return replace(found, annotations=tuple(_renamed(found.annotations, shown)))


def _skips_unsaid(before: Iterable[Annotation], now: Iterable[Annotation]) -> Iterator[Annotation]:
    """Skips that a file without skips cannot say: all but those that were answered since."""
    answered = {(vote.task_id, vote.annotator) for vote in now}
    return (v for v in before if v.skipped and (v.task_id, v.annotator) not in answered)


def _renamed(votes: Iterable[Annotation], names: Mapping[str, str]) -> Iterator[Annotation]:
    """Annotations with other names for their annotators, where there are any."""
    for vote in votes:
        name = names.get(vote.annotator)
        yield vote.model_copy(update={"annotator": name}) if name else vote


def _remember(
    workspace: Workspace, before: Iterable[Annotation], now: Iterable[Annotation]
) -> None:
    """Add annotations that are changed or gone to the history, so that none is ever lost.

    Annotators have their pseudonyms there, whatever they are called in the file.
    """
    current = set(map(_content, now))
    gone = [vote for vote in before if _content(vote) not in current]
    if gone:
        jsonl.append(workspace.history, gone)


def _content(vote: Annotation) -> str:
    return vote.model_dump_json()
