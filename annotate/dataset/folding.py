"""Texts without what copies of them differ in: white space, kinds of quotation marks, case.

A release without text says of each passage how many tokens it has and a digest of them, so that
somebody who has the article can find the passage, and nobody else can read it.
"""

import hashlib
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

_QUOTES: Final = (
    "\"'`\N{ACUTE ACCENT}\N{PRIME}\N{DOUBLE PRIME}"
    "\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00ab\u00bb\u2039\u203a"
)
"""All that stands for a quotation mark or an apostrophe."""
_GUILLEMETS: Final = "\u00ab\u00bb\u2039\u203a"
_DASHES: Final = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_TOKEN: Final = re.compile(rf"\w+|-{{2,3}}|\.{{3}}|[^\w\s{re.escape(_QUOTES)}]")
"""Words, dashes, ellipses and other marks. Quotation marks are none, since copies double them, turn
them or leave them out."""
_SAME: Final = dict.fromkeys(["--", "---", *_DASHES], "-") | {"...": "\N{HORIZONTAL ELLIPSIS}"}
_REACH: Final = 40
"""Characters around a passage in which its quotation marks are looked for."""
_CONTEXT: Final = 8
"""Tokens before and after a passage that tell it from another of the same words."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a mark: where it stands, in code points, and what it is folded to."""

    start: int
    end: int
    folded: str


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A stretch of tokens, and its surroundings, that only who has the text can recognise.

    Attributes:
        tokens: how many it has; none in what is only quotation marks.
        digest: of its tokens.
        lead: of up to eight tokens before it.
        follow: of up to eight after it.
        opens: what of it stands before its first token: "q" for quotation marks, "s" for space.
        closes: the same of what stands behind its last.
    """

    tokens: int
    digest: str
    lead: str
    follow: str
    opens: str = ""
    closes: str = ""


def tokens_of(text: str) -> list[Token]:
    """The tokens of a text; what cannot be seen, such as a soft hyphen, is as if not there."""
    if text.isascii() or not any(unicodedata.category(c) == "Cf" for c in text):
        return [
            _token(found.start(), found.end(), found.group()) for found in _TOKEN.finditer(text)
        ]
    places = [at for at, c in enumerate(text) if unicodedata.category(c) != "Cf"]
    seen = "".join(text[at] for at in places)
    return [
        _token(places[found.start()], places[found.end() - 1] + 1, found.group())
        for found in _TOKEN.finditer(seen)
    ]


def digest_of(tokens: Sequence[str], salt: str) -> str:
    """First 16 hex digits of the SHA-256 of a salt and of folded tokens."""
    content = "\x1f".join([salt, *tokens])
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def digests_from(
    folded: Sequence[str], at: int, lengths: Collection[int], salt: str
) -> Iterator[tuple[int, str]]:
    """The digests of the tokens from a place on, for each of these lengths that fits."""
    digest = hashlib.sha256(salt.encode())
    for length, token in enumerate(folded[at : at + max(lengths, default=0)], start=1):
        digest.update(f"\x1f{token}".encode())
        if length in lengths:
            yield length, digest.copy().hexdigest()[:16]


def fingerprint(text: str, tokens: Sequence[Token], start: int, end: int, salt: str) -> Fingerprint:
    """The fingerprint of a passage.

    Args:
        text: that it stands in.
        tokens: of that text.
        start: where the passage starts, in code points.
        end: where it ends.
        salt: of the digests.
    """
    begin = first_from(tokens, start)
    last = first_from(tokens, end)
    folded = [token.folded for token in tokens]
    opens, closes = "", ""
    if last > begin:
        opens, closes = text[start : tokens[begin].start], text[tokens[last - 1].end : end]
    return Fingerprint(
        tokens=last - begin,
        digest=digest_of(folded[begin:last], salt),
        lead=lead_of(folded, begin, salt),
        follow=follow_of(folded, last, salt),
        opens=_shape(opens),
        closes=_shape(closes),
    )


def first_from(tokens: Sequence[Token], place: int) -> int:
    """The first token that starts at a place or behind it."""
    return bisect_left(tokens, place, key=lambda token: token.start)


def with_marks(text: str, start: int, end: int, passage: Fingerprint) -> tuple[int, int]:
    """A stretch of text, with the quotation marks that its passage has at its ends."""
    if passage.opens:
        near = max(0, start - _REACH)
        found = re.search(f"(?:{_pattern(passage.opens)})$", text[near:start])
        start = near + found.start() if found else start
    if passage.closes:
        behind = re.match(_pattern(passage.closes), text[end : end + _REACH])
        end += behind.end() if behind else 0
    return start, end


def _shape(between: str) -> str:
    """What stands between the end of a passage and its outermost token, each run as a letter."""
    kinds = ("q" if c in _QUOTES else "s" for c in between if c in _QUOTES or c.isspace())
    found = "".join(kind for kind, _ in groupby(kinds))
    return found if "q" in found else ""


def _pattern(shape: str) -> str:
    """What a shape may look like in a copy; guillemets may have a space inside."""
    marks = f"[{re.escape(_QUOTES)}]+"
    if shape == "q":
        inside = f"[{re.escape(_GUILLEMETS)}]"
        return rf"(?:{marks}|\s{inside}|{inside}\s)"
    return "".join(marks if kind == "q" else r"\s*" for kind in shape)


def lead_of(folded: Sequence[str], begin: int, salt: str) -> str:
    """Digest of what stands before a place; the beginning of a text counts as a mark."""
    before = folded[max(0, begin - _CONTEXT) : begin]
    return digest_of(["lead", *([] if begin >= _CONTEXT else ["^"]), *before], salt)


def follow_of(folded: Sequence[str], end: int, salt: str) -> str:
    """Digest of what stands after a place; the end of a text counts as a mark."""
    after = folded[end : end + _CONTEXT]
    return digest_of(["follow", *after, *([] if len(after) == _CONTEXT else ["$"])], salt)


def _token(start: int, end: int, found: str) -> Token:
    folded = _SAME.get(found) or unicodedata.normalize("NFKC", found).casefold()
    return Token(start, end, folded)
