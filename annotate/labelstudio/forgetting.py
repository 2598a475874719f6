"""Tasks of a document taken off the server, labelled or not."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from annotate.labelstudio.client import Studio
from annotate.labelstudio.compare import our_id
from annotate.labelstudio.line import owner_of, turn_at
from annotate.labelstudio.push import BATCH
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
        numbers = [
            row.number for row in studio.rows(project.id) if _document_in(row.data) in documents
        ]
        for start in range(0, len(numbers), BATCH):
            studio.delete_tasks(project.id, numbers[start : start + BATCH])
    return len(numbers)


def _document_in(data: Mapping[str, Any]) -> str | None:
    place = Located.place_of(our_id(data) or "")
    return place[0] if place else None
