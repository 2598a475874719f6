"""Large files in pieces that can be read each by itself, always cut at the same places.

The articles of all pieces are those that `read_documents` finds, with the same keys, copies
included. A file that cannot be cut without reading it as a whole (packed, in an old encoding, a
table with stray quotes) is one piece.
"""

import io
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import IO, Literal

from annotate.documents.article import Found, NoArticlesError, Skipped, found_or_skipped
from annotate.documents.cutting import cut_lines, cut_table, row_groups
from annotate.documents.delimited import read_delimited_part
from annotate.documents.entry import Entry
from annotate.documents.json_lines import read_json_line
from annotate.documents.kinds import PACKED, kind_of
from annotate.documents.options import ReadingOptions
from annotate.documents.parquet import read_parquet_rows
from annotate.documents.reading import as_document, read_entry, source_name
from annotate.errors import InputError
from annotate.jsonl import Line, numbered
from annotate.records import Document
from annotate.stores import Address, File, Place, as_place, opened

_LINES, _TABLES = frozenset({".jsonl", ".ndjson"}), frozenset({".csv", ".tsv"})
TABULAR = _LINES | _TABLES | {".parquet"}
"""Endings of files that hold an article a row."""
_PIECES = 64
_LEAST_BYTES, _MOST_BYTES = 2**20, 64 * 2**20
_MOST_OF_GROUP = 16
"""Pieces of one group of rows at most: each has to be unpacked from the group's beginning."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a file that holds whole articles.

    Attributes:
        path: the file, or its address.
        name: what it is called in messages and keys.
        kind: whether ``start`` and ``end`` are bytes of lines, bytes of a table, or rows; a
            whole file has neither.
        start, end: ``[start, end)``.
        first: the number of its first line or row, from 1.
        head: bytes at the beginning of the file that name the columns of a table.
    """

    path: str
    name: str
    kind: Literal["whole", "lines", "table", "rows"] = "whole"
    start: int = 0
    end: int = 0
    first: int = 1
    head: int = 0


def tabular_files(place: Place) -> list[File]:
    """The files of an archive with an article a row: one file, or all of a folder, in order.

    Hidden files, and those whose names begin with an underscore, are passed over.

    Returns:
        Nothing where there is a file of another kind among them, or a link to a file that leads
        out.

    Raises:
        InputError: a folder or file of such an archive cannot be read, or a folder is a link.
        StoreError: an address holds nothing, or its store refuses or does not answer.
    """
    if isinstance(place, Address):
        found = _listed(place)
        return found if all(_kind(file.place.name) for file in found) else []
    try:
        return _walked(place)
    except OSError as error:
        raise _unreachable(error.filename or place, error) from None


def _listed(address: Address) -> list[File]:
    start = len(str(address))
    parts = ((file, str(file.place)[start:].strip("/").split("/")) for file in address.files())
    return [file for file, names in parts if not any(n.startswith((".", "_")) for n in names)]


def _walked(path: Path) -> list[File]:
    if not path.is_dir():
        return [File.on_disk(path)] if path.is_file() and _kind(path.name) else []
    found: list[Path] = []
    folder_links: list[Path] = []
    unread: list[OSError] = []
    root = path.resolve()
    for parent, folders, files in os.walk(path, onerror=unread.append):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "_")))
        folder_links += [link for name in folders if (link := Path(parent, name)).is_symlink()]
        found += [Path(parent, name) for name in sorted(files) if not name.startswith((".", "_"))]
    if not all(_kind(file.name) and file.resolve().is_relative_to(root) for file in found):
        return []
    if found and unread:
        raise unread[0]
    if found and folder_links:
        problem = "is a link to a folder, which is not followed"
        raise InputError(folder_links[0], problem, "Move the folder there, or take the link away.")
    return [File.on_disk(file) for file in found]


