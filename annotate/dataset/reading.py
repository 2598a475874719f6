"""Labelled examples from files: JSON Lines, CSV, Parquet, or the folder of a data set."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from annotate import jsonl
from annotate.dataset.columns import refuse_unknown, rows_in
from annotate.dataset.summary import SPLITS
from annotate.errors import InputError, SplitError, UnknownLabelError
from annotate.records import Example
from annotate.splits import has_splits
from annotate.splits.excluded import Excluded
from annotate.tables import csv_rows, with_json

MAKING: Final = "making.json"
"""File of a release without text that says how the data set was made."""

_AS_JSON: Final = ("flags", "votes", "scores")
"""Columns of a CSV file whose cells hold JSON."""


def read_dataset(folder: Path) -> list[Example]:
    """Read the data set that `write_dataset` wrote; each example gets its split.

    Raises:
        InputError: no data set there, or a row is not a valid example; names file and row.
        SplitError: a group stands in two splits.
    """
    return _checked(list(_dataset(folder)), folder)


def read_excluded(folder: Path) -> list[Excluded]:
    """The examples that a data set set aside; none where it says nothing of any.

    Raises:
        RecordError: a line of the list is not one of them.
    """
    path = folder / Excluded.filename
    return list(jsonl.read(path, Excluded)) if path.is_file() else []


def read_examples(path: Path, *, labels: Sequence[str] | None) -> list[Example]:
    """Read labelled examples from a file, or from the folder of a data set.

    Empty cells of a table mean that the field was left out.

    Args:
        path: a ``.jsonl``, ``.csv`` or ``.parquet`` file, or a folder.
        labels: refuse other labels; None takes any.

    Raises:
        InputError: no such file, another kind of file, no example in it, an unknown column, an id
            that stands twice, or a row that is no valid example; names file and line or row.
        RecordError: a line of a JSON Lines file is no valid example; names file and line.
        UnknownLabelError: a label is not among ``labels``.
        SplitError: only some of the examples have a split, or a group stands in two.
    """
    if path.is_dir():
        found = list(_dataset(path))
    elif reader := _READERS.get(path.suffix.lower()):
        found = list(reader(path))
    else:
        remedy = f"Use one of {', '.join(_READERS)}, or the folder of a data set."
        raise InputError(path, f"examples are not read from {path.suffix or 'such'} files", remedy)
    for example in found:
        if labels is not None and example.label not in labels:
            raise UnknownLabelError(example.label, f"{path}, example {example.id}", tuple(labels))
    return _checked(found, path)


def _checked(found: list[Example], path: Path) -> list[Example]:
    if not found:
        raise InputError(path, "there is no example in it", "Check the path.")
    seen: set[str] = set()
    for example in found:
        if example.id in seen:
            raise InputError(path, f"the id {example.id!r} stands there twice", "Keep one of them.")
        seen.add(example.id)
    try:
        has_splits(found)
    except SplitError as error:
        msg = f"{path}: {error}"
        raise SplitError(msg) from None
    return found


def _dataset(folder: Path) -> Iterator[Example]:
    files = [(split, path) for split in SPLITS for path in folder.glob(f"data/{split}-*.parquet")]
    if not files:
        raise InputError(folder, "no data set there", "Run `annotate dataset` first.")
    if (folder / MAKING).is_file():
        problem = "a release without text, so there is nothing to learn from"
        remedy = "Put the text back first: annotate dataset --rehydrate FOLDER."
        raise InputError(folder, problem, remedy)
    for split, path in sorted(files, key=lambda entry: (SPLITS.index(entry[0]), entry[1])):
        for example in _parquet(path):
            yield example.model_copy(update={"split": split})


def _jsonl(path: Path) -> Iterator[Example]:
    return jsonl.read(path, Example, in_words=_problem)


def _parquet(path: Path) -> Iterator[Example]:
    for number, row in enumerate(rows_in(path), start=1):
        try:
            yield Example.model_validate(row)
        except ValidationError as error:
            raise InputError(path, f"row {number}: {_problem(error)}", "Correct it.") from None


def _csv(path: Path) -> Iterator[Example]:
    for line, cells in csv_rows(path, check=partial(refuse_unknown, path=path)):
        try:
            yield Example.model_validate(with_json(cells, _AS_JSON))
        except ValidationError as error:
            problem = f"line {line}: {_problem(error)}"
            raise InputError(path, problem, "Correct that line.") from None
        except ValueError as error:
            raise InputError(path, f"line {line}: {error}", "Correct that line.") from None


def _problem(error: ValidationError) -> str:
    """The first problem in words; for a field that examples do not have, those they do."""
    first = error.errors(include_url=False)[0]
    if first["type"] == "extra_forbidden":
        known = ", ".join(Example.model_fields)
        return f"unknown field {first['loc'][0]!r} (an example has {known})"
    return jsonl.explain(error)


_READERS: Final[Mapping[str, Callable[[Path], Iterator[Example]]]] = {
    ".jsonl": _jsonl,
    ".csv": _csv,
    ".parquet": _parquet,
}
