"""A model let loose on an archive: piece by piece, by several processes, and never twice."""

import csv
import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Protocol

from annotate import __version__
from annotate.documents.pieces import Piece, cut
from annotate.errors import InputError
from annotate.files import atomic_file
from annotate.prediction import Ledger, Run
from annotate.prediction.engines import Engine
from annotate.prediction.parts import join, remove_unfinished
from annotate.settings import Settings
from annotate.sidecar import write_sidecar
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
    path: Path
    skipped: int
    first_skipped: tuple[tuple[str, str], ...]
    """Of the first ones where each stood, and why."""
    skipped_file: Path | None
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
        InputError: there is nothing to label.
        LedgerError: the output is of another model or input, or another process is at it.
        LostProcessError: a piece ends every process that works on it.
        MissingExtraError: Ray is asked for and not installed.
        ClusterError: a Ray cluster cannot be reached, or gave the work up.
    """
    pieces = list(
        cut(archive.files, base=archive.base, folder=archive.folder, options=archive.options)
    )
    with Ledger.opened(
        target.parts, _run(model, archive, target, settings, only, pieces)
    ) as ledger:
        remove_unfinished(target.parts)
        _check_parts(ledger, target)
        resumed = ledger.articles
        work = [NumberedPiece(n, p) for n, p in enumerate(pieces) if n not in ledger.done]
        place = replace(target, path=target.path.absolute())
        job = Job(model.folder.absolute(), archive, place, settings, only)
        make = partial(PieceLabeller.load, job)
        for done in (engine or Engine()).run(make, work):
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
    digest = hashlib.sha256(model.manifest.model_dump_json().encode()).hexdigest()
    return Run(digest, archive.digest, json.dumps(told), len(pieces))


def _check_parts(ledger: Ledger, target: Target) -> None:
    """Have those pieces done again whose parts are gone, or are not what was written."""
    for number in sorted(ledger.done):
        path = target.part(number)
        if not path.is_file() or path.stat().st_size != ledger.told(number).size:
            ledger.forget(number)


def _finish(
    model: NamedModel, archive: Archive, target: Target, ledger: Ledger, resumed: int
) -> ArchiveLabelled:
    if not ledger.articles:
        where, reason = next(_refused(ledger), (str(archive.path), "holds no articles"))
        shutil.rmtree(target.parts)
        problem = f"nothing could be read: {where}: {reason}"
        raise InputError(str(archive.path), problem, "Name files with an article a row.")
    if target.is_file:
        parts = [target.part(number) for number in sorted(ledger.done)]
        join(parts, target.path, target.form, model.model.labels)
    remove_unfinished(target.parts)  # of processes that died and were replaced
    _list_refused(ledger, target.refused)
    options = {"input": archive.digest, "articles": ledger.articles}
    write_sidecar(target.path, command="predict", options=options)
    if target.is_file:
        shutil.rmtree(target.parts)
    return ArchiveLabelled(
        written=ledger.rows,
        documents=ledger.articles,
        path=target.path,
        skipped=ledger.refused,
        first_skipped=tuple(islice(_refused(ledger), _MOST_TOLD)),
        skipped_file=target.refused if ledger.refused else None,
        resumed=resumed,
    )


def _refused(ledger: Ledger) -> Iterator[tuple[str, str]]:
    for number in sorted(ledger.done):
        yield from ledger.told(number).refused


def _list_refused(ledger: Ledger, path: Path) -> None:
    if not ledger.refused:
        path.unlink(missing_ok=True)
        return
    with atomic_file(path) as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(("article", "reason"))
        for row in _refused(ledger):
            writer.writerow([spreadsheet_safe(cell) for cell in row])
