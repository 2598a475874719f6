"""Tables of predictions to the parts of an output, and parts to one file."""

import csv
import gzip
import io
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal, cast

from annotate.errors import ModelError
from annotate.prediction.columns import DIFFERENT, FLAT, SCORE, flat_schema
from annotate.records import Prediction
from annotate.stores import Place, delivered, files_in, opened, remove_files
from annotate.tables import spreadsheet_safe

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

Form = Literal["parquet", "jsonl", "csv", "jsonl.gz", "csv.gz"]
FORMS: tuple[Form, ...] = ("parquet", "jsonl", "csv", "jsonl.gz", "csv.gz")
Write = Callable[["pa.RecordBatch"], None]
_GROUP_ROWS = 50_000
"""Rows of a group in Parquet files: few enough to be held in memory, enough to be read fast."""
_GZIP_LEVEL = 6
_COPY_BYTES = 2**20
_DIGITS = 6
MOST_PARTS = 10**_DIGITS
"""Beyond these the order of names would no longer be that of the parts."""


def part_name(number: int, form: Form) -> str:
    """The name of a part; in the order of names they are in that of the input."""
    return f"part-{number:0{_DIGITS}}.{form}"


def as_form(name: str | None) -> Form | None:
    """The kind of file of this name.

    Raises:
        ModelError: there is none.
    """
    if name is None:
        return None
    form = next((kind for kind in FORMS if kind == name), None)
    if form is None:
        msg = f"--format: there is no kind {name!r}. Use one of {', '.join(FORMS)}."
        raise ModelError(msg)
    return form


@contextmanager
def part(place: Place, form: Form, labels: Sequence[str]) -> Iterator[Write]:
    """A part that stands whole in its place, and for good, when the block ends.

    Yields the function that adds a table to it. What it holds depends on nothing but the rows.

    Args:
        place: where it shall be.
        form: what kind of file it is.
        labels: in the order of the columns of scores.
    """
    with delivered(place) as temporary:
        if form == "parquet":
            with _parquet(temporary, labels) as write:
                yield write
            return
        with temporary.open("wb") as raw:
            raw.write(_head(form, labels))
            with _packed(raw) if form.endswith(".gz") else nullcontext(raw) as stream:
                yield _csv(stream) if form.startswith("csv") else _json_lines(stream, labels)


def remove_unfinished_parts(folder: Place) -> None:
    """Take away the parts that were being written when their process died."""
    remove_files(folder, [name for name in files_in(folder) if name.startswith(".part-")])


def join(parts: Iterable[Place], place: Place, form: Form, labels: Sequence[str]) -> None:
    """Put parts one after the other into one file, in memory that does not grow with them."""
    with delivered(place) as temporary:
        if form == "parquet":
            _join_parquet(parts, temporary, labels)
        else:
            _join_text(parts, temporary, head=_head(form, labels))


@contextmanager
def _parquet(path: Path, labels: Sequence[str]) -> Iterator[Write]:
    import pyarrow as pa

    schema = flat_schema(labels)
    held: list[pa.RecordBatch] = []

    def write_group() -> None:
        writer.write_table(pa.Table.from_batches(held, schema), row_group_size=2 * _GROUP_ROWS)
        held.clear()

    def write(batch: "pa.RecordBatch") -> None:
        held.append(batch)
        if sum(each.num_rows for each in held) >= _GROUP_ROWS:
            write_group()

    with _parquet_writer(path, labels) as writer:
        yield write
        if held:
            write_group()


def _parquet_writer(path: Path, labels: Sequence[str]) -> "ParquetWriter":
    from pyarrow import parquet

    repeated = [name for name in FLAT if name not in DIFFERENT]  # a dictionary saves nothing else
    return parquet.ParquetWriter(
        path, flat_schema(labels), compression="zstd", use_dictionary=repeated
    )


@contextmanager
def _packed(raw: IO[bytes]) -> Iterator[IO[bytes]]:
    """Pack what is written; without a time or a name in it, so that it is always the same."""
    with gzip.GzipFile("", "wb", _GZIP_LEVEL, raw, mtime=0) as stream:
        yield cast("IO[bytes]", stream)


def _json_lines(stream: IO[bytes], labels: Sequence[str]) -> Write:
    return lambda batch: stream.writelines(line.encode() for line in _lines(batch, labels))


def _lines(batch: "pa.RecordBatch", labels: Sequence[str]) -> Iterator[str]:
    """Each row as the JSON of a `Prediction`."""
    empty: dict[str, Any] = {name: [] for name in ("flags", "spans", "relations")}
    order = {name: empty.get(name) for name in Prediction.model_fields}
    columns = {name: batch[name].to_pylist() for name in order if name in batch.schema.names}
    columns["published"] = [
        moment and moment.isoformat().replace("+00:00", "Z") for moment in columns["published"]
    ]
    scores = [batch[SCORE + label].to_pylist() for label in labels]
    columns["scores"] = [dict(zip(labels, row, strict=True)) for row in zip(*scores, strict=True)]
    names = tuple(columns)
    for values in zip(*columns.values(), strict=True):
        row = order | dict(zip(names, values, strict=True))
        yield json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n"


def _csv(stream: IO[bytes]) -> Write:
    def write(batch: "pa.RecordBatch") -> None:
        held = io.StringIO(newline="")
        csv.writer(held, lineterminator="\r\n").writerows(_cells(batch))
        stream.write(held.getvalue().encode())

    return write


def _cells(batch: "pa.RecordBatch") -> Iterator[list[object]]:
    columns = {name: batch[name].to_pylist() for name in batch.schema.names}
    columns["published"] = [moment and moment.isoformat() for moment in columns["published"]]
    for row in zip(*columns.values(), strict=True):
        yield [spreadsheet_safe(value) for value in row]


def _head(form: Form, labels: Sequence[str]) -> bytes:
    """What a text file begins with: the names of columns of a table.

    It is packed by itself and not made smaller, so its length is the same everywhere and it can be
    left out where parts are joined.
    """
    if not form.startswith("csv"):
        return b""
    held = io.StringIO(newline="")
    csv.writer(held, lineterminator="\r\n").writerow(flat_schema(labels).names)
    head = held.getvalue().encode()
    return gzip.compress(head, compresslevel=0, mtime=0) if form.endswith(".gz") else head


def _join_parquet(parts: Iterable[Place], path: Path, labels: Sequence[str]) -> None:
    from pyarrow import parquet

    with _parquet_writer(path, labels) as writer:
        for place in parts:
            with opened(place) as stream, parquet.ParquetFile(stream) as file:
                for number in range(file.num_row_groups):
                    writer.write_table(file.read_row_group(number), row_group_size=2 * _GROUP_ROWS)


def _join_text(parts: Iterable[Place], path: Path, *, head: bytes) -> None:
    with path.open("wb") as whole:
        whole.write(head)
        for place in parts:
            with opened(place) as stream:
                stream.seek(len(head))
                shutil.copyfileobj(stream, whole, _COPY_BYTES)
