"""The families of a workspace's articles: found, kept in a file, and filled into documents."""

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from annotate import __version__
from annotate.errors import FamilyError, InputError
from annotate.families import (
    OVERRIDE,
    Families,
    Override,
    Passage,
    compare_two,
    find_families,
    shared_passages,
    without,
)
from annotate.files import read_text, sha256_of, write_text
from annotate.records import Document, Evidence, Family
from annotate.splits import TrainedOn
from annotate.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Explained:
    """What two documents share, and why they are in one family or not."""

    first: Document
    second: Document
    verdict: str
    """Whether the two are linked, in words."""
    reason: str
    evidence: Evidence
    family: str | None
    """The family that both are in, directly or through others."""
    passages: tuple[Passage, ...]


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
    renewed = _outdated(workspace)
    if renewed is None:
        names = {name: one.id for one in workspace.read(Family) for name in one.documents}
    else:
        names = _make_families(workspace, lambda _done, _total: None).name_of
    documents = tuple(
        document.model_copy(update={"family": names.get(document.id)})
        for document in workspace.read(Document)
    )
    return Grouped(documents, renewed)


def seen_in_training(
    documents: Iterable[Document], trained_on: TrainedOn
) -> Callable[[Document], bool]:  # fmt: skip
    """A function that says whether a model knows a document, or another of its family.

    Args:
        documents: with their families.
        trained_on: the model's manifest.
    """
    groups, ids = set(trained_on.groups), set(trained_on.documents)
    group_of = {document.id: document.group for document in documents}
    groups |= {group for name, group in group_of.items() if name in ids}
    return lambda document: (
        document.id in ids or group_of.get(document.id, document.group) in groups
    )


def explain_pair(workspace: Workspace, first: str, second: str) -> Explained:
    """Say what two documents share, and why they are in one family or not.

    Args:
        workspace: where they are.
        first: id or key of the one; of a key the latest revision.
        second: of the other.

    Raises:
        FamilyError: there is no such document, or both are one.
    """
    documents = list(workspace.read(Document))
    override = Override.load(workspace.root / OVERRIDE, documents)
    one, other = (_find(documents, name) for name in (first, second))
    if one.id == other.id:
        raise FamilyError(first, f"{second} is the same document", "Name two documents.")
    found = find_families(documents, override)
    evidence, verdict = compare_two(documents, one.id, other.id)
    ids = {one.id, other.id}
    link = next(
        (
            link
            for each in found.families
            for link in each.links
            if {link.first, link.second} == ids
        ),
        None,
    )
    cut = any({link.first, link.second} == ids for link in found.cut)
    names = {found.name_of.get(name) for name in ids}
    together = names.pop() if len(names) == 1 else None
    kind = f"Linked ({link.kind})" if link else "Not linked"
    through = f", but both are in the family {together} through others" if together else ""
    parted = tuple(sorted(ids)) in override.part
    by_hand = f"{OVERRIDE} parts them; by their texts: " if parted or cut else ""
    return Explained(
        first=one,
        second=other,
        verdict=kind if link else f"{kind}{through}",
        reason=link.reason if link else f"{by_hand}{verdict.reason}",
        evidence=evidence,
        family=together,
        passages=tuple(shared_passages(one.text, other.text)),
    )


def drop_families(workspace: Workspace) -> None:
    """Take the file of families away, so that nothing of a forgotten document stays in it."""
    path = workspace.path(Family)
    path.unlink(missing_ok=True)
    path.with_name(path.name + ".meta.json").unlink(missing_ok=True)


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


def _outdated(workspace: Workspace) -> str | None:
    """Why the file of families is not that of today's documents; None if it is."""
    path = workspace.path(Family)
    if not path.is_file():
        return f"{path.name} was not there"
    try:
        made = json.loads(read_text(path.with_name(path.name + ".meta.json")))
        inputs, version = dict(made["inputs"]), made["version"]
    except (InputError, ValueError, TypeError, KeyError):
        return f"it is not known from what {path.name} was made"
    if version != __version__:
        return f"{path.name} was made by version {version}"
    today = {entry.name: sha256_of(entry) for entry in _inputs(workspace)}
    changed = sorted(name for name in {*inputs, *today} if inputs.get(name) != today.get(name))
    return f"{changed[0]} has changed" if changed else None


def _find(documents: Iterable[Document], name: str) -> Document:
    """The document with this id, else the last with this key."""
    listed = list(documents)
    found = [each for each in listed if each.id == name] or [d for d in listed if d.key == name]
    if not found:
        problem = "there is no such document"
        raise FamilyError(name, problem, "Give the id or key of one in documents.jsonl.")
    return found[-1]
