"""Tasks of a document taken off the server, labelled or not."""

from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

from annotate.labelstudio.batches import BATCH
from annotate.labelstudio.client import Studio
from annotate.labelstudio.compare import our_id
from annotate.labelstudio.journal import Journal
from annotate.labelstudio.line import owner_of, turn_at
from annotate.labelstudio.mirror import Mirror
from annotate.labelstudio.planning import journal_beside
from annotate.labelstudio.seen import forget_seen
from annotate.labelstudio.state import SyncState, known_project
from annotate.records import Located


def forget_documents(
    studio: Studio,
    documents: Collection[str],
    *,
    state: Path,
    say: Callable[[str], None] = lambda _: None,
) -> int:
    """Delete every task of these documents from the workspace's project, with all it holds.

    Args:
        studio: connection to the server.
        documents: ids.
        state: file that says which project belongs to the workspace.
        say: is told if we wait for a push.

    Returns:
        How many tasks there were.

    Raises:
        SyncError: the project is gone.
        StudioError: the server cannot be reached, or refuses.
    """
    known = SyncState.load(state)
    project = known_project(studio, known, state) if known else None
    if project is None:
        return 0
    with turn_at(studio, project.id, owner_of(state.parent), say=say):
        rows = studio.rows(project.id)
        numbers = [row.number for row in rows if _is_of(our_id(row.data), documents)]
        for start in range(0, len(numbers), BATCH):
            studio.delete_tasks(project.id, numbers[start : start + BATCH])
    return len(numbers)


def forget_what_was_pulled(documents: Collection[str], *, state: Path) -> None:
    """Take the tasks of these documents out of what is kept of pushes and pulls.

    Args:
        documents: ids.
        state: file that says which project belongs to the workspace; the others lie beside it.
    """
    known = SyncState.load(state)
    if known is None:
        return
    if mirror := Mirror.load(state.parent, known.key):
        kept = {n: task for n, task in mirror.tasks.items() if not _is_of(task.task_id, documents)}
        replace(mirror, tasks=kept).save(state.parent)
    forget_seen(state.parent)
    journal = Journal.load(journal_beside(state), known.key)
    journal.forget(lambda name: _is_of(name, documents))


def _is_of(task_id: str | None, documents: Collection[str]) -> bool:
    place = Located.place_of(task_id or "")
    return place is not None and place[0] in documents
