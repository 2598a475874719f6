"""Articles of any kind of file into the documents of a workspace."""

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from annotate import jsonl
from annotate.documents import (
    DiskShelf,
    Merged,
    ReadingOptions,
    Skipped,
    merge_into,
    read_documents,
)
from annotate.errors import ImportRefusedError, WorkspaceError
from annotate.files import sha256_of
from annotate.records import Document
from annotate.sidecar import write_sidecar
from annotate.workspace import Workspace

_REPORT_EVERY = 100


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import found and what became of it."""

    added: int
    merged: int
    revised: int
    unchanged: int
    documents: int
    """All documents of the workspace afterwards."""
    skipped: int
    remarks: tuple[str, ...]
    """What was taken for granted: names of fields, encodings, zones of dates."""


def import_documents(
    workspace: Workspace,
    paths: Sequence[Path],
    *,
    strict: bool,
    options: ReadingOptions | None = None,
    on_skipped: Callable[[Skipped], None] = lambda _skipped: None,
    on_document: Callable[[int, None], None] = lambda _done, _total: None,
) -> Imported:
    """Add articles to the workspace; memory does not grow with their number.

    Args:
        workspace: where to.
        paths: files, folders, archives, or names of data sets as ``hf:NAME``.
        strict: whether anything skipped makes it an error.
        options: names of fields and the zone of dates.
        on_skipped: told of everything skipped, once the documents are written.
        on_document: told now and then how many were read, and None.

    Raises:
        InputError: a path is missing, or a folder is empty.
        MissingExtraError: a format needs what is not installed.
        ImportRefusedError: nothing could be taken, or ``strict`` and something was skipped.
            Nothing is written then.
        WorkspaceError: the workspace is a quiz.
    """
    if workspace.is_quiz:
        msg = f"{workspace.root} is a quiz, which takes no articles. Import into the one above it."
        raise WorkspaceError(msg)
    hashes = _Hashes(paths)
    options = replace(options or ReadingOptions(), on_read=hashes.add)
    merged = Merged()
    with (
        workspace.locked(),
        _SkippedFile.in_folder(workspace.state) as skipped,
        DiskShelf.in_folder(workspace.state) as shelf,
    ):
        for document in workspace.existing(Document):
            shelf.put(document, at_end=False)
        found = read_documents(paths, base=workspace.root, options=options)
        for count, document in enumerate(skipped.without(found), start=1):
            merged.count(merge_into(shelf, document))
            if count % _REPORT_EVERY == 0:
                on_document(count, None)
        taken = merged.added + merged.merged + merged.revised + merged.unchanged
        if skipped.first and (strict or not taken):
            raise ImportRefusedError(skipped.first, skipped=skipped.count, strict=bool(taken))
        path = workspace.path(Document)
        count = jsonl.write_lines(path, shelf.lines())
        write_sidecar(path, command="import", inputs=hashes.without(path))
        skipped.tell(on_skipped)
    return Imported(
        added=merged.added,
        merged=merged.merged,
        revised=merged.revised,
        unchanged=merged.unchanged,
        documents=count,
        skipped=skipped.count,
        remarks=tuple(options.remarks.lines()),
    )


class _Hashes:
    """Of each input the hash of what was read of it.

    It is that of a file, or of the names and hashes of a folder's files in the order of reading.
    """

    def __init__(self, inputs: Iterable[Path]) -> None:
        self._inputs = frozenset(inputs)
        self._files: dict[Path, str] = {}
        self._folders = {each: hashlib.sha256() for each in self._inputs if each.is_dir()}

    def add(self, file: Path) -> None:
        """Count in a file that was read."""
        found = sha256_of(file)
        for each in self._inputs.intersection((file, *file.parents)):
            if each == file:
                self._files[file] = found
            else:
                line = f"{file.relative_to(each).as_posix()} {found}\n"
                self._folders[each].update(line.encode("utf-8", "surrogateescape"))

    def without(self, made: Path) -> dict[Path, str]:
        """The hashes, but for that of the file that is about to be replaced."""
        folders = {folder: found.hexdigest() for folder, found in self._folders.items()}
        files = {
            file: found for file, found in self._files.items() if file.resolve() != made.resolve()
        }
        return files | folders


class _SkippedFile:
    """What was skipped, in a temporary file until it is clear what becomes of the import."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self.first: str | None = None
        self.count = 0

    @classmethod
    @contextmanager
    def in_folder(cls, folder: Path) -> Iterator["_SkippedFile"]:
        with tempfile.TemporaryFile("w+", dir=folder, encoding="utf-8") as file:
            yield cls(file)

    def without(self, found: Iterable[Document | Skipped]) -> Iterator[Document]:
        """The documents alone; the rest is kept here."""
        for entry in found:
            if isinstance(entry, Document):
                yield entry
                continue
            self.first = self.first or str(entry)
            self.count += 1
            self._file.write(json.dumps([entry.where, entry.reason]) + "\n")

    def tell(self, listener: Callable[[Skipped], None]) -> None:
        """Tell of everything that was kept, in order."""
        self._file.seek(0)
        for line in self._file:
            listener(Skipped(*json.loads(line)))
