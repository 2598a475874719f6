"""Tables that people open in a spreadsheet, or save from one."""

import csv
import io
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from annotate.errors import InputError
from annotate.files import read_text

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def spreadsheet_safe(value: object) -> object:
    """The value, with an apostrophe before a text that a spreadsheet would run as a formula.

    A text that looks as if that had been done gets one more, so that none is lost on the way back.

    Source:
        OWASP, CSV Injection (article text is not to be trusted).
    """
    if isinstance(value, str) and value.lstrip("'").startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value


def spreadsheet_unsafe(value: str) -> str:
    """The text that `spreadsheet_safe` made this of."""
    guarded = value[:1] == "'" and value.lstrip("'").startswith(_FORMULA_STARTS)
    return value[1:] if guarded else value


def csv_rows(
    path: Path, *, check: Callable[[Sequence[str]], None] = lambda _columns: None
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV file with their line numbers; empty cells are left out.

    Args:
        path: a UTF-8 file whose first row names the columns; parted by commas or semicolons.
        check: is given the names of the columns before any row is read.

    Raises:
        InputError: the file is missing, not UTF-8, or not a table; names file and line.
    """
    text = read_text(path)
    head = text.partition("\n")[0]
    delimiter = ";" if head.count(";") > head.count(",") else ","
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        columns = next(rows, [])
        check(columns)
        for cells in rows:
            if cells and len(cells) != len(columns):
                counts = f"{len(cells)} cells under {len(columns)} column names"
                raise InputError(path, f"line {rows.line_num}: {counts}", "Correct that line.")
            named = zip(columns, cells, strict=False)
            if row := {name: cell for name, cell in named if cell}:
                yield rows.line_num, row
    except csv.Error as error:
        raise InputError(path, f"line {rows.line_num}: {error}", "Save it as CSV again.") from None


def with_json(row: Mapping[str, str], columns: Collection[str]) -> dict[str, Any]:
    """The row, with what the JSON in the cells of some columns says.

    Raises:
        ValueError: a cell holds no JSON, or lists nested too deeply; names its column.
    """
    read: dict[str, Any] = dict(row)
    for name in row.keys() & set(columns):
        try:
            read[name] = json.loads(row[name])
        except (ValueError, RecursionError):
            msg = f"{name} is not JSON"
            raise ValueError(msg) from None
    return read
