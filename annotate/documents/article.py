"""An article as a file gave it, and the one way from there to a `Document`."""

import hashlib
import math
import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pydantic import ValidationError

from annotate.documents.dates import YearError, in_utc, parse_time
from annotate.documents.options import ReadingOptions
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
        return f"{self.where}: {self.reason}"


Found = Article | Document | Skipped
"""What readers give."""


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
        return _record(_clean(_with_readable_date(article, options)), body)
    except ValidationError as error:
        raise UnusableError(explain(error)) from None


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


def _clean(article: Article) -> Article:
    """Every field but the text in one normalised line; numbers that JSON cannot hold go."""
    metadata = {
        _line(name) or "": normalise(value).text if isinstance(value, str) else value
        for name, value in article.metadata.items()
        if not (isinstance(value, float) and not math.isfinite(value))
    }
    lines = {name: _line(getattr(article, name)) for name in _LINES}
    return replace(article, metadata=metadata, **lines)  # type: ignore[arg-type]  # see _LINES


def _with_readable_date(article: Article, options: ReadingOptions) -> Article:
    if not article.published:
        return article
    try:
        moment = parse_time(article.published)
        if moment.tzinfo is None:
            assumed = f"date without a time zone, taken as {options.zone}"
            options.remarks.add(f"{assumed} (--timezone says otherwise)", article.where)
        return replace(article, published=in_utc(moment, zone=options.zone).isoformat())
    except YearError as error:
        shown = _line(article.published) or ""
        options.remarks.add(f"the date {shown[:40]} {error}; kept as metadata", article.where)
    except (ValueError, OverflowError):
        options.remarks.add("has a date that cannot be read, kept as metadata", article.where)
    kept = {**article.metadata, "published_unread": article.published}
    return replace(article, published=None, metadata=kept)


def _record(article: Article, body: Normalised) -> Document:
    return Document(
        id=Document.id_of(body.text),
        key=_key(article),
        external_id=article.external_id,
        text=body.text,
        title=article.title,
        sources=(_source(article),),
        family=article.family,
        language=article.language,
        original_sha256=_original_hash(article.original, body.text),
        offset_map=body.offset_map,
        metadata=article.metadata,
    )


def _source(article: Article) -> Source:
    return Source(
        outlet=article.outlet,
        url=article.url,
        title=article.title,
        byline=article.byline,
        published=datetime.fromisoformat(article.published) if article.published else None,
        path=article.path,
    )


def _key(article: Article) -> str:
    return url_key(article.url) or article.external_id or article.path


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
