"""Articles in one JSON file: an object, a list, or a list under a name; lists are streamed."""

import io
import json
from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from typing import IO, Any

from annotate.documents.article import Found, NoArticlesError, UnusableError, found_or_skipped
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
_MOST_HELD, _MOST_HELD_CHARACTERS = 10_000, 2**20
"""Values, and characters in them, that are looked at for a text that stands beside a list."""
_OPENING, _CLOSING = frozenset({"start_map", "start_array"}), frozenset({"end_map", "end_array"})
MAX_DEPTH = 200
"""Lists and objects in one another that a file may have."""


def read_json(entry: Entry, options: ReadingOptions) -> Iterator[Found]:
    """The articles of a JSON file, one at a time.

    Read are one article, a list of them, ``{"articles": [...]}`` under any of `LIST_NAMES`, and
    the task files of Label Studio, which are lists of ``{"data": {...}}``. An object with a text of
    its own is an article, whatever lists it has.

    Raises:
        NoArticlesError: not JSON, or no articles in it. What came before a fault was given.
    """
    import ijson

    limit = MAX_FILE_BYTES // 2**20
    with entry.stream() as raw:
        stream = as_utf8(raw, entry.name, options.remarks)
        paced = Paced(stream, MAX_FILE_BYTES, f"has an article of more than {limit} MB")
        number = 0
        try:
            for value in _values(paced, _text_names(options)):
                number += 1
                paced.go_on()
                where = f"{entry.name}:{number}"
                yield found_or_skipped(where, _one, value, entry.name, number, options)
        except (ijson.JSONError, UnicodeDecodeError, ValueError, OverflowError) as error:
            problem = " ".join(str(error).split())[:100]
            after = f" after article {number}" if number else ""
            msg = f"is not JSON{after} ({problem})"
            raise NoArticlesError(msg) from None
    if not number:
        msg = "holds no articles: neither an object nor a list of objects"
        raise NoArticlesError(msg)


def _one(value: object, name: str, number: int, options: ReadingOptions) -> Found:
    if not isinstance(value, dict):
        msg = "is not a JSON object"
        raise UnusableError(msg)
    if {"key", "sources", "text"} <= value.keys():
        return own_document(json.dumps(value))
    return article_of(value, name, number, options)


def _text_names(options: ReadingOptions) -> Collection[str]:
    """The names that a text may have in the object that a file is."""
    given = options.names.given.get("text")
    return KNOWN_NAMES["text"] if given is None else {given}


def _values(stream: Paced, text_names: Collection[str]) -> Iterator[object]:
    """The articles of a file, or the file itself where it is one."""
    import ijson

    buffered: IO[bytes] = io.BufferedReader(stream, 2**16)
    events: _EVENTS = ijson.parse(_shallow(ijson.basic_parse(buffered, use_float=True)))
    seen: list[tuple[str, str, Any]] = []
    prefix, start, characters = "", 0, 0
    for event in events:
        seen.append(event)
        path, kind, value = event
        if not path and kind == "start_array":
            prefix = "item"
            break
        if _is_text(event, text_names):
            prefix, start = "", 0
            break
        if not prefix and path in LIST_NAMES and kind == "start_array":
            prefix, start = f"{path}.item", len(seen) - 1
        characters += len(value) if isinstance(value, str) else 0
        if prefix and (len(seen) > _MOST_HELD or characters > _MOST_HELD_CHARACTERS):
            events = _without_text(events, text_names)
            break
        if len(seen) > _MOST_BEFORE:
            msg = f"one object of more than {_MOST_BEFORE:,} values, which no article is"
            raise ValueError(msg)
    yield from ijson.items(chain(seen[start:], events), prefix)


def _is_text(event: tuple[str, str, Any], text_names: Collection[str]) -> bool:
    path, kind, value = event
    return path in text_names and kind == "string" and bool(value.strip())


def _without_text(events: _EVENTS, text_names: Collection[str]) -> _EVENTS:
    """The events of a list that is being read, and of what follows it."""
    for event in events:
        if _is_text(event, text_names):
            msg = f"has a text of its own ({event[0]}) after a long list, which was read instead"
            raise NoArticlesError(msg)
        yield event


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
