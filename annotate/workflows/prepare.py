"""A workspace, and articles in it."""

from collections.abc import Sequence
from pathlib import Path

from annotate.files import read_text, write_text
from annotate.guideline import MARK, guideline_markdown
from annotate.settings import Unit
from annotate.workspace import GUIDELINE, Workspace


def make_workspace(
    folder: Path,
    *,
    scheme: Path | None,
    overlap: int = 1,
    notes: Sequence[str] = (),
    project: str | None = None,
    annotators: str | None = None,
    unit: Unit = "sentence",
) -> Workspace:
    """Make a workspace (`Workspace.create`) and write the scheme's guideline page into it."""
    workspace = Workspace.create(
        folder, scheme=scheme, overlap=overlap, notes=notes, project=project,
        annotators=annotators, unit=unit,
    )  # fmt: skip
    write_guideline(workspace)
    return workspace


def write_guideline(workspace: Workspace) -> None:
    """Bring the guideline page up to date with the scheme; a page of your own stays as it is."""
    page = workspace.root / GUIDELINE
    if not page.exists() or MARK in read_text(page):
        write_text(page, guideline_markdown(workspace.scheme, workspace.settings.units))
