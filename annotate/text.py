"""Text as the records hold it: NFC, LF line ends, no control characters; and the way back."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter

OffsetMap = tuple[tuple[int, int], ...]

_LINE_ENDS = {"\r\n": "\n", "\r": "\n", "\x0b": "\n", "\x0c": "\n"}
_ODD = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ud800-\udfff]")
_PLAIN = re.compile(r"[\t\n -~]+(?=[\t\n -~]|\Z)")
"""What composes with nothing: most of a text; the last before another character may."""
_JAMO = range(0x1160, 0x1200)  # medial and final jamo join the syllable before them


@dataclass(frozen=True, slots=True)
class Normalised:
    """A normalised text and where its characters stood in the original.

    ``offset_map`` holds ``(offset here, offset in the original)`` wherever the distance between
    the two changes, in ascending order; it is empty when nothing moved.
    """

    text: str
    offset_map: OffsetMap = ()

    def to_original(self, offset: int) -> int:
        """Offset in the original text of an offset in this one."""
        place = bisect_right(self.offset_map, offset, key=itemgetter(0)) - 1
        if place < 0:
            return offset
        here, there = self.offset_map[place]
        return there + offset - here

    def from_original(self, offset: int) -> int:
        """Offset in this text of an offset in the original; what was removed maps to its end."""
        place = bisect_right(self.offset_map, offset, key=itemgetter(1)) - 1
        if place < 0:
            return offset
        here, there = self.offset_map[place]
        found = here + offset - there
        following = self.offset_map[place + 1 : place + 2]
        return min(found, following[0][0]) if following else min(found, len(self.text))

    def cut(self, start: int, end: int) -> "Normalised":
        """The part ``[start, end)`` of this text, its offsets still those of the original."""
        moved = [(0, self.to_original(start))]
        moved += [(here - start, there) for here, there in self.offset_map if start < here < end]
        return Normalised(self.text[start:end], _needed(moved))

    def strip(self) -> "Normalised":
        """The text without white space around it."""
        start = len(self.text) - len(self.text.lstrip())
        return self.cut(start, max(start, len(self.text.rstrip())))


def normalise(original: str) -> Normalised:
    """Bring a text into the form of the records.

    CR, CRLF, vertical tab and form feed become LF; other control characters, byte order marks and
    lone surrogates go; the rest is composed (NFC). Nothing else is touched.
    """
    if not _ODD.search(original) and unicodedata.is_normalized("NFC", original):
        return Normalised(original)
    pieces: list[str] = []
    moved = [(0, 0)]
    here = there = 0
    for old, new in _rewritten(original):
        pieces.append(new)
        here, there = here + len(new), there + len(old)
        if len(new) != len(old):
            moved.append((here, there))
    return Normalised("".join(pieces), _needed(moved))


def _needed(moved: list[tuple[int, int]]) -> OffsetMap:
    """The breakpoints without those that change nothing; of equal places the last counts."""
    last = list({here: (here, there) for here, there in moved}.values())
    if last[0] == (0, 0):
        last = [(0, 0), *last[1:]]
    kept = [last[0], *(b for a, b in pairwise(last) if b[1] - b[0] != a[1] - a[0])]
    return tuple(kept[1:] if kept[0] == (0, 0) else kept)


def _rewritten(original: str) -> Iterator[tuple[str, str]]:
    """(old, new) for every smallest stretch that can be normalised by itself."""
    for stretch in _clusters(original):
        if stretch in _LINE_ENDS:
            yield stretch, _LINE_ENDS[stretch]
        else:
            yield stretch, unicodedata.normalize("NFC", _ODD.sub("", stretch))


def _clusters(original: str) -> Iterator[str]:
    """The text in pieces: no character of one ever composes with a character of another."""
    start = 0
    while start < len(original):
        plain = _PLAIN.match(original, start)
        end = plain.end() if plain else start + 1
        while not plain and end < len(original) and _joins(original[end - 1], original[end]):
            end += 1
        yield original[start:end]
        start = end


def _joins(before: str, character: str) -> bool:
    """Whether a character may compose with what stands before it, or is dropped in between."""
    if character in _LINE_ENDS or before in _LINE_ENDS or character == "\n":
        return before + character == "\r\n"
    return (
        unicodedata.category(character).startswith("M")
        or ord(character) in _JAMO
        or _ODD.match(character) is not None
    )
