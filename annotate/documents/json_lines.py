"""Articles in JSON Lines, one object a line."""

import json
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from annotate.documents.article import (
    Article,
    Found,
    NoArticlesError,
    UnusableError,
    found_or_skipped,
)
from annotate.documents.encodings import as_utf8
from annotate.documents.entry import Entry
from annotate.documents.options import ReadingOptions
from annotate.documents.rows import article_of
from annotate.jsonl import Line, explain, numbered
from annotate.records import Document


def read_json_lines(entry: Entry, options: ReadingOptions) -> Iterator[Found]:
    """The articles of a file, line by line; a bad line does not end the reading.

    Raises:
        NoArticlesError: it holds no lines, no text, or records of ours.
    """
    empty = True
    with entry.stream() as raw:
        stream = as_utf8(raw, entry.name, options.remarks)
        for line in numbered(stream):
            empty = False
            where = f"{entry.name}:{line.number}"
            yield found_or_skipped(where, read_json_line, line, entry.name, options)
    if empty:
        msg = "holds no lines"
        raise NoArticlesError(msg)


def read_json_line(line: Line, path: str, options: ReadingOptions) -> Article | Document:
    """The article in one line; a line of our own `documents.jsonl` is taken as it is.

    Raises:
        UnusableError: the line is no JSON object, has no text, or is another record of ours.
    """
    if line.problem:
        raise UnusableError(line.problem)
    row = _object(line.text)
    if {"key", "sources", "text"} <= row.keys():
        return own_document(line.text)
    return article_of(row, path, line.number, options)


def own_document(text: str) -> Document:
    """A document that annotate wrote.

    Raises:
        UnusableError: it was damaged since.
    """
    try:
        return Document.model_validate_json(text)
    except ValidationError as error:
        raise UnusableError(explain(error)) from None


def _object(text: str) -> dict[str, Any]:
    try:
        row = json.loads(text)
    except json.JSONDecodeError as error:
        msg = f"is not JSON (column {error.colno}: {error.msg})"
        raise UnusableError(msg) from None
    except (ValueError, RecursionError):
        msg = "is JSON with a number too long or lists nested too deeply"
        raise UnusableError(msg) from None
    if not isinstance(row, dict):
        msg = "is not a JSON object"
        raise UnusableError(msg)
    return row
