"""Where a line's sentences end: one pass over the final marks of a text.

Most marks stand before a small letter, or after an ordinary word or a title and before a capital:
of those it is known at once whether they end a sentence.
Every other mark is put to the rules of `rules.py` in their order, and the first that knows decides.
"""

import re
from collections.abc import Iterable, Iterator

from annotate.segments.abbreviations import ABBREVIATIONS, CONSONANTS, TITLES
from annotate.segments.place import OPEN, Place
from annotate.segments.rules import LOWER_OPENER, RULES, RULES_OF_STOPS

_MARKS = ".!?…\u3002\uff01\uff1f\uff61\u0964\u0965\u061f\u06d4"
MARK = re.compile(
    r"""
    (?P<mark>[MARKS](?<![MARKS][MARKS])[MARKS]*+)          # a run of marks is tried once
    (?P<close>
        [\"'”’»)\]]*+
        (?:[“‘](?=\s))?                                   # closes what a low one opened
        (?:\[\d{1,3}\])?                                  # the number of a note
        (?:[^\S\n]*+[☀-➿🀀-🫿\ufe0f\u200d]++[\"'”’»)\]]*+)*+     # emoji stay with the words before
    )
    (?:
        [^\S\n]++(?=\S)
      | (?<=[\u3002\uff01\uff1f\uff61\u0964\u0965”])(?=\S)
      | (?<=[a-z)”][.!?])(?=[“‘]?[A-Z][a-z])               # a blank was forgotten
      | (?<=[a-z)][.!?][\"”’])(?=[A-Z“‘])
    )
    """.replace("MARKS", _MARKS),
    re.VERBOSE,
)
"""A mark that may end a sentence before another of the same line."""
_CLOSE = MARK.groupindex["close"]
_LETTER = re.compile(r"[^\W_]")
_CLOSING = frozenset("\"'”’»)]")
_STRAY = re.compile(r"(''|[\"”’'»)\]])(?:\s+|$)")
_SHORT = 4
_DOUBTFUL = re.compile(rf"{CONSONANTS.pattern}|[ivxIVX]+|[aApP][mM]")
"""Short words that may be an abbreviation, a number or a time of day."""
_LONG = 30  # no marker of a list is as long
_LOOK_BACK = 2000
_TITLES = TITLES - {"St"}  # as a street it may end a sentence


def breaks(
    text: str, marks: Iterable[re.Match[str]], line: int, limit: int
) -> Iterator[tuple[int, int]]:
    """Where a sentence ends inside the line ``text[line:limit]`` and where the next begins.

    Args:
        text: the whole text.
        marks: what `MARK` finds in the line.
        line: where the line begins.
        limit: where it ends.
    """
    start = looked = line
    begun = False  # whether the sentence has a letter or a digit, as far as it was looked at
    for found in marks:
        (at, after), end = found.span(), found.end(_CLOSE)
        if after < limit and text[after] in _CLOSING:
            stray = _STRAY.match(text, after, limit)
            if stray and _closes(text, stray, line):
                end, after = stray.end(1), stray.end()
        if after >= limit:
            return
        ends = _at_once(text, at, start, end, after)
        if ends is None:
            begun = begun or _LETTER.search(text, looked, at) is not None
            looked = at
            place = Place(text, found, line=line, start=start, end=end, after=after, limit=limit)
            ends = begun and _decided(place)
        if ends:
            yield end, after
            start = looked = after
            begun = False


def _at_once(text: str, at: int, start: int, end: int, after: int) -> bool | None:
    """Whether a mark ends a sentence, where its nearest neighbours leave no doubt.

    After a blank a small letter goes on with it. A capital begins another, if the word before the
    mark is an ordinary one.
    """
    first = text[after]
    if first.islower() and after > end:
        return None if LOWER_OPENER.match(text, after) else False
    if after != at + 2 or end != at + 1:
        return None
    if not (first.isupper() or (first in '“"' and text[after + 1 : after + 2].isupper())):
        return None
    word = text[max(text.rfind(" ", start, at) + 1, start) : at]
    if text[at] == ".":
        return _after_word(word, at - start)
    return True if text[at] in "?!" and word.isalpha() and word.islower() else None


def _after_word(word: str, length: int) -> bool | None:
    """Whether a full stop before a capital ends a sentence of this length with this last word."""
    if word.lstrip('"“([') in _TITLES:
        return False
    if not word.isalpha():
        word = word.lstrip(OPEN).removesuffix("’s").removesuffix("'s").rpartition("-")[2]
        if not word.isalnum() or length < _LONG:
            return None
    if len(word) <= _SHORT and _DOUBTFUL.fullmatch(word):
        return None
    return True if len(word) > 1 and word not in ABBREVIATIONS else None


def _closes(text: str, stray: re.Match[str], line: int) -> bool:
    """Whether a quotation mark with blanks around it closes what was opened in the line."""
    mark = stray[1]
    return mark not in {'"', "''", "'"} or _odd(text, mark, line, stray.start())


def _odd(text: str, mark: str, line: int, at: int) -> bool:
    return text.count(mark, max(line, at - _LOOK_BACK), at) % 2 == 1


def _decided(place: Place) -> bool:
    for rule in RULES_OF_STOPS if place.is_plain else RULES:
        decision = rule(place)
        if decision is not None:
            return decision
    return True
