"""A model let loose on articles."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from annotate.documents import FieldNames, ReadingOptions, Skipped, latest_revisions, read_documents
from annotate.documents.fieldnames import parse_map
from annotate.documents.pieces import tabular_files
from annotate.documents.reading import is_hub_name
from annotate.errors import InputError, ModelError, WorkspaceError
from annotate.prediction import Form, best, predict, write_predictions
from annotate.prediction.engines import Engine
from annotate.records import Document, Prediction
from annotate.settings import Settings
from annotate.sidecar import write_sidecar
from annotate.splits import seen_in_training
from annotate.stores import Address, Place, from_root
from annotate.workflows.archive import Progress, label_archive
from annotate.workflows.archive_work import Archive, Target, check_apart, not_in_pieces
from annotate.workflows.families import group_documents
from annotate.workflows.tasks import task_builder
from annotate.workflows.training import NamedModel
from annotate.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Choice:
    """What is read and written, and by how many.

    Attributes:
        only: write this label alone.
        top: write the surest of that number.
        form: what kind of files a folder of predictions holds.
        engine: who labels an archive.
        mapping: names of columns, as `annotate.documents.fieldnames.parse_map` takes them.
    """

    only: str | None = None
    top: int | None = None
    form: Form | None = None
    engine: Engine = field(default_factory=Engine)
    mapping: tuple[str, ...] = ()

    @property
    def columns(self) -> dict[str, str]:
        """Our names of columns to theirs."""
        return parse_map(self.mapping)


@dataclass(frozen=True, slots=True)
class Predicted:
    """What was labelled and where it was written.

    Attributes:
        written: sentences.
        documents: articles.
        path: file or folder of the predictions.
        skipped: what could not be labelled; of an archive the first few.
        all_skipped: how much that is in all.
        skipped_file: the list of it, where one was made.
        resumed: articles that an earlier run, which was cut off, had done.
    """

    written: int
    documents: int
    path: Place
    skipped: tuple[Skipped, ...]
    all_skipped: int
    skipped_file: Place | None = None
    resumed: int = 0


def predict_articles(
    model: NamedModel,
    *,
    workspace: Workspace | None,
    articles: Place | None,
    output: Place | None,
    choice: Choice,
    on_document: Progress = lambda _done, _total=None: None,
) -> Predicted:
    """Label every sentence of articles, or of the workspace's documents, and write the result.

    Files with an article a row (``.jsonl``, ``.csv``, ``.parquet``, or a folder of these) are
    labelled piece by piece by several processes; every row is labelled, copies too. All else is
    read as `annotate import` does, and of copies only one is labelled.

    Args:
        model: the model with its manifest.
        workspace: for its settings, and its documents where no articles are named.
        articles: a file or folder as `annotate import` takes it, or the address of files with an
            article a row.
        output: ends in ``.jsonl``, ``.csv`` or ``.parquet``, or is a folder; of an archive also an
            address, or packed (``.gz``). Default: the workspace's file.
        choice: which predictions to write, and how.
        on_document: told how many documents are done, and of about how many.

    Raises:
        WorkspaceError: neither articles nor workspace, or no place to write to.
        InputError: nothing could be read, or what was asked needs files with an article a row.
        ModelError: the label to choose is not the model's.
        LedgerError: the output is of another model or input.
        StoreError: an object store refuses or does not answer.
    """
    path = _output(workspace, output)
    if choice.only is not None and choice.only not in model.model.labels:
        known = ", ".join(model.model.labels)
        msg = f"The model {model.name} has no label {choice.only!r}: it knows {known}."
        raise ModelError(msg)
    files = [] if articles is None or choice.top is not None else tabular_files(from_root(articles))
    if articles is not None and files:
        check_apart(path, articles)
        base = workspace.root if workspace else Path()
        columns = tuple(choice.columns.items())
        archive = Archive(from_root(articles), tuple(files), base.absolute(), columns)
        return _predict_archive(model, archive, path, workspace, choice, on_document)
    piecewise = choice.form or choice.engine != Engine()
    if piecewise or isinstance(articles, Address) or isinstance(path, Address) or not path.suffix:
        raise not_in_pieces(articles)
    return _predict_documents(model, workspace, articles, path, choice, on_document)


def _predict_archive(
    model: NamedModel,
    archive: Archive,
    path: Place,
    workspace: Workspace | None,
    choice: Choice,
    on_progress: Progress,
) -> Predicted:
    made = label_archive(
        model,
        archive,
        Target.of(path, choice.form),
        settings=workspace.settings if workspace else Settings(),
        only=choice.only,
        engine=choice.engine,
        on_progress=on_progress,
    )
    return Predicted(
        written=made.written,
        documents=made.documents,
        path=made.path,
        skipped=tuple(Skipped(where, reason) for where, reason in made.first_skipped),
        all_skipped=made.skipped,
        skipped_file=made.skipped_file,
        resumed=made.resumed,
    )


def _predict_documents(
    model: NamedModel,
    workspace: Workspace | None,
    articles: Path | None,
    path: Path,
    choice: Choice,
    on_document: Progress,
) -> Predicted:
    inputs = _inputs(workspace, articles)
    for place in inputs:
        check_apart(path, place)
    skipped: list[Skipped] = []
    count = 0

    def documents() -> Iterator[Document]:
        nonlocal count
        seen: set[str] = set()
        for entry in _articles(workspace, articles, choice):
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
    write_sidecar(path, command="predict", inputs=inputs)
    return Predicted(written, count, path, tuple(skipped), all_skipped=len(skipped))


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


def _articles(
    workspace: Workspace | None, articles: Path | None, choice: Choice
) -> Iterable[Document | Skipped]:
    if articles is not None:
        options = ReadingOptions(FieldNames(choice.columns))
        base = workspace.root if workspace else None
        return read_documents([articles], base=base, options=options)
    if workspace is None:
        msg = "There is no workspace here, so name the articles: annotate predict MODEL ARTICLES."
        raise WorkspaceError(msg)
    return latest_revisions(workspace.read(Document))


def _output(workspace: Workspace | None, output: Place | None) -> Place:
    if isinstance(output, Path) and output.name in {"", ".."}:
        return output.resolve()  # what is written beside it is called after it
    if output is not None:
        return output
    if workspace is None:
        msg = "There is no workspace here, so say where to write: --output FILE."
        raise WorkspaceError(msg)
    return workspace.path(Prediction)


def _inputs(workspace: Workspace | None, articles: Path | None) -> list[Path]:
    if articles is None and workspace is not None:
        return [workspace.path(Document)]
    return [articles] if articles and not is_hub_name(articles) else []


def _chosen(predictions: Iterable[Prediction], choice: Choice) -> Iterable[Prediction]:
    wanted = (p for p in predictions if choice.only is None or p.label == choice.only)
    return wanted if choice.top is None else best(wanted, top=choice.top)
