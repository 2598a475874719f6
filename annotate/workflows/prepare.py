"""A workspace, and articles in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from annotate.documents import Skipped, merge_documents, read_documents
from annotate.errors import ImportRefusedError
from annotate.files import read_text, write_text
from annotate.guideline import MARK, guideline_markdown
from annotate.records import Document
from annotate.workspace import GUIDELINE, Workspace


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import found and what became of it."""

    added: int
    merged: int
    revised: int
    unchanged: int
    documents: int
    """All documents of the workspace afterwards."""
    skipped: tuple[Skipped, ...]


def make_workspace(
    folder: Path,
    *,
    scheme: Path | None,
    overlap: int = 1,
    notes: Sequence[str] = (),
    project: str | None = None,
    annotators: str | None = None,
) -> Workspace:
    """Make a workspace (`Workspace.create`) and write the scheme's guideline page into it."""
    workspace = Workspace.create(
        folder, scheme=scheme, overlap=overlap, notes=notes, project=project, annotators=annotators
    )
    write_guideline(workspace)
    return workspace


def write_guideline(workspace: Workspace) -> None:
    """Bring the guideline page up to date with the scheme; a page of your own stays as it is."""
    page = workspace.root / GUIDELINE
    if not page.exists() or MARK in read_text(page):
        write_text(page, guideline_markdown(workspace.scheme, workspace.settings.units))


def import_documents(workspace: Workspace, paths: Sequence[Path], *, strict: bool) -> Imported:
    """Add articles to the workspace.

    Raises:
        InputError: a path is missing, or a folder is empty.
        ImportRefusedError: nothing could be taken, or ``strict`` and something was skipped.
            Nothing is written then.
    """
    found = list(read_documents(paths, base=workspace.root))
    skipped = tuple(entry for entry in found if isinstance(entry, Skipped))
    incoming = [entry for entry in found if isinstance(entry, Document)]
    if skipped and (strict or not incoming):
        raise ImportRefusedError(str(skipped[0]), skipped=len(skipped), strict=bool(incoming))
    with workspace.locked():
        merged = merge_documents(workspace.existing(Document), incoming)
        workspace.write(Document, merged.documents, command="import", inputs=paths)
    return Imported(
        added=merged.added,
        merged=merged.merged,
        revised=merged.revised,
        unchanged=merged.unchanged,
        documents=len(merged.documents),
        skipped=skipped,
    )
