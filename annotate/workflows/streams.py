"""The audit stream of a workspace: drawn once, kept, and given to the tasks."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from annotate.errors import WorkspaceError
from annotate.records import Annotation, Document, Stream, Task
from annotate.sidecar import options_in, seed_in
from annotate.tasks.auditing import NO_AUDIT, Audit, Drawn, draw_audit
from annotate.tasks.sampling import STRATA, stratum_name
from annotate.workflows.families import group_documents
from annotate.workspace import Workspace

_SHARE: Final = "share"


@dataclass(frozen=True, slots=True)
class AuditMade:
    """The audit of a workspace after its tasks were built.

    Attributes:
        share: of the families that were drawn from, in (0, 1).
        families: how many families each half has.
        tasks: how many tasks each half has.
        labelled: of these, how many were labelled before, a pre-label being shown.
        left: families that are not in it any more, having grown together with suggested ones.
    """

    share: float
    families: dict[Stream, int]
    tasks: dict[Stream, int]
    labelled: int
    left: tuple[str, ...]


def audit_share(workspace: Workspace) -> float | None:
    """The share of families that the audit was drawn with; None where none was drawn."""
    path = workspace.path(Drawn)
    if not path.is_file():
        return None
    share = options_in(path).get(_SHARE)
    if not isinstance(share, float) or not 0 < share < 1:
        msg = (
            f"{path}.meta.json does not say with which share the audit was drawn. Put that file "
            'back, or write {"options": {"share": 0.2}} into it, if it was 20 %.'
        )
        raise WorkspaceError(msg)
    return share


def settle_audit(workspace: Workspace, asked: float | None, *, seed: int) -> Audit:
    """Draw the audit if that is asked for, or draw from the families that are new since.

    The caller holds the workspace's lock.

    Args:
        workspace: with its documents, and the tasks made before.
        asked: share of the families, in (0, 1); None keeps to what there is.
        seed: of the first draw; later ones keep to it.

    Raises:
        WorkspaceError: it was drawn with another share, comes too late, or has too few families.
    """
    there = audit_share(workspace)
    if there is None and asked is None:
        return NO_AUDIT
    if there is not None and asked not in {None, there}:
        msg = (
            f"The audit stream was drawn with {there:.4g} of the families and is never drawn "
            "again: what was seen cannot be unseen. Families that are new get the same share. "
            "Leave out --audit."
        )
        raise WorkspaceError(msg)
    chosen = [task for task in workspace.existing(Task) if task.stream == "chosen"]
    if there is None:
        _check_in_time(workspace, chosen)
    share = there or asked or 0.0
    drawn_with = seed_in(workspace.path(Drawn)) if there else seed
    documents = group_documents(workspace).documents
    group_of = {document.id: document.group for document in documents}
    audit = draw_audit(
        documents,
        share=share,
        before={one.key: one.stream for one in workspace.existing(Drawn)},
        suggested={group_of[t.document_id] for t in chosen if t.document_id in group_of},
        stratum_of=lambda document: stratum_name(document, STRATA),
        seed=seed if drawn_with is None else drawn_with,
    )
    workspace.write(
        Drawn, audit.records, command="tasks --audit", seed=drawn_with, options={_SHARE: share}
    )
    return audit


def audit_made(workspace: Workspace, audit: Audit, tasks: Iterable[Task]) -> AuditMade | None:
    """What became of the audit; None where there is none."""
    if audit is NO_AUDIT:
        return None
    halves = {task.id: task.stream for task in tasks if task.stream.startswith("audit-")}
    shown = (v.task_id for v in workspace.existing(Annotation) if v.prelabel_shown)
    return AuditMade(
        share=audit_share(workspace) or 0.0,
        families=dict(audit.families),
        tasks={half: list(halves.values()).count(half) for half in audit.families},
        labelled=sum(task_id in halves for task_id in set(shown)),
        left=audit.left,
    )


def forget_drawn(workspace: Workspace, documents: Collection[Document]) -> int:
    """Take documents out of the record of the draw; returns how many went."""
    keys = {document.key for document in documents}
    drawn = list(workspace.existing(Drawn))
    kept = [one for one in drawn if one.key not in keys]
    if len(kept) < len(drawn):
        path = workspace.path(Drawn)
        share = audit_share(workspace)
        workspace.write(Drawn, kept, command="forget", seed=seed_in(path), options={_SHARE: share})
    return len(drawn) - len(kept)


def _check_in_time(workspace: Workspace, chosen: Collection[Task]) -> None:
    labelled = {annotation.task_id for annotation in workspace.existing(Annotation)}
    count = sum(workspace.is_linked or task.id in labelled for task in chosen)
    if count:
        msg = (
            f"Tasks that `annotate suggest` chose are labelled, or may be ({count:,} of them): it "
            "is too late for an audit. Drawn from their families it would measure sentences that a "
            "model picked, drawn from the others it would miss just those. Import new articles "
            "into a workspace of their own and draw it there."
        )
        raise WorkspaceError(msg)
