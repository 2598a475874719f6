"""Annotations to agreement."""

from collections.abc import Collection, Iterator, Mapping

from annotate import jsonl
from annotate.agreement import (
    AgreementReport,
    Prelabels,
    Resampling,
    SpanAgreement,
    measure_agreement,
    span_agreement,
)
from annotate.records import Annotation, Document, Prediction, Task
from annotate.workflows.families import group_documents
from annotate.workflows.sentences import labelled_tasks, votes
from annotate.workspace import Workspace


def agreement_of(workspace: Workspace, *, seed: int) -> AgreementReport:
    """How much the annotators of a workspace agree.

    Args:
        workspace: with its annotations.
        seed: of the draws of families.

    Raises:
        MissingFileError: the annotations, tasks or documents are not there.
        NoOverlapError: there is nothing to compare.
    """
    annotations = _current(workspace, votes(workspace))
    how = Resampling(seed=seed)
    families = _families(workspace)

    def texts(names: Collection[str]) -> Mapping[str, str]:
        return {task.id: task.text for task in labelled_tasks(workspace) if task.id in names}

    return measure_agreement(
        annotations,
        scheme=workspace.scheme,
        families=families,
        how=how,
        prelabels=None if workspace.settings.units.derive_labels else _prelabels(workspace),
        spans=_spans(workspace, families, how),
        read_texts=texts,
    )


def _families(workspace: Workspace) -> dict[str, str]:
    """The family of each document; its key, which later revisions share, where it has none."""
    if not workspace.has(Document):
        return {}
    with workspace.locked():
        documents = group_documents(workspace).documents
    return {document.id: document.group for document in documents}


def _current(workspace: Workspace, annotations: Iterator[Annotation]) -> Iterator[Annotation]:
    """The annotations with labels as they are called today."""
    for made in annotations:
        label = made.label and workspace.scheme.current_name("labels", made.label)
        yield made if label == made.label else made.model_copy(update={"label": label})


def _prelabels(workspace: Workspace) -> Prelabels:
    known = jsonl.read(workspace.prelabels, Prediction) if workspace.prelabels.is_file() else ()
    return Prelabels(
        label_of={each.id: each.label for each in known},
        held_out={
            Task.id_of(task.document_id, task.part, task.start, task.end)
            for task in workspace.existing(Task)
            if task.prelabel_held_out
        },
    )


def _spans(
    workspace: Workspace, families: Mapping[str, str], how: Resampling
) -> SpanAgreement | None:
    if not workspace.settings.units.spans or not workspace.has(Task):
        return None
    names = tuple(span.name for span in workspace.scheme.spans)
    return span_agreement(
        workspace.read(Annotation),
        workspace.read(Task),
        labels=names,
        families=families,
        how=how,
    )
