"""A model let loose on an archive: piece by piece, by several processes, and never twice."""

import csv
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from annotate import __version__
from annotate.documents.pieces import Piece, cut
from annotate.errors import InputError
from annotate.files import remove_unfinished
from annotate.models.recipes import ENCODING
from annotate.prediction import Ledger, Run
from annotate.prediction.engines import Engine
from annotate.prediction.parts import MOST_PARTS, join, remove_unfinished_parts
from annotate.settings import Settings
from annotate.sidecar import write_sidecar
from annotate.stores import Place, delivered, files_in, from_root, remove
from annotate.tables import spreadsheet_safe
from annotate.workflows.archive_work import Archive, Job, NumberedPiece, PieceLabeller, Target
from annotate.workflows.training import NamedModel

_MOST_TOLD = 5


class Progress(Protocol):
    """Is told how many articles are done, and about how many there are."""

    def __call__(self, done: int, total: int | None = None) -> None: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class ArchiveLabelled:
    """What was labelled and where it was written."""

    written: int
    documents: int
    path: Place
    skipped: int
    first_skipped: tuple[tuple[str, str], ...]
    """Of the first ones where each stood, and why."""
    skipped_file: Place | None
    resumed: int
    """Articles that an earlier run had done."""


def label_archive(
    model: NamedModel,
    archive: Archive,
    target: Target,
    *,
    settings: Settings,
    only: str | None = None,
    engine: Engine | None = None,
    on_progress: Progress = lambda _done, _total=None: None,
) -> ArchiveLabelled:
    """Label every sentence of an archive; a run that was cut off goes on where it stopped.

    The output does not depend on the number of processes, nor on where a run was cut off.

    Args:
        model: with its name and manifest.
        archive: what to label.
        target: where to write.
        settings: how articles are divided into sentences.
        only: write this label alone.
        engine: who does the work; default: processes of this machine.
        on_progress: told as articles are done.

    Raises:
        InputError: there is nothing to label, or in too many files.
        LedgerError: the output is of another model or input, or another process is at it.
        StoreError: an object store refuses or does not answer.
        LostProcessError: a piece ends every process that works on it.
        MissingExtraError: Ray is asked for and not installed.
        ClusterError: a Ray cluster cannot be reached, or gave the work up.
    """
    pieces = list(
        cut(archive.files, base=archive.base, folder=archive.folder, options=archive.options)
    )
    if len(pieces) > MOST_PARTS:
        problem = f"is in more than {MOST_PARTS:,} pieces"
        remedy = "Put small files together, or label one folder after the other."
        raise InputError(str(archive.path), problem, remedy)
    with Ledger.opened(
        target.parts, _run(model, archive, target, settings, only, pieces)
    ) as ledger:
        remove_unfinished_parts(target.parts)
        _check_parts(ledger, target)
        resumed = ledger.articles
        work = [NumberedPiece(n, p) for n, p in enumerate(pieces) if n not in ledger.done]
        there = replace(target, path=from_root(target.path))
        job = Job(model.folder.absolute(), archive, there, settings, only, model.manifest.digest)
        make = partial(PieceLabeller.load, job)
        for done in _for_model(engine or Engine(), model).run(make, work):
            ledger.add(done)
            on_progress(ledger.articles, ledger.articles * len(pieces) // len(ledger.done))
        return _finish(model, archive, target, ledger, resumed)


def _run(
    model: NamedModel,
    archive: Archive,
    target: Target,
    settings: Settings,
    only: str | None,
    pieces: Sequence[Piece],
) -> Run:
    told = {
        "annotate": __version__,
        "name": model.name,
        "segmenter": settings.segmenter,
        "language": settings.language,
        "units": settings.units.model_dump(),
        "columns": dict(archive.columns),
        "form": target.form,
        "only": only,
    }
    names = hashlib.sha256(json.dumps([piece.name for piece in pieces]).encode()).hexdigest()
    return Run(model.manifest.digest, archive.digest, names, json.dumps(told), len(pieces))


def _for_model(engine: Engine, model: NamedModel) -> Engine:
    """Without GPUs, if nothing else was said, for a model that has no use for them."""
    no_use = engine.gpus is None and model.manifest.recipe not in ENCODING
    return replace(engine, gpus=0) if no_use else engine


def _check_parts(ledger: Ledger, target: Target) -> None:
    """Have those pieces done again whose parts are gone, or are not what was written."""
    sizes = files_in(target.parts)
    for number in sorted(ledger.done):
        if sizes.get(target.part(number).name) != ledger.told(number).size:
            ledger.forget(number)


def _finish(
    model: NamedModel, archive: Archive, target: Target, ledger: Ledger, resumed: int
) -> ArchiveLabelled:
    for place in (target.path, target.refused, target.sidecar):
        if isinstance(place, Path):
            remove_unfinished(place)
    if not ledger.articles:
        where, reason = next(_refused(ledger), (str(archive.path), "holds no articles"))
        target.remove_parts()
        problem = f"nothing could be read: {where}: {reason}"
        raise InputError(str(archive.path), problem, "Name files with an article a row.")
    if target.is_file:
        parts = [target.part(number) for number in sorted(ledger.done)]
        join(parts, target.path, target.form, model.model.labels)
    remove_unfinished_parts(target.parts)  # of processes that died and were replaced
    _list_refused(ledger, target.refused)
    _say_how(target, {"input": archive.digest, "articles": ledger.articles})
    first = tuple(islice(_refused(ledger), _MOST_TOLD))
    if target.is_file:
        target.remove_parts()
    return ArchiveLabelled(
        written=ledger.rows,
        documents=ledger.articles,
        path=target.path,
        skipped=ledger.refused,
        first_skipped=first,
        skipped_file=target.refused if ledger.refused else None,
        resumed=resumed,
    )


def _refused(ledger: Ledger) -> Iterator[tuple[str, str]]:
    for number in sorted(ledger.done):
        yield from ledger.told(number).refused


def _say_how(target: Target, options: dict[str, Any]) -> None:
    if isinstance(target.path, Path):
        write_sidecar(target.path, command="predict", options=options)
        return
    with delivered(target.sidecar) as temporary:
        here = temporary.with_name(target.path.name)
        write_sidecar(here, command="predict", options=options)


def _list_refused(ledger: Ledger, place: Place) -> None:
    if not ledger.refused:
        remove(place)
        return
    with delivered(place) as temporary, temporary.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(("article", "reason"))
        for row in _refused(ledger):
            writer.writerow([spreadsheet_safe(cell) for cell in row])
