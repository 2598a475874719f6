"""Articles in one JSON file: an object, a list, or a list under a name; lists are streamed."""

import io
import json
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import IO, Any

from annotate.documents.article import Found, NoArticlesError, Skipped, UnusableError
from annotate.documents.encodings import as_utf8
from annotate.documents.entry import MAX_FILE_BYTES, Entry
from annotate.documents.fieldnames import KNOWN_NAMES
from annotate.documents.json_lines import own_document
from annotate.documents.limits import Paced
from annotate.documents.options import ReadingOptions
from annotate.documents.rows import article_of

LIST_NAMES = frozenset({"data", "articles", "documents", "items", "results", "docs", "stories"})
"""Names under which a JSON file may hold its list of articles."""
_EVENTS = Iterator[tuple[str, str, Any]]
_MOST_BEFORE = 100_000
"""Values that may stand before the list of articles, or in one article that is not in a list."""
_OPENING, _CLOSING = frozenset({"start_map", "start_array"}), frozenset({"end_map", "end_array"})
MAX_DEPTH = 200
"""Lists and objects in one another that a file may have."""


def read_json(entry: Entry, options: ReadingOptions) -> Iterator[Found]:
    """The articles of a JSON file, one at a time.

    Read are one article, a list of them, ``{"articles": [...]}`` under any of `LIST_NAMES`, and
    the task files of Label Studio, which are lists of ``{"data": {...}}``.

    Raises:
        NoArticlesError: not JSON, or no articles in it. What came before a fault was given.
    """
    import ijson

    limit = MAX_FILE_BYTES // 2**20
    with entry.stream() as raw:
        stream, encoding, guessed = as_utf8(raw)
        if guessed:
            options.remarks.add(f"read as {encoding}, which is a guess", entry.name)
        paced = Paced(stream, MAX_FILE_BYTES, f"has an article of more than {limit} MB")
        number = 0
        try:
            for value in _values(paced):
                number += 1
                paced.go_on()
                yield _one(value, entry.name, number, options)
        except (ijson.JSONError, UnicodeDecodeError, ValueError, OverflowError) as error:
            problem = " ".join(str(error).split())[:100]
            after = f" after article {number}" if number else ""
            msg = f"is not JSON{after} ({problem})"
            raise NoArticlesError(msg) from None
    if not number:
        msg = "holds no articles: neither an object nor a list of objects"
        raise NoArticlesError(msg)


def _one(value: object, name: str, number: int, options: ReadingOptions) -> Found:
    where = f"{name}:{number}"
    if not isinstance(value, dict):
        return Skipped(where, "is not a JSON object")
    try:
        if {"key", "sources", "text"} <= value.keys():
            return own_document(json.dumps(value))
        return article_of(value, name, number, options)
    except NoArticlesError:
        raise
    except UnusableError as error:
        return Skipped(where, str(error))


def _values(stream: Paced) -> Iterator[object]:
    """The articles of a file, or the file itself where it is one."""
    import ijson

    buffered: IO[bytes] = io.BufferedReader(stream, 2**16)
    events: _EVENTS = ijson.parse(_shallow(ijson.basic_parse(buffered, use_float=True)))
    seen: list[tuple[str, str, Any]] = []
    prefix = ""
    for event in events:
        seen.append(event)
        if len(seen) > _MOST_BEFORE:
            msg = f"one object of more than {_MOST_BEFORE:,} values, which no article is"
            raise ValueError(msg)
        path, kind, _ = event
        if kind == "start_array" and (not path or path in LIST_NAMES):
            prefix = f"{path}.item" if path else "item"
            break
        if path in KNOWN_NAMES["text"] and kind == "string":
            break
    yield from ijson.items(_from(seen, prefix, events), prefix)


def _from(seen: list[tuple[str, str, Any]], prefix: str, events: _EVENTS) -> _EVENTS:
    """All events of one article, or those from the beginning of the list on."""
    return iter(chain(seen[-1:] if prefix else list(seen), events))


def _shallow(events: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """The events, unless they go deeper than any article does."""
    depth = 0
    for event in events:
        if event[0] in _OPENING:
            depth += 1
            if depth > MAX_DEPTH:
                msg = "its lists are nested too deeply"
                raise ValueError(msg)
        elif event[0] in _CLOSING:
            depth -= 1
        yield event
