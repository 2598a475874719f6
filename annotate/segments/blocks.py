"""Lines of an article and what each of them is: text, headline, caption, credit or byline."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from annotate.records import Kind

_LINE = re.compile(r"\S(?:[^\n]*\S)?")
_LAST = re.compile(r"[.!?…:;][\"'”’»)\]]*$")
_CREDIT = re.compile(
    r"""\([A-ZÀ-Þ©][\w.&'’/,;:\ -]{1,58}[^\W.!?]\)\.?$                # (Northline/J. Lund)
      | (?i:file\ photo|file\ picture|file\ image)\.?$
      | (?i:photos?|pictures?|photographs?|images?|graphics?|video|illustration|credit)
        (\ (by|from|courtesy\ of))?\s*[:/]\s*\S.{0,80}$           # Photo: Jo Lund / Northline
      | ©.{2,80}$
      | [A-Z][A-Z.]+/[A-Z]\w+(\ [A-Z][\w.'’-]+){0,3}$             # NORTHLINE/Jo Lund
    """,
    re.VERBOSE,
)
_BEFORE_CREDIT = re.compile(
    r"[.!?][\"'”’]?\s+(?=[(©]|(?i:file|photo|picture|image|graphic|video|illus|credit)|[A-Z][A-Z.]+/)"
)
_SPECIAL = re.compile(
    r"[(©]|(?i:file|photo|picture|image|graphic|video|illus|credit|caption)|[A-Z][A-Z.]+/"
    r"|By |Words by|Reporting|Edited"
)
_CAPTION = re.compile(
    r"(file (photo|picture|image)|pictured|caption|photo caption)\b", re.IGNORECASE
)
_BYLINE = re.compile(r"(By|Words by|Reporting by|Edited by)\s+[A-ZÀ-Þ]")
_MOST_BYLINE_WORDS = 14
_MOST_CAPTION_WORDS = 40
_LONGEST_CAPTION = 400
_MOST_HEADLINE_WORDS = 25


@dataclass(frozen=True, slots=True)
class Block:
    """One line of a text without the blanks around it, ``[start, end)``."""

    start: int
    end: int
    kind: Kind

    @property
    def is_whole(self) -> bool:
        """Whether the block is one unit, not to be divided into sentences."""
        return self.kind in {"headline", "credit", "byline"}


def blocks(text: str) -> Iterator[Block]:
    """The lines of a text that hold something, in order; a caption's closing credit cut off."""
    spans = [match.span() for match in _LINE.finditer(text)]
    leads = len(spans) > 1
    for start, end in spans:
        credit = _closing_credit(text, start, end)
        if credit is not None:
            yield Block(start, start + len(text[start:credit].rstrip()), "caption")
            yield Block(credit, end, "credit")
        else:
            yield Block(start, end, _kind(text, start, end, leads=leads))
        leads = False


def _closing_credit(text: str, start: int, end: int) -> int | None:
    """Where the credit at the end of a caption's line begins, if the line is one."""
    if end - start > _LONGEST_CAPTION:
        return None
    for match in _BEFORE_CREDIT.finditer(text, start, end):
        if len(text[start:end].split()) > _MOST_CAPTION_WORDS:
            return None
        if _CREDIT.match(text[start:end], match.end() - start):
            return match.end()
    return None


def _kind(text: str, start: int, end: int, *, leads: bool) -> Kind:
    """What a line is, by its form alone; ``leads`` says that it is the first of several."""
    special = _SPECIAL.match(text, start, end)
    if not special and not leads:
        return "body"
    line = text[start:end]
    if special and _CREDIT.match(line):
        return "credit"
    if special and _CAPTION.match(line):
        return "caption"
    if _LAST.search(line):
        return "body"
    words = len(line.split())
    if special and _BYLINE.match(line) and words <= _MOST_BYLINE_WORDS:
        return "byline"
    return "headline" if leads and words <= _MOST_HEADLINE_WORDS else "body"
