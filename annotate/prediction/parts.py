"""Tables of predictions to the parts of an output, and parts to one file."""

import csv
import io
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from annotate.files import atomic_path
from annotate.prediction.columns import SCORE, flat_schema
from annotate.records import Prediction
from annotate.tables import spreadsheet_safe

if TYPE_CHECKING:
    import pyarrow as pa

Form = Literal["parquet", "jsonl", "csv"]
FORMS: tuple[Form, ...] = ("parquet", "jsonl", "csv")
Write = Callable[["pa.RecordBatch"], None]
_GROUP_ROWS = 50_000
"""Rows of a group in Parquet files: few enough to be held in memory, enough to be read fast."""
_COPY_BYTES = 2**20


def part_name(number: int, form: Form) -> str:
    """The name of a part; in the order of names they are in that of the input."""
    return f"part-{number:06}.{form}"


@contextmanager
def part(path: Path, form: Form, labels: Sequence[str]) -> Iterator[Write]:
    """A part that stands whole in its place, and on the disk, when the block ends.

    Yields the function that adds a table to it. What it holds depends on nothing but the rows.

    Args:
        path: its place.
        form: what kind of file it is.
        labels: in the order of the columns of scores.
    """
    with atomic_path(path) as temporary:
        with _WRITERS[form](temporary, labels) as write:
            yield write
        with temporary.open("rb") as stream:
            os.fsync(stream.fileno())


def remove_unfinished(folder: Path) -> None:
    """Take away the parts that were being written when their process died."""
    for path in folder.glob(".part-*"):
        path.unlink(missing_ok=True)


def join(parts: Iterable[Path], path: Path, form: Form, labels: Sequence[str]) -> None:
    """Put parts one after the other into one file, in memory that does not grow with them."""
    with atomic_path(path) as temporary:
        if form == "parquet":
            _join_parquet(parts, temporary, labels)
        else:
            _join_text(parts, temporary, head=_head(labels) if form == "csv" else b"")
        with temporary.open("rb") as stream:
            os.fsync(stream.fileno())


@contextmanager
def _parquet(path: Path, labels: Sequence[str]) -> Iterator[Write]:
    import pyarrow as pa
    from pyarrow import parquet

    schema = flat_schema(labels)
    held: list[pa.RecordBatch] = []

    def write_group() -> None:
        writer.write_table(pa.Table.from_batches(held, schema), row_group_size=2 * _GROUP_ROWS)
        held.clear()

    def write(batch: "pa.RecordBatch") -> None:
        held.append(batch)
        if sum(each.num_rows for each in held) >= _GROUP_ROWS:
            write_group()

    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        yield write
        if held:
            write_group()


@contextmanager
def _json_lines(path: Path, labels: Sequence[str]) -> Iterator[Write]:
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        yield lambda batch: stream.writelines(_lines(batch, labels))


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


@contextmanager
def _csv(path: Path, labels: Sequence[str]) -> Iterator[Write]:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        stream.write(_head(labels).decode())
        yield lambda batch: writer.writerows(_cells(batch))


def _cells(batch: "pa.RecordBatch") -> Iterator[list[object]]:
    columns = {name: batch[name].to_pylist() for name in batch.schema.names}
    columns["published"] = [moment and moment.isoformat() for moment in columns["published"]]
    for row in zip(*columns.values(), strict=True):
        yield [spreadsheet_safe(value) for value in row]


def _head(labels: Sequence[str]) -> bytes:
    """The row of column names."""
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\r\n").writerow(flat_schema(labels).names)
    return stream.getvalue().encode()


def _join_parquet(parts: Iterable[Path], path: Path, labels: Sequence[str]) -> None:
    from pyarrow import parquet

    with parquet.ParquetWriter(path, flat_schema(labels), compression="zstd") as writer:
        for name in parts:
            with parquet.ParquetFile(name) as file:
                for number in range(file.num_row_groups):
                    writer.write_table(file.read_row_group(number), row_group_size=2 * _GROUP_ROWS)


def _join_text(parts: Iterable[Path], path: Path, *, head: bytes) -> None:
    with path.open("wb") as whole:
        whole.write(head)
        for name in parts:
            with name.open("rb") as stream:
                stream.seek(len(head))
                shutil.copyfileobj(stream, whole, _COPY_BYTES)


_WRITERS = {"parquet": _parquet, "jsonl": _json_lines, "csv": _csv}
