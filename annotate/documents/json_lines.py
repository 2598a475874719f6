"""Articles in JSON Lines, one object a line, under the field names that newsrooms use."""

import json
import math
from typing import Any

from pydantic import ValidationError

from annotate.documents.article import Article, NoArticlesError, UnusableError
from annotate.jsonl import Line, explain
from annotate.records import Document
from annotate.text import normalise

_NAMES = {
    "text": ("text", "body", "content", "article", "maintext", "full_text"),
    "title": ("title", "headline"),
    "outlet": ("outlet", "source", "publisher", "publication", "site", "domain"),
    "url": ("url", "link", "canonical_url"),
    "published": ("published", "date", "published_at", "publication_date", "pub_date", "time"),
    "byline": ("byline", "author", "authors"),
    "external_id": ("id", "external_id", "uid", "article_id", "doc_id"),
    "family": ("family",),
    "language": ("language", "lang"),
}
"""Our field and the names it goes by elsewhere; the first that holds something counts."""


def read_json_line(line: Line, path: str) -> Article | Document:
    """The article in one line; a line of our own `documents.jsonl` is taken as it is.

    Fields without a place of their own become metadata. Without an id or an address the line's
    number stands in for one.

    Raises:
        UnusableError: the line is no JSON object, has no text, or is another record of ours.
    """
    if line.problem:
        raise UnusableError(line.problem)
    row = _object(line.text)
    if {"key", "sources", "text"} <= row.keys():
        try:
            return Document.model_validate_json(line.text)
        except ValidationError as error:
            raise UnusableError(explain(error)) from None
    if row.keys() >= {"task_id", "annotator"} or row.keys() >= {"document_id", "part", "start"}:
        msg = "holds records that annotate made, not articles"
        raise NoArticlesError(msg)
    names = {ours: _found(row, theirs) for ours, theirs in _NAMES.items()}
    if names["text"] is None:
        msg = f"has no text; looked for {', '.join(_NAMES['text'])}"
        raise UnusableError(msg)
    fields = {
        ours: _as_text(row[name])
        for ours, name in names.items()
        if name is not None and ours != "text"
    }
    if not fields.keys() & {"external_id", "url"}:
        path = f"{path}:{line.number}"
    original = row[names["text"]]
    used = set(names.values())
    return Article(
        text=normalise(original),
        path=path,
        original=original,
        metadata={
            name: value
            for name, value in row.items()
            if name not in used and isinstance(value, str | int | float | bool)
        },
        **fields,
    )


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


def _found(row: dict[str, Any], names: tuple[str, ...]) -> str | None:
    """The first of these names under which the row holds something that can be written down."""
    return next((name for name in names if _says_something(row.get(name), "text" in names)), None)


def _says_something(value: object, only_text: bool) -> bool:
    if isinstance(value, str):
        return bool(value.strip())
    if only_text or isinstance(value, bool):
        return False
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) or (isinstance(value, list) and bool(value))


def _as_text(value: Any) -> str:  # noqa: ANN401  whatever JSON holds
    if isinstance(value, list):
        return ", ".join(str(entry) for entry in value)
    return str(value)
