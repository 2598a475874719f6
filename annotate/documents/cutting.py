"""Where a large file can be cut so that no article is torn."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from annotate.documents.article import NoArticlesError
from annotate.documents.delimited import MAX_FIELD_CHARACTERS, delimiter_of
from annotate.documents.encodings import encoding_of_records
from annotate.documents.parquet import is_damage

_BEGINNING_BYTES = 2**18
_BLOCK_BYTES = 2**20
_MOST_ROW_BYTES = 4 * MAX_FIELD_CHARACTERS
_UTF8 = frozenset({"utf-8", "utf-8-sig"})


@dataclass(frozen=True, slots=True)
class Cut:
    """Bytes ``[start, end)`` of whole lines, the number of the first, and the bytes of a head."""

    start: int
    end: int
    first: int
    head: int = 0


@dataclass(frozen=True, slots=True)
class RowGroup:
    """A group of rows of a Parquet file: how many, and their bytes unpacked."""

    rows: int
    bytes: int


def row_groups(stream: IO[bytes]) -> list[RowGroup]:
    """The groups of rows of a Parquet file.

    Raises:
        NoArticlesError: it is none, or damaged.
        OSError: it cannot be reached.
    """
    import pyarrow
    from pyarrow import parquet

    try:
        found = parquet.read_metadata(stream)
        groups = [found.row_group(number) for number in range(found.num_row_groups)]
    except (pyarrow.ArrowException, OSError, ValueError, LookupError, OverflowError) as error:
        if not is_damage(error):
            raise
        raise NoArticlesError(str(error)) from None
    return [RowGroup(group.num_rows, max(1, group.total_byte_size)) for group in groups]


def cut_lines(stream: IO[bytes], size: int) -> Iterator[Cut]:
    """Pieces of about ``size`` bytes of a file with an article a line.

    Raises:
        NoArticlesError: it is no UTF-8, so that its bytes tell nothing of its lines.
    """
    _check_utf8(stream)
    start, first = 0, 1
    while block := stream.read(size):
        lines = block.count(b"\n")
        if not block.endswith(b"\n"):
            lines += _to_line_end(stream)
        yield Cut(start, stream.tell(), first)
        start, first = stream.tell(), first + lines


def cut_table(stream: IO[bytes], size: int) -> Iterator[Cut]:
    """Pieces of about ``size`` bytes of a table whose quoted fields may hold lines.

    Raises:
        NoArticlesError: it is no UTF-8, or a quote stands where none belongs, so that it is not
            plain where a row ends.
    """
    _check_utf8(stream)
    head = _head(stream)
    text = head.decode("utf-8-sig", "surrogateescape")
    delimiter = delimiter_of(text).encode()
    start, first = len(head), 1 + _line_ends(head)
    while block := stream.read(size):
        block = _whole_rows(stream, block)
        if _has_stray_quote(block, delimiter):
            msg = "has a stray quote"
            raise NoArticlesError(msg)
        yield Cut(start, start + len(block), first, len(head))
        start, first = start + len(block), first + _line_ends(block)


def _check_utf8(stream: IO[bytes]) -> None:
    encoding, _guessed = encoding_of_records(stream.read(_BEGINNING_BYTES))
    if encoding not in _UTF8:
        msg = f"is in {encoding}"
        raise NoArticlesError(msg)
    stream.seek(0)


def _head(stream: IO[bytes]) -> bytes:
    """The row of column names, with the blank lines before it.

    Raises:
        NoArticlesError: a line ends in CR, so rows might be taken for a part of it.
    """
    head = bytearray()
    while row := _whole_rows(stream, b""):
        head += row
        if row.strip(codecs.BOM_UTF8 + b"\r\n"):
            break
    if b"\r" in head.replace(b"\r\n", b""):
        msg = "has lines that end in CR"
        raise NoArticlesError(msg)
    return bytes(head)


def _to_line_end(stream: IO[bytes]) -> int:
    """Read on to the end of the line; returns how many line ends that were."""
    while line := stream.readline(_BLOCK_BYTES):
        if line.endswith(b"\n"):
            return 1
    return 0


def _whole_rows(stream: IO[bytes], block: bytes) -> bytes:
    """The block and what is needed to end it with a row.

    Raises:
        NoArticlesError: no row is as long as that, so a quote was left open.
    """
    more = bytearray()
    quotes = block.count(b'"')
    ended = block.endswith(b"\n") and quotes % 2 == 0
    while not ended and (line := stream.readline(_BLOCK_BYTES)):
        more += line
        quotes += line.count(b'"')
        ended = line.endswith(b"\n") and quotes % 2 == 0
        if len(more) > _MOST_ROW_BYTES:
            msg = "has a quote that is never closed"
            raise NoArticlesError(msg)
    return block + bytes(more)


def _has_stray_quote(block: bytes, delimiter: bytes) -> bool:
    """Whether a quote in whole rows neither opens nor closes a field, nor stands for one.

    Between quotes the stretches are by turns outside and inside of fields; one outside must begin
    and end where fields do. An empty one is a doubled quote.
    """
    outside = block.split(b'"')[::2]
    begins, ends = (delimiter[0], *b"\r\n"), (delimiter[0], *b"\r\n")
    if len(outside) * 2 - 1 != block.count(b'"') + 1:
        return True  # a quote is left open at the end of the file
    opened = any(part and part[-1] not in ends for part in outside[:-1])
    return opened or any(part and part[0] not in begins for part in outside[1:])


def _line_ends(block: bytes) -> int:
    """Line ends as the reading of tables counts them: LF, CRLF, and CR by itself."""
    return block.count(b"\n") + block.count(b"\r") - block.count(b"\r\n")
