"""Articles in Parquet files, a few rows at a time."""

from collections.abc import Iterator
from typing import IO, Any

from annotate.documents.article import Found, NoArticlesError, Skipped, UnusableError
from annotate.documents.entry import Entry
from annotate.documents.options import ReadingOptions
from annotate.documents.rows import article_of

_BATCH_ROWS = 256
_BUFFER_BYTES = 2**20
_MAGIC = b"PAR1"


def read_parquet(entry: Entry, options: ReadingOptions) -> Iterator[Found]:
    """The articles of a Parquet file, one row at a time.

    Raises:
        NoArticlesError: not such a file, damaged, or without a column of text.
    """
    import pyarrow

    if not entry.sample().startswith(_MAGIC):
        msg = "is not a Parquet file, whatever its name says"
        raise NoArticlesError(msg)
    with entry.seekable() as stream:
        number = 0
        try:
            for row in _rows(stream, options):
                number += 1
                yield _one(row, entry.name, number, options)
        except (pyarrow.ArrowException, OSError, ValueError, OverflowError) as error:
            after = f" after row {number}" if number else ""
            msg = f"is damaged{after} ({' '.join(str(error).split())[:100]})"
            raise NoArticlesError(msg) from None
    if not number:
        msg = "holds no rows"
        raise NoArticlesError(msg)


def _one(row: dict[str, Any], name: str, number: int, options: ReadingOptions) -> Found:
    try:
        return article_of(row, name, number, options)
    except NoArticlesError:
        raise
    except UnusableError as error:
        return Skipped(f"{name}:{number}", str(error))


def _rows(stream: IO[bytes], options: ReadingOptions) -> Iterator[dict[str, Any]]:
    from pyarrow import parquet

    file = parquet.ParquetFile(stream, buffer_size=_BUFFER_BYTES, pre_buffer=False)
    columns = file.schema_arrow.names
    if not options.names.among(columns).get("text"):
        raise NoArticlesError(options.names.no_text(columns))
    for batch in file.iter_batches(batch_size=_BATCH_ROWS, use_threads=False):
        yield from batch.to_pylist()
