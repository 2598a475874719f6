"""Tables as text (CSV, TSV): fields in quotes may hold lines, and a stray quote costs one row."""

import csv
import io
import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from annotate.documents.article import (
    MAX_CHARACTERS,
    Found,
    NoArticlesError,
    Skipped,
    found_or_skipped,
)
from annotate.documents.encodings import as_utf8
from annotate.documents.entry import Entry
from annotate.documents.options import ReadingOptions
from annotate.documents.rows import article_of, has_twice

_UNDECODED = re.compile(r"[\udc80-\udcff]")
_DELIMITERS = (",", ";", "\t", "|")
MAX_FIELD_CHARACTERS = 4 * MAX_CHARACTERS
"""Longest row; a quote that is open for longer is a stray one."""


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row and the line on which it begins, or what is wrong with it."""

    line: int
    cells: tuple[str, ...] = ()
    problem: str | None = None


def read_delimited(entry: Entry, options: ReadingOptions) -> Iterator[Found]:
    """The articles of a table whose first row names the columns, one row at a time.

    The delimiter is the one of comma, semicolon, tab and bar that the first row has most of.

    Raises:
        NoArticlesError: there is no first row, or no column of it holds text.
    """
    with entry.stream() as raw:
        stream = as_utf8(raw, entry.name, options.remarks)
        lines = _Lines(io.TextIOWrapper(stream, "utf-8", errors="surrogateescape", newline=""))
        while (head := lines.take()) is not None and not head.strip("\r\n"):
            pass
        if head is None:
            msg = "holds no rows"
            raise NoArticlesError(msg)
        lines.put_back([head])
        rows = _rows(lines, delimiter_of(head))
        columns = _columns(next(rows), entry.name, options)
        yield from _articles(rows, columns, entry.name, options)


def read_delimited_part(
    head: str, part: IO[str], *, first: int, name: str, options: ReadingOptions
) -> Iterator[Found]:
    """The articles of some whole rows that were cut out of a table.

    Args:
        head: the row of column names, with its line end and the blank lines before it.
        part: the rows, opened with ``newline=""``.
        first: the number of the line on which they begin.
        name: of the file.
        options: names of fields.

    Raises:
        NoArticlesError: no column of it holds text.
    """
    delimiter = delimiter_of(head)
    columns = _columns(next(_rows(_Lines(io.StringIO(head)), delimiter)), name, options)
    rows = _rows(_Lines(part, number=first - 1), delimiter)
    yield from _articles(rows, columns, name, options)


def delimiter_of(head: str) -> str:
    """What parts the columns: of comma, semicolon, tab and bar what the first row has most of."""
    line = head.lstrip("\r\n").splitlines()[0] if head.strip() else head
    return max(_DELIMITERS, key=_outside_quotes(line).count)


def _columns(head: Row, name: str, options: ReadingOptions) -> tuple[str, ...]:
    if head.problem:
        msg = f"has no row of column names: line {head.line} {head.problem}"
        raise NoArticlesError(msg)
    columns = tuple(cell.strip() for cell in head.cells)
    if not options.names.among(columns).get("text"):
        raise NoArticlesError(options.names.no_text(columns))
    ours = {name for names in options.names.among(columns).values() for name in names}
    for column, count in Counter(columns).items():
        if not column or count == 1:
            continue
        problem = has_twice(column)
        if column in ours:
            msg = f"{problem}; give them different names"
            raise NoArticlesError(msg)
        options.remarks.add(f"{problem}; the last one that says anything counts", name)
    return columns


def _articles(
    rows: Iterator[Row], columns: tuple[str, ...], name: str, options: ReadingOptions
) -> Iterator[Found]:
    """Rows under their columns; of those that follow a stray quote and fit nowhere, one line."""
    stray: list[Row] = []
    for row in rows:
        problem = row.problem or _misfit(row, columns)
        if problem and (row.problem or stray):
            stray.append(row)
            continue
        yield from _told(stray, name)
        stray = []
        if problem:
            yield Skipped(f"{name}:{row.line}", problem)
            continue
        cells = {column: cell for column, cell in zip(columns, row.cells, strict=True) if cell}
        where = f"{name}:{row.line}"
        yield found_or_skipped(where, article_of, cells, name, row.line, options)
    yield from _told(stray, name)


def _told(stray: list[Row], name: str) -> Iterator[Skipped]:
    if stray:
        first, last = stray[0], stray[-1]
        lines = f"{first.line}" + (f"-{last.line}" if last.line > first.line else "")
        yield Skipped(f"{name}:{lines}", f"{first.problem}")


def _misfit(row: Row, columns: tuple[str, ...]) -> str | None:
    if len(row.cells) != len(columns):
        return f"{len(row.cells)} cells under {len(columns)} column names"
    content = "".join(row.cells)
    if "\x00" in content:
        return "holds NUL bytes"
    if not content.isascii() and _UNDECODED.search(content):
        return "holds bytes of another encoding than the rest of the file"
    return None


def _rows(lines: "_Lines", delimiter: str) -> Iterator[Row]:
    """The rows, each of as many lines as its quotes take."""
    csv.field_size_limit(max(csv.field_size_limit(), MAX_FIELD_CHARACTERS))
    while (line := lines.take()) is not None:
        start = lines.number
        if not line.strip("\r\n"):
            continue
        if line == _TOO_LONG:
            yield Row(start, problem=f"is longer than {MAX_FIELD_CHARACTERS:,} characters")
            continue
        yield _row(line, lines, start, delimiter)


def _row(line: str, lines: "_Lines", start: int, delimiter: str) -> Row:
    """The row that begins with a line; of one with a stray quote only that line is used up."""
    buffer, length, last = [line], len(line), line
    while True:
        cells, problem = _parsed([last], delimiter)
        if cells and len(buffer) > 1:
            cells, problem = _parsed(buffer, delimiter)
        if cells:
            return Row(start, cells)
        following = None if problem else lines.take()
        if following is None or length > MAX_FIELD_CHARACTERS or following == _TOO_LONG:
            if following is not None:
                buffer.append(following)
            lines.put_back(buffer[1:])
            return Row(start, problem=problem or "has a quote that is never closed")
        buffer.append(following)
        length += len(following)
        last = f'"{following}'  # as if the quotation began here, so that no line is read twice


def _parsed(lines: list[str], delimiter: str) -> tuple[tuple[str, ...], str | None]:
    """The cells of a row; without any and without a problem where its quotation goes on."""
    try:
        return tuple(next(csv.reader(lines, delimiter=delimiter, strict=True))), None
    except csv.Error as error:
        return (), None if "unexpected end" in str(error) else "has a stray quote"


_TOO_LONG = "\x00too long"


@dataclass(slots=True)
class _Lines:
    """The lines of a text, which can be put back; ``number`` is of the last one taken."""

    stream: IO[str]
    number: int = 0
    _waiting: deque[str] = field(default_factory=deque)

    def take(self) -> str | None:
        if self._waiting:
            line = self._waiting.popleft()
        else:
            line = self.stream.readline(MAX_FIELD_CHARACTERS)
            if line and len(line) >= MAX_FIELD_CHARACTERS and not line.endswith("\n"):
                self._skip()
                line = _TOO_LONG
        if not line:
            return None
        self.number += 1
        return line

    def put_back(self, lines: list[str]) -> None:
        self._waiting.extendleft(reversed(lines))
        self.number -= len(lines)

    def _skip(self) -> None:
        while (rest := self.stream.readline(2**20)) and not rest.endswith("\n"):
            pass


def _outside_quotes(line: str) -> str:
    return "".join(line.split('"')[::2])
