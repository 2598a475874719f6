"""A file or a folder to documents, one at a time; what cannot be used is said, not lost."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from annotate.documents.article import Article, UnusableError, to_document
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


def read_documents(paths: Iterable[Path]) -> Iterator[Document | Skipped]:
    """The documents of files and folders, in the order of the names.

    Of folders, text files and JSON Lines are taken, at any depth; hidden files are passed over.

    Args:
        paths: files (``.txt``, ``.jsonl``) or folders.

    Raises:
        InputError: a path does not exist, or a folder holds nothing that can be imported.
    """
    for path in paths:
        if path.is_dir():
            yield from _read_folder(path)
        elif path.is_file():
            yield from _read_file(path, path.name)
        else:
            raise InputError(path, "no such file or folder", "Check the path.")


def _read_folder(folder: Path) -> Iterator[Document | Skipped]:
    found = False
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") for part in inside.parts):
            found = True
            yield from _read_file(path, (folder.resolve().name / inside).as_posix())
    if not found:
        raise InputError(folder, "holds no files", "Put .txt or .jsonl files into it.")


def _read_file(path: Path, name: str) -> Iterator[Document | Skipped]:
    if path.suffix.lower() in _JSON_LINES:
        yield from _read_lines(path, name)
    elif path.suffix.lower() in _PLAIN:
        yield _read_whole(path, name)
    else:
        kinds = ", ".join(sorted(_PLAIN | _JSON_LINES))
        yield Skipped(name, f"is none of the kinds that are read ({kinds})")


def _read_whole(path: Path, name: str) -> Document | Skipped:
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            limit = MAX_FILE_BYTES // 2**20
            return Skipped(name, f"{size // 2**20} MB, more than any article (limit {limit} MB)")
        return to_document(read_plain(path.read_bytes(), name))
    except UnusableError as error:
        return Skipped(name, str(error))
    except OSError as error:
        return Skipped(name, f"cannot be read ({error.strerror})")


def _read_lines(path: Path, name: str) -> Iterator[Document | Skipped]:
    empty = True
    for line in lines(path):
        empty = False
        try:
            found = read_json_line(line, name)
            yield to_document(found) if isinstance(found, Article) else found
        except UnusableError as error:
            yield Skipped(f"{name}:{line.number}", str(error))
    if empty:
        yield Skipped(name, "holds no lines")
