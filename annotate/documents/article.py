"""An article as a file gave it, and the one way from there to a `Document`."""

import hashlib
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import ParamSpec
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pydantic import ValidationError

from annotate.documents.dates import YearError, in_utc, parse_time
from annotate.documents.options import ReadingOptions
from annotate.documents.remarks import in_one_line
from annotate.jsonl import explain
from annotate.records import Document, Metadata, Source
from annotate.text import Normalised, normalise

MAX_CHARACTERS = 1_000_000
"""Longest text that is taken for an article: a long book."""

_LINES = ("external_id", "title", "outlet", "url", "byline", "family", "language")
_TRACKING = re.compile(r"utm_|fbclid$|gclid$|mc_[ce]id$", re.IGNORECASE)


class UnusableError(Exception):
    """Why an article was skipped. Inside this package only: it becomes a `Skipped`."""


class NoArticlesError(UnusableError):
    """Why a whole file was skipped."""


@dataclass(frozen=True, slots=True)
class Article:
    """What one file, or one line of a file, says of an article; nothing checked yet.

    ``text`` may be a part of ``original``, as when a heading was cut off. ``where`` is the file, or
    the file and line, for messages.
    """

    text: Normalised
    path: str
    original: str
    where: str
    external_id: str | None = None
    title: str | None = None
    outlet: str | None = None
    url: str | None = None
    byline: str | None = None
    published: str | None = None
    family: str | None = None
    language: str | None = None
    metadata: Metadata = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file, or a line of one, that gave no document, and why."""

    where: str
    reason: str

    def __str__(self) -> str:
        return in_one_line(f"{self.where}: {self.reason}")


Found = Article | Document | Skipped
"""What readers give."""

_Given = ParamSpec("_Given")


def found_or_skipped(
    where: str, read: Callable[_Given, Found], *args: _Given.args, **kwargs: _Given.kwargs
) -> Found:
    """What one row or line gives, or why it is skipped; what rules out the whole file is raised."""
    try:
        return read(*args, **kwargs)
    except NoArticlesError:
        raise
    except UnusableError as error:
        return Skipped(where, str(error))


def to_document(article: Article, options: ReadingOptions) -> Document:
    """Make the record of an article.

    A date that cannot be read is kept as metadata, not guessed; that is remarked, and so is the
    zone that was taken for one without.

    Raises:
        UnusableError: there is no text, far too much of it, or a field that no record can hold.
    """
    body = article.text.strip()
    if not body.text:
        msg = "holds no text"
        raise UnusableError(msg)
    if len(body.text) > MAX_CHARACTERS:
        msg = f"holds {len(body.text)} characters, more than any article (limit {MAX_CHARACTERS})"
        raise UnusableError(msg)
    try:
        return _record(article, body, _published(article, options))
    except ValidationError as error:
        raise UnusableError(explain(error)) from None


@lru_cache(maxsize=256)
def canonical_url(url: str) -> str:
    """An address without what changes between visits: case of the host, tracking, fragment."""
    parts = urlsplit(url.strip())
    query = urlencode(
        [
            (k, v)
            for k, v in parse_qsl(parts.query, keep_blank_values=True)
            if not _TRACKING.match(k)
        ]
    )
    path = parts.path.rstrip("/")
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), path, query, ""))


def _published(article: Article, options: ReadingOptions) -> datetime | None:
    """When it was published; None where that is not said, or cannot be read, which is remarked."""
    if not article.published:
        return None
    try:
        moment = parse_time(article.published)
        if moment.tzinfo is None:
            assumed = f"date without a time zone, taken as {options.zone}"
            options.remarks.add(f"{assumed} (--timezone says otherwise)", article.where)
        return in_utc(moment, zone=options.zone)
    except YearError as error:
        shown = _line(article.published) or ""
        options.remarks.add(f"the date {shown[:40]} {error}; kept as metadata", article.where)
    except (ValueError, OverflowError):
        options.remarks.add("has a date that cannot be read, kept as metadata", article.where)
    return None


def _record(article: Article, body: Normalised, published: datetime | None) -> Document:
    """The record: every field but the text in one normalised line."""
    lines = {name: _line(getattr(article, name)) for name in _LINES}
    source = Source(
        **{name: lines[name] for name in ("outlet", "url", "title", "byline")},
        published=published,
        path=article.path,
    )
    return Document(
        id=Document.id_of(body.text),
        key=url_key(lines["url"]) or lines["external_id"] or article.path,
        text=body.text,
        sources=(source,),
        original_sha256=_original_hash(article.original, body.text),
        offset_map=body.offset_map,
        metadata=_metadata(article, unread=None if published else article.published),
        **{name: lines[name] for name in ("external_id", "title", "family", "language")},
    )


def _metadata(article: Article, *, unread: str | None) -> Metadata:
    """What has no field of its own; numbers that JSON cannot hold go."""
    found = article.metadata if unread is None else {**article.metadata, "published_unread": unread}
    return {
        _line(name) or "": normalise(value).text if isinstance(value, str) else value
        for name, value in found.items()
        if not (isinstance(value, float) and not math.isfinite(value))
    }


def url_key(url: str | None) -> str | None:
    """The canonical form of an address, or None where there is none to speak of."""
    try:
        found = canonical_url(url) if url else ""
    except ValueError:
        return None
    return found or None


def _line(text: str | None) -> str | None:
    """One normalised line, or None where nothing is left."""
    return " ".join(normalise(text).text.split()) or None if text else None


def _original_hash(original: str, text: str) -> str | None:
    if original == text:
        return None
    return hashlib.sha256(original.encode("utf-8", "surrogatepass")).hexdigest()
