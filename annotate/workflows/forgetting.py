"""A document taken out of everything that a workspace holds of it."""

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from annotate import jsonl
from annotate.dataset import Making, read_dataset, read_excluded, write_dataset
from annotate.errors import InputError
from annotate.files import read_text
from annotate.gold.referee import Query
from annotate.labelstudio import Studio
from annotate.labelstudio.forgetting import forget_documents, forget_what_was_pulled
from annotate.labelstudio.received import Rejected
from annotate.models import read_manifest
from annotate.records import (
    Annotation,
    Document,
    Example,
    GoldLabel,
    Located,
    Prediction,
    Record,
    Task,
)
from annotate.sidecar import options_in, seed_in, write_sidecar
from annotate.workflows.datasets import BY_FAMILY, BY_FILE
from annotate.workflows.families import drop_families, drop_pairs
from annotate.workflows.pushed import changed_since_push, note_push
from annotate.workflows.referee import referee_of
from annotate.workflows.streams import forget_drawn
from annotate.workspace import Workspace

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Traces:
    """What a workspace holds of a document.

    Attributes:
        documents: every revision of it.
        tasks: how many tasks are made of it.
        examples: how many sentences of it the data set holds.
        models: names of the models that were trained with it; they are not changed.
        reports: names of the reports that quote it; they are not changed.
        pushed: whether tasks of it may be in Label Studio.
    """

    documents: tuple[Document, ...]
    tasks: int
    examples: int
    models: tuple[str, ...]
    reports: tuple[str, ...]
    pushed: bool

    @property
    def ids(self) -> frozenset[str]:
        """Ids of the revisions."""
        return frozenset(document.id for document in self.documents)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many records went, by the name of their file, and how many tasks on the server.

    The records ``pairs`` are those of ``families.toml``.
    """

    records: dict[str, int]
    examples: int
    on_server: int


def traces_of(workspace: Workspace, name: str) -> Traces:
    """Look for a document.

    Args:
        workspace: where to look.
        name: its id, key, external id, or the address of a source.

    Raises:
        InputError: there is no such document.
    """
    documents = list(workspace.read(Document))
    keys = {document.key for document in documents if name in _names(document)}
    found = tuple(document for document in documents if document.key in keys)
    if not found:
        problem = f"no document has the id, key or address {name!r}"
        remedy = "`annotate import` lists them in that file; look it up there."
        raise InputError(workspace.path(Document), problem, remedy)
    ids = frozenset(document.id for document in found)
    asked = referee_of(workspace)
    return Traces(
        documents=found,
        tasks=sum(task.document_id in ids for task in workspace.existing(Task)),
        examples=sum(one.document_id in ids for one in _examples(workspace)),
        models=tuple(_models(workspace, found)),
        reports=tuple(_reports(workspace, found)),
        pushed=workspace.is_linked or (asked is not None and asked.is_linked),
    )


def forget(
    workspace: Workspace,
    traces: Traces,
    studio: Studio | None,
    *,
    say: Callable[[str], None] = lambda _: None,
) -> Forgotten:
    """Take a document off the server, then out of the data set and every file. Safe to repeat.

    The documents' own file comes last, so that what was cut off can be done again.

    Args:
        workspace: to take it out of.
        traces: from `traces_of`.
        studio: connection to the server; None leaves the server alone.
        say: is told if we wait for a push.
    """
    ids = traces.ids
    asked = _forget_at_referee(workspace, ids, studio, say)
    with workspace.locked():
        all_sent = changed_since_push(workspace) is None
        pairs = drop_pairs(workspace, ids | {document.key for document in traces.documents})
        there = 0
        if studio is not None:
            there = forget_documents(studio, ids, state=workspace.studio_state, say=say)
        forget_what_was_pulled(ids, state=workspace.studio_state)
        examples = _forget_examples(workspace, ids)
        _drop_release(workspace, ids)
        drop_families(workspace)

        def stranger(task_id: str | None) -> bool:
            place = Located.place_of(task_id or "")
            return place is None or place[0] not in ids

        records = {
            "pairs": pairs,
            "queries": _keep(workspace.queue, Query, lambda q: stranger(q.task_id)),
            "predictions": _keep(workspace.path(Prediction), Prediction, _not_of(ids)),
            "prelabels": _keep(workspace.prelabels, Prediction, _not_of(ids)),
            "gold": _keep(workspace.path(GoldLabel), GoldLabel, lambda g: stranger(g.task_id)),
            "annotations": _keep(
                workspace.path(Annotation), Annotation, lambda a: stranger(a.task_id)
            ),
            "rejected": _keep(workspace.rejected, Rejected, lambda r: stranger(r.task_id)),
            "history": _keep(workspace.history, Annotation, lambda a: stranger(a.task_id)),
            "audit": forget_drawn(workspace, traces.documents),
            "tasks": _keep(workspace.path(Task), Task, _not_of(ids)),
            "documents": _keep(workspace.path(Document), Document, lambda d: d.id not in ids),
        }
        if workspace.is_linked and all_sent:
            note_push(workspace)  # what is forgotten is gone there too
    if asked:
        records = {name: count + asked.records[name] for name, count in records.items()}
        there += asked.on_server
    return Forgotten(records, examples, there)


def _forget_at_referee(
    workspace: Workspace,
    ids: frozenset[str],
    studio: Studio | None,
    say: Callable[[str], None],
) -> Forgotten | None:
    """The same in the referee's workspace, where a part of the documents stands once more."""
    there = referee_of(workspace)
    if there is None:
        return None
    found = tuple(each for each in there.existing(Document) if each.id in ids)
    traces = Traces(found, 0, 0, (), (), there.is_linked)
    return forget(there, traces, studio if there.is_linked else None, say=say)


