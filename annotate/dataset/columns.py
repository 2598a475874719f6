"""Examples as rows of a table, and back: the columns of the Parquet files."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from annotate.errors import InputError
from annotate.records import Example

COLUMNS: Final = tuple(name for name in Example.model_fields if name != "split")
"""All fields but the split: that is said by the file a row stands in."""

TEXTS: Final = ("text", "before", "after", "title")
"""What a release without text leaves out."""

DESCRIPTIONS: Final[Mapping[str, str]] = {
    "id": "Where the sentence stands: document, part and code points.",
    "text": "The sentence.",
    "label": "What it was decided to be: the place of the label in the scheme.",
    "group": "The family of its article; no family is in two splits.",
    "before": "The text before it.",
    "after": "The text after it.",
    "title": "Headline of its article.",
    "outlet": "Who published the article.",
    "published": "When, in UTC.",
    "kind": "What the text is in its article: body, headline, caption, …",
    "position": "Share of the article that stands before it, in [0, 1].",
    "flags": "Flags of the scheme that most annotators set.",
    "votes": "How many annotators gave each label.",
    "scores": "How likely each label is, going by the votes.",
    "document_id": "First 16 hex digits of the SHA-256 of the article's text.",
    "part": "Whether it stands in the body or the title.",
    "start": "Where it starts there, in code points.",
    "end": "Where it ends.",
    "stream": "How its article was chosen for labelling.",
    "tokens": "How many words and marks the sentence has.",
    "digest": "Salted digest of these, by which who has the article finds the sentence.",
    "lead": "The same of up to eight before it.",
    "follow": "The same of up to eight after it.",
    "opens": "Whether it begins with quotation marks (q) and space (s).",
    "closes": "Whether it ends with them.",
    "before_start": "Where the context before it starts.",
    "after_end": "Where the context after it ends.",
    "before_tokens": "How many words and marks of context stand before it.",
    "after_tokens": "How many stand after it.",
    "title_digest": "Digest of the headline.",
}
"""What each column holds."""

_PER_LABEL: Final = ("votes", "scores")


RELEASED: Final = (
    *(name for name in COLUMNS if name not in TEXTS),
    "tokens", "digest", "lead", "follow", "opens", "closes", "before_start", "before_tokens",
    "after_end", "after_tokens", "title_digest",
)  # fmt: skip
"""The columns of a release without text."""


def features_of(
    labels: Sequence[str], others: Sequence[str], columns: Sequence[str] = COLUMNS
) -> Any:  # noqa: ANN401  no types
    """The columns with their Hugging Face types (a `datasets.Features`).

    Args:
        labels: of the scheme; ``label`` is the place of one of them.
        others: labels that got votes or scores, but are not in the scheme.
        columns: their names.
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
        "tokens": Value("int64"),
        "before_start": Value("int64"),
        "after_end": Value("int64"),
        "before_tokens": Value("int64"),
        "after_tokens": Value("int64"),
    }
    return Features({name: special.get(name, Value("string")) for name in columns})


def row_of(example: Example, labels: Sequence[str]) -> dict[str, Any]:
    """An example as a row; its label as its place among ``labels``."""
    row = example.model_dump(include=set(COLUMNS))
    return row | {"label": labels.index(example.label), "flags": list(example.flags)}


def rows_in(path: Path, known: Sequence[str] = tuple(Example.model_fields)) -> list[dict[str, Any]]:
    """The rows of a Parquet file without their empty cells, labels as text.

    Args:
        path: the file.
        known: the columns that it may have.

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
    refuse_unknown(table.column_names, path, known)
    names = _label_names(table.schema.metadata or {})
    return [_filled(row, names) for row in table.to_pylist()]


def refuse_unknown(
    columns: Sequence[str], path: Path, known: Sequence[str] = tuple(Example.model_fields)
) -> None:
    """Raise `InputError` for columns that examples do not have, or that stand there twice."""
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
    except (KeyError, TypeError, ValueError, RecursionError):
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
