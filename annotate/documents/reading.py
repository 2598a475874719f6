"""A file or a folder to documents, one at a time; what cannot be used is said, not lost."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from annotate.documents.article import Article, NoArticlesError, UnusableError, to_document
from annotate.documents.json_lines import read_json_line
from annotate.documents.plain import read_plain
from annotate.errors import InputError
from annotate.jsonl import lines
from annotate.records import Document

_PLAIN = frozenset({".txt", ".text"})
_JSON_LINES = frozenset({".jsonl", ".ndjson"})
MAX_FILE_BYTES = 16 * 2**20
"""Largest file that is read as one article."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file, or a line of one, that gave no document, and why."""

    where: str
    reason: str

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}"


def read_documents(
    paths: Iterable[Path], *, base: Path | None = None
) -> Iterator[Document | Skipped]:
    """The documents of files and folders, in the order of the names.

    Of folders, text files and JSON Lines are taken, at any depth; hidden files are passed over.

    Args:
        paths: files (``.txt``, ``.jsonl``) or folders.
        base: the folder that the names of sources start from, by default the current one.

    Raises:
        InputError: a path does not exist, or a folder holds nothing that can be imported.
    """
    for path in paths:
        if path.is_dir():
            yield from _read_folder(path, base or Path())
        elif path.is_file():
            yield from _read_file(path, base or Path())
        else:
            raise InputError(path, "no such file or folder", "Check the path.")


def _read_folder(folder: Path, base: Path) -> Iterator[Document | Skipped]:
    found = False
    unread: list[OSError] = []
    for parent, folders, names in os.walk(folder, onerror=unread.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                found = True
                yield from _read_file(Path(parent, name), base)
    for error in unread:
        yield Skipped(_name(Path(str(error.filename)), base), f"cannot be read ({error.strerror})")
    if not (found or unread):
        raise InputError(folder, "holds no files", "Put .txt or .jsonl files into it.")


def _read_file(path: Path, base: Path) -> Iterator[Document | Skipped]:
    name = _name(path, base)
    try:
        if path.suffix.lower() in _JSON_LINES:
            yield from _read_lines(path, name)
        elif path.suffix.lower() in _PLAIN:
            yield _read_whole(path, name)
        else:
            kinds = ", ".join(sorted(_PLAIN | _JSON_LINES))
            yield Skipped(name, f"is none of the kinds that are read ({kinds})")
    except OSError as error:
        yield Skipped(name, f"cannot be read ({error.strerror})")


def _name(path: Path, base: Path) -> str:
    """Where a file is: below ``base``, else by the last three parts of its path.

    The rest of a path is nobody's business in a data set. Bytes that are no UTF-8 are replaced.
    """
    whole, root = path.resolve(), base.resolve()
    inside = whole.relative_to(root) if whole.is_relative_to(root) else Path(*whole.parts[-3:])
    return inside.as_posix().encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _read_whole(path: Path, name: str) -> Document | Skipped:
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            limit = MAX_FILE_BYTES // 2**20
            return Skipped(name, f"{size // 2**20} MB, more than any article (limit {limit} MB)")
        return to_document(read_plain(path.read_bytes(), name))
    except UnusableError as error:
        return Skipped(name, str(error))


def _read_lines(path: Path, name: str) -> Iterator[Document | Skipped]:
    empty = True
    for line in lines(path):
        empty = False
        try:
            found = read_json_line(line, name)
            yield to_document(found) if isinstance(found, Article) else found
        except NoArticlesError as error:
            yield Skipped(name, str(error))
            return
        except UnusableError as error:
            yield Skipped(f"{name}:{line.number}", str(error))
    if empty:
        yield Skipped(name, "holds no lines")
