"""The families of a workspace's articles: found, kept in a file, and filled into documents."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from annotate.families import (
    OVERRIDE,
    Explained,
    Families,
    Override,
    explain,
    find_families,
    without,
)
from annotate.files import write_text
from annotate.records import Document, Family
from annotate.sidecar import outdated, remove
from annotate.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Grouped:
    """All documents of a workspace, each with the family that it was found to be in.

    ``renewed`` says that the families had to be found anew, and why; None if the file was up to
    date.
    """

    documents: tuple[Document, ...]
    renewed: str | None


def make_families(
    workspace: Workspace, advance: Callable[[int, int], None] = lambda _done, _total: None
) -> Families:
    """Find the families of the workspace's documents and write them.

    Args:
        workspace: with its documents.
        advance: is told how many texts have been read, and of how many.
    """
    with workspace.locked():
        return _make_families(workspace, advance)


def group_documents(workspace: Workspace) -> Grouped:
    """The documents with their families; these are found anew where the file is not up to date.

    The caller holds the workspace's lock.
    """
    renewed = families_outdated(workspace)
    if renewed is not None:
        _make_families(workspace, lambda _done, _total: None)
    return Grouped(documents_as_grouped(workspace), renewed)


def families_outdated(workspace: Workspace) -> str | None:
    """Why the file of families is not what is found today; None if it is."""
    return outdated(workspace.path(Family), _inputs(workspace))


def documents_as_grouped(workspace: Workspace) -> tuple[Document, ...]:
    """The documents with their families as the file says them, up to date or not."""
    names = {name: one.id for one in workspace.read(Family) for name in one.documents}
    return tuple(
        document.model_copy(update={"family": names.get(document.id)})
        for document in workspace.read(Document)
    )


def explain_pair(
    workspace: Workspace,
    first: str,
    second: str,
    advance: Callable[[int, int], None] = lambda _done, _total: None,
) -> Explained:
    """Say what two documents of a workspace share, and why they are in one family or not.

    Args:
        workspace: where they are.
        first: id or key of the one; of a key the latest revision.
        second: of the other.
        advance: is told how many texts have been read, and of how many.

    Raises:
        FamilyError: there is no such document, or both are one.
    """
    documents = list(workspace.read(Document))
    override = Override.load(workspace.root / OVERRIDE, documents)
    return explain(documents, first, second, override, advance=advance)


def drop_families(workspace: Workspace) -> None:
    """Take the file of families away, so that nothing of a forgotten document stays in it."""
    remove(workspace.path(Family))


def drop_pairs(workspace: Workspace, names: Collection[str]) -> int:
    """Take the pairs of some documents, by id or key, out of ``families.toml``; returns how many.

    Raises:
        FamilyError: they cannot be taken out without harm to the rest.
    """
    path = workspace.root / OVERRIDE
    if not path.is_file():
        return 0
    rest = without(path, names)
    if rest.gone:
        write_text(path, rest.text)
    return rest.gone


def _make_families(workspace: Workspace, advance: Callable[[int, int], None]) -> Families:
    documents = list(workspace.read(Document))
    override = Override.load(workspace.root / OVERRIDE, documents)
    found = find_families(documents, override, advance=advance)
    workspace.write(Family, found.families, command="families", inputs=_inputs(workspace))
    return found


def _inputs(workspace: Workspace) -> list[Path]:
    override = workspace.root / OVERRIDE
    return [workspace.path(Document), *([override] if override.is_file() else [])]
