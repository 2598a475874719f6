"""Examples as rows of a table, and back: the columns of the Parquet files."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from annotate.errors import InputError
from annotate.records import Example

COLUMNS: Final = tuple(name for name in Example.model_fields if name != "split")
"""All fields but the split: that is said by the file a row stands in."""

_PER_LABEL: Final = ("votes", "scores")


def features_of(labels: Sequence[str], others: Sequence[str]) -> Any:  # noqa: ANN401  no types
    """The columns with their Hugging Face types (a `datasets.Features`).

    Args:
        labels: of the scheme; ``label`` is the place of one of them.
        others: labels that got votes or scores, but are not in the scheme.
    """
    from datasets import ClassLabel, Features, List, Value

    per_label = [*labels, *others]
    special = {
        "label": ClassLabel(names=list(labels)),
        "flags": List(Value("string")),
        "votes": {label: Value("int64") for label in per_label},
        "scores": {label: Value("float64") for label in per_label},
        "published": Value("timestamp[us, tz=UTC]"),
        "position": Value("float64"),
        "start": Value("int64"),
        "end": Value("int64"),
    }
    return Features({name: special.get(name, Value("string")) for name in COLUMNS})


def row_of(example: Example, labels: Sequence[str]) -> dict[str, Any]:
    """An example as a row; its label as its place among ``labels``."""
    row = example.model_dump(include=set(COLUMNS))
    return row | {"label": labels.index(example.label), "flags": list(example.flags)}


def rows_in(path: Path) -> list[dict[str, Any]]:
    """The rows of a Parquet file without their empty cells, labels as text.

    Raises:
        InputError: no such file, not Parquet, or a column that examples do not have.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        table = parquet.read_table(path, partitioning=None)
    except FileNotFoundError:
        raise InputError(path, "no such file", "Check the path.") from None
    except (pa.ArrowException, OSError):
        raise InputError(path, "not a readable Parquet file", "Make or copy it anew.") from None
    refuse_unknown(table.column_names, path)
    names = _label_names(table.schema.metadata or {})
    return [_filled(row, names) for row in table.to_pylist()]


def refuse_unknown(columns: Sequence[str], path: Path) -> None:
    """Raise `InputError` for columns that examples do not have, or that stand there twice."""
    known = tuple(Example.model_fields)
    for place, name in enumerate(columns):
        if name not in known:
            remedy = f"Remove or rename it; the columns are {', '.join(known)}."
            raise InputError(path, f"unknown column {name!r}", remedy)
        if name in columns[:place]:
            raise InputError(path, f"two columns are called {name!r}", "Remove one of them.")


def _label_names(metadata: Mapping[bytes, bytes]) -> list[str] | None:
    """The names behind the numbers of a `ClassLabel`, as `datasets` keeps them in the file."""
    try:
        label = json.loads(metadata[b"huggingface"])["info"]["features"]["label"]
        return [str(name) for name in label["names"]]
    except (KeyError, TypeError, ValueError):
        return None


def _filled(row: dict[str, Any], names: list[str] | None) -> dict[str, Any]:
    found = {name: value for name, value in row.items() if value is not None}
    for name in _PER_LABEL:
        if isinstance(found.get(name), dict):
            found[name] = {key: count for key, count in found[name].items() if count is not None}
    place = found.get("label")
    if names and isinstance(place, int) and 0 <= place < len(names):
        found["label"] = names[place]
    return found