def _names(document: Document) -> set[str | None]:
    addresses = [source.url for source in document.sources if source.url]
    return {document.id, document.key, document.external_id, *addresses}


def _not_of(ids: frozenset[str]) -> Callable[[Located], bool]:
    return lambda located: located.document_id not in ids


def _keep(path: Path, record: type[R], wanted: Callable[[R], bool]) -> int:
    """Leave in a file what is wanted; returns how many records went."""
    if not path.is_file():
        return 0
    found = list(jsonl.read(path, record))
    kept = [entry for entry in found if wanted(entry)]
    if len(kept) < len(found):
        jsonl.write(path, kept)
    return len(found) - len(kept)


def _examples(workspace: Workspace) -> list[Example]:
    there = (workspace.dataset / "README.md").is_file()
    return read_dataset(workspace.dataset) if there else []


def _forget_examples(workspace: Workspace, ids: frozenset[str]) -> int:
    """Write the data set without the document's sentences; the others stay in their splits."""
    found = _examples(workspace)
    kept = [example for example in found if example.document_id not in ids]
    aside = read_excluded(workspace.dataset)
    excluded = [one for one in aside if one.document_id not in ids]
    if len(kept) == len(found) and len(excluded) == len(aside):
        return 0
    seed = seed_in(workspace.dataset) or workspace.settings.seed
    if kept:
        grouped_by = BY_FAMILY if workspace.has(GoldLabel) else BY_FILE
        options = options_in(workspace.dataset)
        making = Making(workspace.scheme, seed, grouped_by, notes=workspace.notes)
        write_dataset(workspace.dataset, kept, making=making, excluded=excluded)
        write_sidecar(workspace.dataset, command="forget", seed=seed, options=options)
    else:
        shutil.rmtree(workspace.dataset)
    return len(found) - len(kept)


def _drop_release(workspace: Workspace, ids: frozenset[str]) -> None:
    """Take the release without text away if it names the document; it can be made again."""
    named = workspace.release / Document.filename
    if named.is_file() and any(name in read_text(named) for name in ids):
        shutil.rmtree(workspace.release)


def _models(workspace: Workspace, documents: Iterable[Document]) -> Iterable[str]:
    ids = {document.id for document in documents}
    groups = {document.group for document in documents}
    for path in sorted((workspace.root / "models").glob("[!.]*/manifest.json")):
        manifest = read_manifest(path.parent)
        if ids & set(manifest.documents) or groups & set(manifest.groups):
            yield path.parent.name


def _reports(workspace: Workspace, documents: Iterable[Document]) -> Iterable[str]:
    ids = [document.id for document in documents]
    for path in sorted((workspace.root / "reports").glob("[!.]*/errors.csv")):
        text = read_text(path)
        if any(name in text for name in ids):
            yield path.parent.name
