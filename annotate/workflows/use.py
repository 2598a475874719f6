"""A model let loose on articles."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from annotate.documents import Skipped, latest_revisions, read_documents
from annotate.errors import InputError, ModelError, WorkspaceError
from annotate.prediction import best, predict, write_predictions
from annotate.records import Document, Prediction
from annotate.settings import Settings
from annotate.sidecar import write_sidecar
from annotate.splits import seen_in_training
from annotate.workflows.families import group_documents
from annotate.workflows.tasks import task_builder
from annotate.workflows.training import NamedModel
from annotate.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Choice:
    """Which predictions are written: of one label, the surest, or all of them."""

    only: str | None = None
    top: int | None = None


@dataclass(frozen=True, slots=True)
class Predicted:
    """What was labelled and where it was written."""

    written: int
    documents: int
    path: Path
    skipped: tuple[Skipped, ...]


def predict_articles(
    model: NamedModel,
    *,
    workspace: Workspace | None,
    articles: Path | None,
    output: Path | None,
    choice: Choice,
    on_document: Callable[[int, None], None] = lambda _done, _total: None,
) -> Predicted:
    """Label every sentence of articles, or of the workspace's documents, and write the result.

    Args:
        model: the model with its manifest.
        workspace: for its settings, and its documents where no articles are named.
        articles: a file or folder as `annotate import` takes it.
        output: ends in ``.jsonl``, ``.csv`` or ``.parquet``; default: the workspace's file.
        choice: which predictions to write.
        on_document: told after each document how many are done, and None.

    Raises:
        WorkspaceError: neither articles nor workspace, or no place to write to.
        InputError: nothing could be read.
        ModelError: the label to choose is not the model's.
    """
    path = _output(workspace, output)
    if choice.only is not None and choice.only not in model.model.labels:
        known = ", ".join(model.model.labels)
        msg = f"The model {model.name} has no label {choice.only!r}: it knows {known}."
        raise ModelError(msg)
    skipped: list[Skipped] = []
    count = 0

    def documents() -> Iterator[Document]:
        nonlocal count
        seen: set[str] = set()
        for entry in _articles(workspace, articles):
            if isinstance(entry, Skipped):
                skipped.append(entry)
                continue
            if entry.id in seen:  # a copy of a text has the same sentences, with the same ids
                continue
            seen.add(entry.id)
            yield entry
            count += 1
            on_document(count, None)

    stream = documents()
    first = next(stream, None)
    if first is None:
        reason = f"nothing could be read: {skipped[0]}" if skipped else "nothing to label"
        raise InputError(articles or path, reason, "Name a file or folder of articles.")
    families = _families(workspace) if articles is None else ()
    predictions = _predictions(model, chain([first], stream), workspace, families)
    written = write_predictions(path, _chosen(predictions, choice), labels=model.model.labels)
    write_sidecar(path, command="predict", inputs=_inputs(workspace, articles))
    return Predicted(written=written, documents=count, path=path, skipped=tuple(skipped))


def _families(workspace: Workspace | None) -> Iterable[Document]:
    """The workspace's documents with their families."""
    if workspace is None:
        return ()
    with workspace.locked():
        return group_documents(workspace).documents


def _predictions(
    model: NamedModel,
    documents: Iterable[Document],
    workspace: Workspace | None,
    known: Iterable[Document],
) -> Iterator[Prediction]:
    settings = workspace.settings if workspace else Settings()
    build = task_builder(settings, of=settings.units.labelled)
    units = ((document, task) for document in documents for task in build(document))
    return predict(
        units,
        model.model,
        name=model.name,
        in_training=seen_in_training(known, model.manifest),
    )


def _articles(workspace: Workspace | None, articles: Path | None) -> Iterable[Document | Skipped]:
    if articles is not None:
        return read_documents([articles], base=workspace.root if workspace else None)
    if workspace is None:
        msg = "There is no workspace here, so name the articles: annotate predict MODEL ARTICLES."
        raise WorkspaceError(msg)
    return latest_revisions(workspace.read(Document))


def _output(workspace: Workspace | None, output: Path | None) -> Path:
    if output is not None:
        return output
    if workspace is None:
        msg = "There is no workspace here, so say where to write: --output FILE."
        raise WorkspaceError(msg)
    return workspace.path(Prediction)


def _inputs(workspace: Workspace | None, articles: Path | None) -> list[Path]:
    if articles is None and workspace is not None:
        return [workspace.path(Document)]
    return [articles] if articles else []


def _chosen(predictions: Iterable[Prediction], choice: Choice) -> Iterable[Prediction]:
    wanted = (p for p in predictions if choice.only is None or p.label == choice.only)
    return wanted if choice.top is None else best(wanted, top=choice.top)
