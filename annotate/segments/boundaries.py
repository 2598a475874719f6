"""Where a line's sentences end: one pass over the final marks.

Most full stops follow an ordinary word and stand before a capital: those end a sentence at once.
Every other mark is put to the rules of `rules.py` in their order, and the first that knows decides.
"""

import re
from collections.abc import Iterator

from annotate.segments.abbreviations import ABBREVIATIONS, CONSONANTS
from annotate.segments.place import OPEN, Place
from annotate.segments.rules import RULES

_MARK = re.compile(
    r"""
    (?P<mark>[.!?…\u3002\uff01\uff1f\uff61\u0964\u0965\u061f\u06d4]++)
    (?P<close>
        [\"'”’»)\]]*+
        (?:[“‘](?=\s))?                                   # closes what a low one opened
        (?:\[\d{1,3}\])?                                  # the number of a note
        (?:\s*[☀-➿🀀-🫿\ufe0f\u200d]++[\"'”’»)\]]*+)*+     # emoji stay with the words before
    )
    (?:
        \s++
      | (?<=[\u3002\uff01\uff1f\uff61\u0964\u0965”])(?=\S)
      | (?<=[a-z)”][.!?])(?=[“‘]?[A-Z][a-z])               # a blank was forgotten
      | (?<=[a-z)][.!?][\"”’])(?=[A-Z“‘])
    )
    """,
    re.VERBOSE,
)
_CLOSING = frozenset("\"'”’»)]")
_STRAY = re.compile(r"(''|[\"”’'»)\]])(?:\s+|$)")
_SHORT = 4
_LONG_ENOUGH_FOR_A_MARKER = 30


def breaks(text: str, line: int, limit: int) -> Iterator[tuple[int, int]]:
    """Where a sentence ends inside the line ``text[line:limit]`` and where the next begins."""
    start = line
    for found in _MARK.finditer(text, line, limit):
        end, after = found.end("close"), found.end()
        if after < limit and text[after] in _CLOSING:
            stray = _STRAY.match(text, after, limit)
            if stray and _closes(text, stray, line):
                end, after = stray.end(1), stray.end()
        if after >= limit:
            return
        if _plainly(text, found.start(), start, end, after) or _decided(
            Place(text, found, line=line, start=start, end=end, after=after, limit=limit)
        ):
            yield end, after
            start = after


def _plainly(text: str, at: int, start: int, end: int, after: int) -> bool:
    """Whether a full stop after an ordinary word stands before a capital."""
    if not (text[after].isupper() and text[at] == "." and end == at + 1 and after == end + 1):
        return False
    word = text[text.rfind(" ", start, at) + 1 : at]
    if not word.isalpha():
        word = word.lstrip(OPEN).removesuffix("’s").removesuffix("'s").rpartition("-")[2]
        if not word.isalnum() or at - start < _LONG_ENOUGH_FOR_A_MARKER:
            return False
    if len(word) <= _SHORT and (len(word) == 1 or CONSONANTS.fullmatch(word)):
        return False
    return word not in ABBREVIATIONS


def _closes(text: str, stray: re.Match[str], line: int) -> bool:
    """Whether a quotation mark with blanks around it closes what was opened in the line."""
    mark = stray[1]
    return mark not in {'"', "''", "'"} or text.count(mark, line, stray.start()) % 2 == 1


def _decided(place: Place) -> bool:
    for rule in RULES:
        decision = rule(place)
        if decision is not None:
            return decision
    return True
