"""Articles in rows: an object of JSON, a line of a table, whatever has names and values."""

import math
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from annotate.documents.article import Article, NoArticlesError, UnusableError
from annotate.documents.fieldnames import in_words
from annotate.documents.options import ReadingOptions
from annotate.text import normalise

Row = Mapping[str, Any]
_NAME_KEYS = ("name", "title", "full_name")
"""What says the name of a thing that is an object: ``"source": {"id": "x", "name": "Post"}``."""
_TASK_DATA = "data"
"""Under which name a Label Studio task holds its article."""
_LONGEST_SHOWN = 40
_OURS = ({"task_id", "annotator"}, {"document_id", "part", "start"}, {"annotate_id"})
"""Names that records of ours have, and articles do not."""


def article_of(row: Row, path: str, number: int, options: ReadingOptions) -> Article:
    """The article in one row.

    Fields without a place of their own become metadata. Without an id or an address the row's
    number stands in for one.

    Args:
        row: names and values.
        path: the file.
        number: of the row or line, from 1.
        options: names of fields; what was guessed is remarked there.

    Raises:
        UnusableError: there is no text.
        NoArticlesError: these are other records of ours.
    """
    row = _task_data(row)
    _check_foreign(row)
    names = {
        ours: name
        for ours, candidates in options.names.among(row).items()
        if (name := _found(row, candidates, only_text=ours == "text")) is not None
    }
    if "text" not in names:
        raise UnusableError(options.names.no_text(row))
    _remark(names, path, options)
    fields = {ours: _as_text(_value(row, name)) for ours, name in names.items() if ours != "text"}
    original = _value(row, names["text"])
    used = set(names.values())
    return Article(
        text=normalise(original),
        path=path if fields.keys() & {"external_id", "url"} else f"{path}:{number}",
        where=f"{path}:{number}",
        original=original,
        metadata={
            str(name): value
            for name, value in row.items()
            if name not in used and isinstance(value, str | int | float | bool)
        },
        **fields,
    )


def row_name(row: Row, options: ReadingOptions) -> str | None:
    """What a row calls its article, address first; None where it does not."""
    names = options.names.among(row)
    found = (_found(row, names.get(field, ()), only_text=False) for field in ("url", "external_id"))
    return next((_as_text(_value(row, name)) for name in found if name is not None), None)


def columns_to_read(columns: Iterable[str], options: ReadingOptions) -> list[str]:
    """The columns of a table that `article_of` needs to see, in their order.

    What would only become metadata is left out: an archive may hold images and vectors beside its
    text.

    Raises:
        NoArticlesError: none can hold a text, or two of them have one name.
    """
    columns = list(columns)
    ours = options.names.among(columns)
    texts = {part for name in ours.get("text", ()) for part in (name, name.split(".")[0])}
    if not (texts | {_TASK_DATA}).intersection(columns):
        raise NoArticlesError(options.names.no_text(columns))
    named = {name for names in ours.values() for name in names}
    named |= {name.split(".")[0] for name in named} | {_TASK_DATA}.union(*_OURS)
    needed = [name for name in columns if name in named]
    if twice := next((name for name in needed if needed.count(name) > 1), None):
        msg = f"{has_twice(twice)}; give them different names"
        raise NoArticlesError(msg)
    return needed


def has_twice(column: str) -> str:
    """What is wrong with a table in which two columns have this name."""
    return f"has more than one column {column[:_LONGEST_SHOWN]!r}"


def _task_data(row: Row) -> Row:
    """The data of a Label Studio task; its number is given out again there, so it is no id."""
    data = row.get(_TASK_DATA)
    return data if isinstance(data, Mapping) and "text" not in row else row


def _check_foreign(row: Row) -> None:
    if any(row.keys() >= names for names in _OURS):
        msg = "holds records that annotate made, not articles"
        raise NoArticlesError(msg)


def _remark(names: Mapping[str, str], path: str, options: ReadingOptions) -> None:
    guessed = {ours: name for ours, name in names.items() if ours not in options.names.given}
    if words := in_words(guessed):
        options.remarks.add(f"{words} (a guess; --map says otherwise)", path)


def _found(row: Row, names: tuple[str, ...], *, only_text: bool) -> str | None:
    """The first of these names under which the row holds something that can be written down."""
    return next((name for name in names if _says_something(_value(row, name), only_text)), None)


def _value(row: Row, name: str) -> Any:  # noqa: ANN401  whatever a file holds
    """The value of a name, which may lead into objects: ``fields.body``."""
    if name in row:
        return row[name]
    value: Any = row
    for step in name.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _says_something(value: object, only_text: bool) -> bool:
    if isinstance(value, str):
        return bool(value.strip())
    if only_text or isinstance(value, bool):
        return False
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, Mapping):
        return any(isinstance(value.get(name), str) for name in _NAME_KEYS)
    return isinstance(value, int | date) or (isinstance(value, list) and bool(_entries(value)))


def _entries(values: list[Any]) -> list[Any]:
    """Those entries of a list that say something; lists in lists do not."""
    return [v for v in values if not isinstance(v, list) and _says_something(v, only_text=False)]


def _as_text(value: Any) -> str:  # noqa: ANN401  whatever a file holds
    if isinstance(value, list):
        return ", ".join(_as_text(entry) for entry in _entries(value))
    if isinstance(value, Mapping):
        return next((v for n in _NAME_KEYS if isinstance(v := value.get(n), str)), "")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
