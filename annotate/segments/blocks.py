"""Lines of an article and what each of them is: text, headline, caption, credit or byline."""

import re
from collections.abc import Iterator
from typing import Final

from annotate.records import Kind
from annotate.segments.interface import Segment

_LAST = re.compile(r"[.!?…:;][\"'”’»)\]]*$")
_CREDIT = re.compile(
    r"""\([A-ZÀ-Þ©][\w.&'’/,;:\ -]{1,58}[^\W.!?]\)\.?$                # (Northline/J. Lund)
      | (?i:file\ photo|file\ picture|file\ image)\.?$
      | (?i:photos?|pictures?|photographs?|images?|graphics?|video|illustration|credit)
        (\ (by|from|courtesy\ of))?\s*[:/]\s*\S.{0,80}$           # Photo: Jo Lund / Northline
      | ©.{2,80}$
      | [A-Z]{2,12}\ Photos?/\S.{1,60}$                           # NL Photo/Jo Lund
      | [A-Z][A-Z.]+/[A-Z]\w+(\ [A-Z][\w.'’-]+){0,3}$             # NORTHLINE/Jo Lund
    """,
    re.VERBOSE,
)
_BEFORE_CREDIT = re.compile(
    r"[.!?][\"'”’]?\s+(?=[(©]|(?i:file|photo|picture|image|graphic|video|illus|credit)"
    r"|[A-Z][A-Z.]+(?:\ Photos?)?/)"
)
_LINE = re.compile(
    r"""(?=\S)
    (?P<special>(?=                     # may be more than text: cheaper than to look for each kind
        [(©]|(?i:file|photo|picture|image|graphic|video|illus|credit|caption)|B[yY]\ |Words\ by
      | Reporting|Additional|Writing|Edit|Compiled|[A-Z][A-Z.]+(?:\ Photos?)?/
    ))?
    [^\n]*\S""",
    re.VERBOSE,
)
_CREDIT_ENDS = (")", ").", "hoto", "hoto.", "icture", "icture.", "mage", "mage.")
_CAPTION = re.compile(
    r"(file (photo|picture|image)|pictured|caption|photo caption)\b", re.IGNORECASE
)
_UNFINISHED = re.compile(r"[.!?…]|[,:;–—-]$")
_LONGEST_CROSSHEAD = 60
_BYLINE = re.compile(
    r"\(?(By|BY|(Words|Reporting|Additional reporting|Writing|Editing|Edited|Compiled) by)"
    r"\s+[A-ZÀ-Þ]"
)
_MOST_BYLINE_WORDS = 14
_MOST_CAPTION_WORDS = 40
_LONGEST_CAPTION = 400
_MOST_HEADLINE_WORDS = 25
WHOLE: Final[frozenset[Kind]] = frozenset({"headline", "credit", "byline"})
"""Kinds of lines that are one unit each, not to be divided into sentences."""


def blocks(text: str) -> Iterator[Segment]:
    """The lines of a text that hold something, in order; a caption's closing credit cut off."""
    lines = list(_LINE.finditer(text))
    spans = [line.span() for line in lines]
    leads = len(spans) > 1
    for place, (start, end) in enumerate(spans):
        short = end - start <= _LONGEST_CAPTION
        credit = _closing_credit(text, start, end) if short else None
        if credit is not None:
            yield Segment(start, start + len(text[start:credit].rstrip()), "caption")
            yield Segment(credit, end, "credit")
        else:
            special = lines[place]["special"] is not None
            kind: Kind = "body"
            if special or leads:
                kind = _kind(text[start:end], special=special, leads=leads)
            if end - start <= _LONGEST_CROSSHEAD and _crosshead(text, spans, place, kind):
                kind = "headline"
            yield Segment(start, end, kind)
        leads = False


def _closing_credit(text: str, start: int, end: int) -> int | None:
    """Where the credit at the end of a caption's line begins, if the line, a short one, is one."""
    line = text[start:end]
    if not ("/" in line or ":" in line or "©" in line or line.endswith(_CREDIT_ENDS)):
        return None  # what every credit at an end has: cheaper than to look for one
    for match in _BEFORE_CREDIT.finditer(text, start, end):
        if len(line.split()) > _MOST_CAPTION_WORDS:
            return None
        if _CREDIT.match(line, match.end() - start):
            return match.end()
    return None


def _crosshead(text: str, spans: list[tuple[int, int]], place: int, kind: Kind) -> bool:
    """Whether a line is a heading between paragraphs: short, without a mark, before a long line."""
    start, end = spans[place]
    if kind != "body" or not 0 < place < len(spans) - 1:
        return False
    line = text[start:end]
    after, after_end = spans[place + 1]
    return (
        line.lstrip("\"'“‘")[:1].isupper()
        and not _UNFINISHED.search(line)
        and after_end - after > _LONGEST_CROSSHEAD
        and all(_ends(text, *spans[place + step]) for step in (-1, 1))
    )


def _ends(text: str, start: int, end: int) -> bool:
    return _LAST.search(text, max(start, end - 8), end) is not None


def _kind(line: str, *, special: bool, leads: bool) -> Kind:
    """What a line is, by its form alone; ``leads`` says that it is the first of several."""
    unmarked = not _LAST.search(line)
    words = len(line.split())
    if special and unmarked and words <= _MOST_BYLINE_WORDS and _BYLINE.match(line):
        return "byline"
    if special and _CREDIT.match(line):
        return "credit"
    if special and _CAPTION.match(line):
        return "caption"
    return "headline" if leads and unmarked and words <= _MOST_HEADLINE_WORDS else "body"
