"""Articles in Parquet files, a few rows at a time."""

import io
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any

from annotate.documents.article import Found, NoArticlesError, found_or_skipped
from annotate.documents.entry import Entry
from annotate.documents.limits import Allowance
from annotate.documents.options import ReadingOptions
from annotate.documents.rows import article_of, columns_to_read

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH_ROWS = 16
_PART_ROWS = 64
"""Rows read at once of an archive that is to be labelled: 64 MB of the longest texts taken."""
MAX_BATCH_BYTES = 32 * 2**20
"""Most that a batch may come to, if each of its rows held all that its group of rows holds.

A dictionary can hold one long text for all rows.
"""
_BUFFER_BYTES = 2**20
_MAGIC = b"PAR1"
_NOT_IN_PYTHON = (ValueError, LookupError, OverflowError)
"""What the library raises where Python has no date like that, or no such zone."""


def read_parquet(entry: Entry, options: ReadingOptions) -> Iterator[Found]:
    """The articles of a Parquet file, one row at a time.

    Raises:
        NoArticlesError: not such a file, damaged, or without a column of text.
        OSError: it cannot be reached.
    """
    if not entry.sample().startswith(_MAGIC):
        msg = "is not a Parquet file, whatever its name says"
        raise NoArticlesError(msg)
    empty = True
    with entry.seekable() as stream:
        for found in _articles(_rows(stream, options), entry.name, 0, options):
            empty = False
            yield found
    if empty:
        msg = "holds no rows"
        raise NoArticlesError(msg)


def read_parquet_rows(
    stream: IO[bytes], name: str, start: int, end: int, options: ReadingOptions
) -> Iterator[Found]:
    """The articles of the rows ``[start, end)`` of a Parquet file; columns of no use are not read.

    Raises:
        NoArticlesError: it is damaged; articles may have come before.
        OSError: it cannot be reached.
    """
    return _articles(_rows_between(stream, start, end, options), name, start, options)


def rows_of(batch: "pa.RecordBatch") -> list[dict[str, Any]]:
    """The rows of a table; a date that Python cannot hold is a text that tells what stands there.

    Raises:
        ValueError: a text is no UTF-8.
    """
    try:
        rows: list[dict[str, Any]] = batch.to_pylist()
    except _NOT_IN_PYTHON:
        columns = map(_values, batch.columns)
        names = batch.schema.names
        return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    return rows


def _values(column: "pa.Array") -> list[Any]:
    try:
        values: list[Any] = column.to_pylist()
    except _NOT_IN_PYTHON:
        return [_value(cell) for cell in column]
    return values


def _value(cell: "pa.Scalar") -> Any:  # noqa: ANN401  whatever a file holds
    """The value of a cell, with a moment of a zone that nobody knows in UTC."""
    import pyarrow as pa

    try:
        return cell.as_py()
    except _NOT_IN_PYTHON:
        if isinstance(cell, pa.StructScalar):
            return {name: _value(part) for name, part in cell.items()}
        if isinstance(cell, pa.ListScalar):
            return [_value(part) for part in cell.values]
        if isinstance(cell, pa.TimestampScalar) and cell.type.tz not in {None, "UTC"}:
            return _value(cell.cast(pa.timestamp(cell.type.unit, "UTC")))
        if pa.types.is_temporal(cell.type):
            return f"{cell.value} ({cell.type})"
        raise


def is_damage(error: Exception) -> bool:
    """Whether an error of the library tells of damage, not of a file that cannot be reached.

    For damage it raises an `OSError` too, but one without a number.
    """
    return not isinstance(error, OSError) or error.errno is None


def _articles(
    rows: Iterator[dict[str, Any]], name: str, number: int, options: ReadingOptions
) -> Iterator[Found]:
    """The articles of rows; ``number`` is of the row before them, from 1."""
    import pyarrow

    try:
        for row in rows:
            number += 1
            where = f"{name}:{number}"
            yield found_or_skipped(where, article_of, row, name, number, options)
    except (pyarrow.ArrowException, OSError, ValueError, LookupError, OverflowError) as error:
        if not is_damage(error):
            raise
        after = f" after row {number}" if number else ""
        msg = f"is damaged{after} ({' '.join(str(error).split())[:100]})"
        raise NoArticlesError(msg) from None


def _rows_between(
    stream: IO[bytes], start: int, end: int, options: ReadingOptions
) -> Iterator[dict[str, Any]]:
    from pyarrow import parquet

    length = stream.seek(0, io.SEEK_END)
    file = parquet.ParquetFile(stream, buffer_size=_BUFFER_BYTES, pre_buffer=False)
    columns = columns_to_read(file.schema_arrow.names, options)
    allowance, first = Allowance(lambda: length), 0
    for group in range(file.num_row_groups):
        begins, rows = first, file.metadata.row_group(group).num_rows
        first += rows
        if begins + rows <= start or begins >= end:
            continue
        allowance.take(max(1, file.metadata.row_group(group).total_byte_size))
        reading = file.iter_batches(
            _PART_ROWS, row_groups=[group], columns=columns, use_threads=False
        )
        for batch in reading:
            wanted = slice(max(0, start - begins), max(0, end - begins))
            yield from rows_of(batch[wanted])
            begins += batch.num_rows
            if begins >= end:
                break


def _rows(stream: IO[bytes], options: ReadingOptions) -> Iterator[dict[str, Any]]:
    from pyarrow import parquet

    length = stream.seek(0, io.SEEK_END)
    file = parquet.ParquetFile(stream, buffer_size=_BUFFER_BYTES, pre_buffer=False)
    columns_to_read(file.schema_arrow.names, options)
    allowance = Allowance(lambda: length)
    for number in range(file.num_row_groups):
        # Not asked for its columns: a damaged one makes the library end the whole process.
        size = max(1, file.metadata.row_group(number).total_byte_size)
        allowance.take(size)
        rows = max(1, min(_BATCH_ROWS, MAX_BATCH_BYTES // size))
        for batch in file.iter_batches(rows, row_groups=[number], use_threads=False):
            yield from rows_of(batch)