def cut(
    files: Iterable[File], *, base: Path | None, folder: Place | None, options: ReadingOptions
) -> Iterator[Piece]:
    """The pieces of files, in order: at least 64 in all, of 1 to 64 MB each.

    Args:
        files: as `tabular_files` gives them.
        base: the folder that names start from, by default the current one.
        folder: the folder that was named, if it was one.
        options: names of fields.

    Raises:
        InputError: a file cannot be read.
        StoreError: a store refuses or does not answer.
    """
    files = list(files)
    size = min(_MOST_BYTES, max(_LEAST_BYTES, sum(file.size for file in files) // _PIECES))
    for file in files:
        name = _name(file.place, base, folder)
        try:
            pieces = list(_cut(file, name, size))
        except NoArticlesError:
            pieces = []
        except OSError as error:
            raise _unreachable(file.place, error) from None
        divided = len(pieces) > 1 or (pieces and pieces[0].kind == "rows")
        yield from pieces if divided else [Piece(str(file.place), name)]


def read_piece(piece: Piece, options: ReadingOptions) -> Iterator[Document | Skipped]:
    """The articles of a piece, and why others could not be read.

    Raises:
        InputError: its file cannot be reached, now at least: nobody knows what it holds.
        StoreError: a store refuses or does not answer.
    """
    try:
        if piece.kind == "whole":
            yield from _read_whole(piece, options)
            return
        for found in _read(piece, options):
            yield as_document(found, options)
    except NoArticlesError as error:
        yield Skipped(piece.name, str(error))
    except OSError as error:
        raise _unreachable(piece.path, error) from None


def _read_whole(piece: Piece, options: ReadingOptions) -> Iterator[Document | Skipped]:
    place = as_place(piece.path)
    if isinstance(place, Path) and not S_ISREG(place.stat().st_mode):
        yield Skipped(piece.name, "is no ordinary file")
    else:
        yield from read_entry(Entry(piece.name, lambda: opened(place)), options)


def _unreachable(path: object, error: OSError) -> InputError:
    problem = f"cannot be read ({error.strerror or error})"
    return InputError(str(path), problem, "See that it can be, then give the command again.")


def _on_disk(folder: Place | None) -> Path | None:
    return folder if isinstance(folder, Path) else None


def _name(place: Place, base: Path | None, folder: Place | None) -> str:
    """What a file is called; in a store by the last parts of its address, as on a disk."""
    if isinstance(place, Path):
        return source_name(place, base=base, folder=_on_disk(folder))
    parts = place.path.split("/")
    above = len(folder.path.split("/")) if isinstance(folder, Address) else len(parts) - 1
    return "/".join(parts[max(0, above - 2) :])


def _kind(name: str) -> str | None:
    """The ending of a file with an article a row, the ending of its packing off."""
    kind = kind_of(name)
    inner = kind_of(name[: -len(kind)]) if kind in PACKED else kind
    return kind if inner in TABULAR else None


def _cut(file: File, name: str, size: int) -> Iterator[Piece]:
    where, kind = str(file.place), _kind(file.place.name)
    if kind in PACKED or (kind != ".parquet" and file.size <= size):
        return  # not opened at all: in a store each opening costs
    with opened(file.place) as stream:
        if kind == ".parquet":
            for start, end in _row_cuts(stream, size):
                yield Piece(where, name, "rows", start, end, start + 1)
        elif kind in _LINES:
            for at in cut_lines(stream, size):
                yield Piece(where, name, "lines", at.start, at.end, at.first)
        else:
            for at in cut_table(stream, size):
                yield Piece(where, name, "table", at.start, at.end, at.first, at.head)


def _row_cuts(stream: IO[bytes], size: int) -> Iterator[tuple[int, int]]:
    """Rows ``[start, end)``: small groups of rows together, large ones divided."""
    start = end = held = 0
    for group in row_groups(stream):
        parts = min(_MOST_OF_GROUP, max(1, group.rows), -(-group.bytes // size))
        if held and (held + group.bytes > size or parts > 1):
            yield start, end
            start, held = end, 0
        for part in range(1, parts):
            yield start, end + group.rows * part // parts
            start = end + group.rows * part // parts
        end += group.rows
        held += group.bytes // max(1, parts)
    if end > start:
        yield start, end


def _read(piece: Piece, options: ReadingOptions) -> Iterator[Found]:
    with opened(as_place(piece.path)) as stream:
        if piece.kind == "rows":
            yield from read_parquet_rows(stream, piece.name, piece.start, piece.end, options)
        elif piece.kind == "lines":
            yield from _read_lines(piece, _part(stream, piece), options)
        else:
            head = stream.read(piece.head).decode("utf-8-sig", "surrogateescape")
            rows = io.TextIOWrapper(
                _part(stream, piece), "utf-8", errors="surrogateescape", newline=""
            )
            yield from read_delimited_part(
                head, rows, first=piece.first, name=piece.name, options=options
            )


def _read_lines(piece: Piece, part: IO[bytes], options: ReadingOptions) -> Iterator[Found]:
    for line in numbered(part):
        placed = Line(line.number + piece.first - 1, line.text, line.problem)
        where = f"{piece.name}:{placed.number}"
        yield found_or_skipped(where, read_json_line, placed, piece.name, options)


def _part(stream: IO[bytes], piece: Piece) -> IO[bytes]:
    stream.seek(piece.start)
    return io.BytesIO(stream.read(piece.end - piece.start))
