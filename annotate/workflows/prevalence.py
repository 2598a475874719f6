"""How common each label is in what a model labelled, corrected by the audit of a workspace."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotate.documents import latest_revisions
from annotate.errors import PrevalenceError
from annotate.prediction import predict
from annotate.prediction.counting import given_labels
from annotate.prevalence import (
    Audited,
    Cell,
    Prevalence,
    cell_of,
    check_audited,
    estimate,
    write_prevalence,
)
from annotate.prevalence.wording import notes_on, too_few
from annotate.records import Annotation, Document, GoldLabel, Stream, Task
from annotate.splits import seen_in_training
from annotate.stores import Place
from annotate.workflows.archive_work import Target
from annotate.workflows.families import group_documents
from annotate.workflows.sentences import labelled_tasks
from annotate.workflows.training import NamedModel
from annotate.workflows.use import Choice, Predicted
from annotate.workspace import Workspace

_AUDIT: Final[Stream] = "audit-test"
"""Read here and by the final evaluation, and by nothing else."""
_DRAW: Final = (
    "Draw one with `annotate tasks --audit 20%`, label its tasks, then `annotate pull` and "
    "`annotate gold`."
)
_UNKNOWN_TRAINING: Final = (
    "It is not known of which articles the model's training sentences are, as they came from a "
    "file: if audited ones are among them, the shares are off and look surer than they are."
)


@dataclass(frozen=True, slots=True)
class AuditRead:
    """What the audit of a workspace says of a model.

    Attributes:
        by: the fields that shares are given by.
        labels: all labels.
        audited: one for each audited sentence with a gold label.
        notes: what is to be known of them.
    """

    by: tuple[str, ...]
    labels: tuple[str, ...]
    audited: tuple[Audited, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SharesMade:
    """The shares, what is to be known of them, and the file that holds both."""

    shares: Prevalence
    notes: tuple[str, ...]
    path: Place


def read_audit(
    workspace: Workspace | None, model: NamedModel, choice: Choice, *, by: tuple[str, ...]
) -> AuditRead:
    """Have a model label the audit, which it has not learnt from.

    Args:
        workspace: whose ``audit-test`` it is.
        model: the model.
        choice: which predictions are written; only with all of them can shares be told.
        by: names of fields, as `annotate.prevalence.parse_fields` gives them.

    Raises:
        PrevalenceError: there is no audit, too little of it is labelled, or by labels of before,
            the model was trained on some of it, or not all predictions are to be written.
    """
    if workspace is None:
        msg = f"There is no workspace here, so there is no audit to correct shares with. {_DRAW}"
        raise PrevalenceError(msg)
    if choice.only is not None or choice.top is not None:
        msg = "Shares take all labels of all sentences: leave out --only and --top."
        raise PrevalenceError(msg)
    with workspace.locked():
        documents = group_documents(workspace).documents
    current = {document.id: document for document in latest_revisions(documents)}
    tasks = [
        task
        for task in labelled_tasks(workspace)
        if task.stream == _AUDIT and not task.repeat and task.document_id in current
    ]
    gold = _gold(workspace, tasks)
    _check_unseen(documents, {task.document_id for task in tasks}, model)
    units = [(current[task.document_id], task) for task in tasks if task.id in gold]
    found = predict(units, model.model, name=model.name)
    audited = tuple(
        Audited(document.group, _cell(by, document, task), gold[task.id], prediction.label)
        for (document, task), prediction in zip(units, found, strict=True)
    )
    labels = _labels(workspace.scheme.label_names, model)
    _check_known(gold, labels)
    check_audited(audited)
    return AuditRead(
        by=by,
        labels=labels,
        audited=audited,
        notes=tuple(_notes(workspace, model, tasks, gold)),
    )


def make_shares(
    audit: AuditRead, made: Predicted, *, model: NamedModel, choice: Choice, strict: bool
) -> SharesMade:
    """Count what was written, correct it, and write the shares beside it.

    Args:
        audit: as `read_audit` gives it.
        made: the predictions.
        model: that made them.
        choice: how they were written.
        strict: refuse cells with too few audited sentences.

    Raises:
        PrevalenceError: with ``strict``, the audit of a cell is too small.
    """
    counts = _counts(Target.of(made.path, choice.form), audit)
    shares = estimate(counts, audit.audited, by=audit.by, labels=audit.labels)
    if strict and shares.pooled:
        msg = (
            f"{too_few(shares)} Label more of the audit, name fewer or coarser fields, or leave "
            f"out --strict. The predictions are in {made.path}."
        )
        raise PrevalenceError(msg)
    notes = (*notes_on(shares), *audit.notes)
    beside = made.path.with_name(made.path.name + ".prevalence")
    path = write_prevalence(beside, shares, model=model.name, notes=notes)
    return SharesMade(shares, notes, path)


def _gold(workspace: Workspace, tasks: Sequence[Task]) -> dict[str, str]:
    if not tasks:
        msg = f"This workspace has no audit-test tasks to correct shares with. {_DRAW}"
        raise PrevalenceError(msg)
    names = {task.id for task in tasks}
    gold = {
        one.task_id: one.label
        for one in workspace.read(GoldLabel)
        if one.label is not None and one.task_id in names
    }
    if not gold:
        msg = (
            f"None of the {len(tasks):,} audit-test tasks has a gold label. Label them, then "
            "`annotate pull` and `annotate gold`."
        )
        raise PrevalenceError(msg)
    return gold


def _check_known(gold: dict[str, str], labels: tuple[str, ...]) -> None:
    unknown = [(task, label) for task, label in gold.items() if label not in labels]
    if unknown:
        task, label = unknown[0]
        msg = (
            f"The gold label {label!r} of the audited sentence {task} is not in the scheme (such "
            f"labels in the audit: {len(unknown):,}). Run `annotate gold` again."
        )
        raise PrevalenceError(msg)


def _check_unseen(documents: Sequence[Document], names: set[str], model: NamedModel) -> None:
    seen = seen_in_training(documents, model.manifest)
    leaked = {each.group for each in documents if each.id in names and seen(each)}
    if leaked:
        msg = (
            f"{model.name} was trained on {len(leaked):,} of the audited families of articles, "
            f"such as {min(leaked)!r}, so its errors there say nothing of those elsewhere. Make "
            "the data set again with `annotate dataset`, train a new model, and use that."
        )
        raise PrevalenceError(msg)


def _cell(by: tuple[str, ...], document: Document, task: Task) -> Cell:
    day = f"{document.published:%Y-%m-%d}" if document.published else None
    return cell_of(by, outlet=document.outlet, part=task.part, day=day)


def _labels(known: tuple[str, ...], model: NamedModel) -> tuple[str, ...]:
    """Those of the scheme, then what else the model may say."""
    return (*known, *(label for label in model.model.labels if label not in known))


def _notes(
    workspace: Workspace, model: NamedModel, tasks: Sequence[Task], gold: dict[str, str]
) -> Iterator[str]:
    if without := len(tasks) - len(gold):
        yield (
            f"{without:,} of the {len(tasks):,} audit-test sentences have no gold label (not "
            "labelled yet, skipped, or an open tie) and are left out. If they are unlike the "
            "others, the correction is off."
        )
    shown = {one.task_id for one in workspace.existing(Annotation) if one.prelabel_shown}
    if count := len(shown & gold.keys()):
        yield (
            f"Of {count:,} audited sentences a pre-label was shown to annotators, who may have "
            "followed it."
        )
    if not model.manifest.documents:
        yield _UNKNOWN_TRAINING


def _counts(target: Target, audit: AuditRead) -> dict[Cell, NDArray[np.int64]]:
    place = {label: number for number, label in enumerate(audit.labels)}
    files = [target.path] if target.is_file else target.written()
    counts: dict[Cell, NDArray[np.int64]] = {}
    for given, count in given_labels(files, target.form):
        cell = cell_of(audit.by, outlet=given.outlet, part=given.part, day=given.day)
        found = counts.setdefault(cell, np.zeros(len(place), dtype=np.int64))
        found[place[given.label]] += count
    return counts
