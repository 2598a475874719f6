"""Predictions to a file that an editor, a statistician or a program opens."""

import csv
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from annotate import jsonl
from annotate.errors import InputError
from annotate.files import atomic_file, atomic_path
from annotate.prediction.columns import FLAT, SCORE, flat_schema
from annotate.records import Prediction
from annotate.tables import spreadsheet_safe

_ROWS_AT_ONCE = 8192


def write_predictions(
    path: Path, predictions: Iterable[Prediction], *, labels: tuple[str, ...]
) -> int:
    """Write predictions as the file's ending says; returns how many.

    JSON Lines holds the records whole. CSV and Parquet are flat: one column ``score_LABEL`` for
    each label. In CSV a cell that a spreadsheet would run as a formula gets an apostrophe.

    Args:
        path: ends in ``.jsonl``, ``.csv`` or ``.parquet``; replaced when all is written.
        predictions: any number; they are not held in memory.
        labels: the labels in the order of the columns.

    Raises:
        InputError: another ending.
    """
    writers: dict[str, Callable[[], int]] = {
        ".jsonl": lambda: jsonl.write(path, predictions),
        ".csv": lambda: _write_csv(path, predictions, labels),
        ".parquet": lambda: _write_parquet(path, predictions, labels),
    }
    if path.suffix.lower() not in writers:
        raise InputError(path, "unknown kind of file", f"Use one of {', '.join(writers)}.")
    return writers[path.suffix.lower()]()


def _rows(predictions: Iterable[Prediction], labels: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for prediction in predictions:
        row = prediction.model_dump(include=set(FLAT))
        row |= {f"{SCORE}{label}": prediction.scores.get(label) for label in labels}
        yield row


def _write_csv(path: Path, predictions: Iterable[Prediction], labels: tuple[str, ...]) -> int:
    count = 0
    with atomic_file(path) as stream:
        writer = csv.DictWriter(stream, flat_schema(labels).names, lineterminator="\r\n")
        writer.writeheader()
        for row in _rows(predictions, labels):
            published = row["published"].isoformat() if row["published"] else None
            safe = {name: spreadsheet_safe(value) for name, value in row.items()}
            writer.writerow({**safe, "published": published})
            count += 1
    return count


def _write_parquet(path: Path, predictions: Iterable[Prediction], labels: tuple[str, ...]) -> int:
    import pyarrow as pa
    from pyarrow import parquet

    schema = flat_schema(labels)
    rows = _rows(predictions, labels)
    count = 0
    with atomic_path(path) as temporary, parquet.ParquetWriter(temporary, schema) as writer:
        while batch := list(islice(rows, _ROWS_AT_ONCE)):
            writer.write_table(pa.Table.from_pylist(batch, schema=schema))
            count += len(batch)
    return count
