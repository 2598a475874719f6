"""Lines of an article and what each of them is: text, headline, caption, credit or byline."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from annotate.records import Kind

_LINE = re.compile(r"[^\n]+")
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
_SENTENCE_GAP = re.compile(r"[.!?][\"'”’]?\s+")
_CAPTION = re.compile(
    r"(file (photo|picture|image)|pictured|caption|photo caption)\b", re.IGNORECASE
)
_BYLINE = re.compile(r"(By|Words by|Reporting by|Edited by)\s+[A-ZÀ-Þ]")
_MOST_BYLINE_WORDS = 14
_MOST_CAPTION_WORDS = 40
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
    lines = [_trimmed(text, match.start(), match.end()) for match in _LINE.finditer(text)]
    spans = [(start, end) for start, end in lines if start < end]
    for place, (start, end) in enumerate(spans):
        leads = place == 0 and len(spans) > 1
        if credit := _closing_credit(text[start:end]):
            yield Block(*_trimmed(text, start, start + credit), "caption")
            yield Block(start + credit, end, "credit")
        else:
            yield Block(start, end, _kind(text[start:end], leads=leads))


def _closing_credit(line: str) -> int | None:
    """Where the credit at the end of a caption's line begins, if the line is one."""
    if len(line.split()) > _MOST_CAPTION_WORDS:
        return None
    places = (match.end() for match in _SENTENCE_GAP.finditer(line))
    return next((place for place in places if _CREDIT.match(line, place)), None)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    line = text[start:end]
    return start + len(line) - len(line.lstrip()), end - (len(line) - len(line.rstrip()))


def _kind(line: str, *, leads: bool) -> Kind:
    """What a line is, by its form alone; ``leads`` says that it is the first of several."""
    words = len(line.split())
    if _CREDIT.match(line):
        return "credit"
    if _CAPTION.match(line):
        return "caption"
    if _BYLINE.match(line) and words <= _MOST_BYLINE_WORDS and not _LAST.search(line):
        return "byline"
    if leads and words <= _MOST_HEADLINE_WORDS and not _LAST.search(line):
        return "headline"
    return "body"
