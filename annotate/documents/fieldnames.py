"""Under which names other people's files hold what an article is made of."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from annotate.errors import MappingError

KNOWN_NAMES: Mapping[str, tuple[str, ...]] = {
    "text": (
        "text", "body", "content", "article", "maintext", "full_text", "article_text",
        "article_body", "body_text", "story", "document", "plain_text",
    ),
    "title": ("title", "headline", "heading", "web_title", "article_title"),
    "outlet": (
        "outlet", "source", "publisher", "publication", "site", "site_name", "domain", "newspaper",
        "source_name", "media",
    ),
    "url": ("url", "link", "canonical_url", "web_url", "uri", "href", "permalink"),
    "published": (
        "published", "date", "published_at", "publication_date", "pub_date", "date_published",
        "publish_date", "published_date", "web_publication_date", "datetime", "timestamp", "time",
        "created_at",
    ),
    "byline": ("byline", "author", "authors", "creator", "writer"),
    "external_id": ("id", "external_id", "uid", "article_id", "doc_id", "document_id", "guid"),
    "family": ("family",),
    "language": ("language", "lang"),
}  # fmt: skip
"""Our field and the names it goes by elsewhere; the first that holds something counts.

Capitals, blanks, hyphens and underscores make no difference.
"""

_NO_LETTER = re.compile(r"[\W_]+")
_PLAIN = {ours: tuple(_NO_LETTER.sub("", n) for n in names) for ours, names in KNOWN_NAMES.items()}
_MOST_LISTED = 12
_LONGEST_LISTED = 40
_MOST_SHAPES = 256
"""Sets of column names that are remembered while a file is read."""


@dataclass(slots=True)
class FieldNames:
    """Finds the names of an article's fields among those of a file.

    ``given`` maps our names to theirs and is never overruled by a guess.
    """

    given: Mapping[str, str] = field(default_factory=dict)
    _found: dict[tuple[str, ...], Mapping[str, tuple[str, ...]]] = field(default_factory=dict)

    def among(self, columns: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
        """For each of our fields the names here that may hold it, the likeliest first."""
        key = tuple(columns)
        found = self._found.get(key)
        if found is None:
            found = self._sought(key)
            if len(self._found) < _MOST_SHAPES:
                self._found[key] = found
        return found

    def _sought(self, columns: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
        taken = set(self.given.values())
        plain: dict[str, str] = {}
        for column in columns:
            if column not in taken:
                plain.setdefault(_NO_LETTER.sub("", column.casefold()), column)
        guessed = {
            ours: tuple(plain[name] for name in names if name in plain)
            for ours, names in _PLAIN.items()
            if ours not in self.given
        }
        return {**guessed, **{ours: (theirs,) for ours, theirs in self.given.items() if theirs}}

    def no_text(self, columns: Iterable[str]) -> str:
        """Why a row or table has no text, and what to do."""
        here = [name[:_LONGEST_LISTED] for name in columns]
        listed = ", ".join(here[:_MOST_LISTED]) + (", ..." if len(here) > _MOST_LISTED else "")
        if theirs := self.given.get("text"):
            return f"has no text under {theirs!r} (it has {listed or 'nothing'})"
        looked = ", ".join(KNOWN_NAMES["text"][:4])
        return (
            f"has no text; looked for {looked} and the like (it has {listed or 'nothing'}); "
            "say which it is: --map text=NAME"
        )


def parse_map(entries: Sequence[str]) -> dict[str, str]:
    """``text=body,published=date`` and the like as a mapping of our names to theirs.

    Nothing after the equals sign keeps a field from being guessed. A dot leads into what is
    nested: ``text=fields.bodyText``.

    Raises:
        MappingError: not of that form, or not a field of ours, or one twice.
    """
    found: dict[str, str] = {}
    for part in (part for entry in entries for part in entry.split(",")):
        ours, equals, theirs = (piece.strip() for piece in part.partition("="))
        if not equals or ours not in KNOWN_NAMES or ours in found:
            raise MappingError(part, tuple(KNOWN_NAMES), twice=ours in found)
        found[ours] = theirs
    return found


def in_words(names: Mapping[str, str]) -> str | None:
    """``text <- body, published <- date``; None where all names are ours."""
    pairs = [f"{ours} <- {theirs}" for ours, theirs in names.items() if ours != theirs]
    return ", ".join(pairs) or None
