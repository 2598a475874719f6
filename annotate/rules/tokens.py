"""Where the words and marks of many sentences stand, in one pass over their bytes.

A loop over words in Python is the slowest part of most programs for text. Here a batch of sentences
is one buffer of bytes, and each step is one NumPy operation over all of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

WORD_BYTES = 16
"""Longest word that has a key of its own."""
TOO_LONG = np.uint64(0)
"""The key of all longer words."""
END, OPEN, CLOSE = "\x00", "\x01", "\x02"
"""The marks after each sentence, before and after a quotation; a straight quotation mark is one of
the two by what stands beside it."""
MARKS = ",.:;?!()-"

_SINGLE = "\x03"
_ALIKE = {
    "“": OPEN, "„": OPEN, "«": OPEN, "”": CLOSE, "»": CLOSE, "‘": _SINGLE, "’": "'",
    "—": "-", "–": "-", "…": ".", **dict.fromkeys("\u00a0\u2002\u2003\u2009\u200b\u202f", " "),
}  # fmt: skip
"""Read as these, one character for one, so that offsets stay what they are."""
_OTHER, _LETTER, _MARK = 0, 1, 2
_FIRST, _SECOND = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
LEADING = np.array([2 ** (8 * count) - 1 for count in range(9)], dtype=np.uint64)
"""Masks of the first 0 to 8 bytes of eight."""


def _table(characters: str) -> NDArray[np.bool_]:
    """Of each byte, whether it is one of these characters."""
    return np.isin(np.arange(256), list(characters.encode()))


def _kinds() -> bytes:
    kinds = np.full(256, _OTHER, dtype=np.uint8)
    kinds[[byte for byte in range(256) if byte > 127 or chr(byte).isalnum()]] = _LETTER  # noqa: PLR2004
    kinds[_table(f"{MARKS}{END}{OPEN}{CLOSE}{_SINGLE}\"'")] = _MARK
    return kinds.tobytes()


_KINDS = _kinds()
_LOWERED = bytes(range(256)).lower().translate(bytes.maketrans(f"{END}\t\n\r".encode(), b"    "))
_QUOTES = _table(f"{_SINGLE}\"'")
_GAPS = _table(f" \t\n\r({END}-")
_NO_END = _table("sS ")
"""After these a single mark is an apostrophe, as in "the pilots' rosters", else it closes."""


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """The words of a batch: a key of their letters in lower case, and their first byte as it is."""

    keys: NDArray[np.uint64]
    first: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Tokens:
    """The words and marks of a batch of sentences, in order, an `END` after each sentence.

    Attributes:
        buffer: the sentences in UTF-8, an `END` after each.
        begins: byte at which each token begins.
        is_word: whether a token is a word; else it is a mark.
        word_stops: byte after each word.
    """

    buffer: NDArray[np.uint8]
    begins: NDArray[np.int64]
    is_word: NDArray[np.bool_]
    word_stops: NDArray[np.int64]

    @cached_property
    def word_numbers(self) -> NDArray[np.intp]:
        """Which tokens are words."""
        return np.flatnonzero(self.is_word)

    @cached_property
    def mark_numbers(self) -> NDArray[np.intp]:
        """Which tokens are marks."""
        return np.flatnonzero(~self.is_word)

    @cached_property
    def marks(self) -> NDArray[np.uint8]:
        """The byte of each mark; quotation marks are `OPEN` or `CLOSE`."""
        places = self.begins.take(self.mark_numbers)
        marks = self.buffer.take(places)
        quotes = np.flatnonzero(_QUOTES.take(marks))
        around, after = self.buffer.take(places[quotes] - 1), self.buffer.take(places[quotes] + 1)
        opens = _GAPS.take(around) & ~_GAPS.take(after)
        single = marks[quotes] == ord("'")
        marks[quotes] = np.where(opens | (marks[quotes] == ord(_SINGLE)), ord(OPEN), ord(CLOSE))
        possessive = quotes[single & ~opens & _NO_END.take(around)]
        marks[possessive] = ord("'")
        return marks

    @property
    def stops(self) -> NDArray[np.int64]:
        """The byte after each token."""
        stops = self.begins + 1
        stops[self.is_word] = self.word_stops
        return stops

    @cached_property
    def lowered(self) -> NDArray[np.uint8]:
        """A blank and then the buffer in lower case, all its blanks and `END` as spaces."""
        return np.frombuffer(b" " + self.buffer.tobytes().translate(_LOWERED), dtype=np.uint8)

    @cached_property
    def eights(self) -> NDArray[np.uint64]:
        """The eight bytes of `lowered` from each place on, the first of them in the lowest bits."""
        shape = len(self.lowered) - 7
        view: NDArray[np.uint64] = np.ndarray(shape, "<u8", self.lowered, strides=(1,))
        return view.copy()

    @cached_property
    def words(self) -> Words:
        """The words; equal keys mean equal words, case apart, of at most `WORD_BYTES` bytes."""
        begins = self.begins.take(self.word_numbers)
        lengths = self.word_stops - begins
        head = self.eights.take(begins + 1) & LEADING.take(lengths, mode="clip")
        tail = self.eights.take(begins + 9) & LEADING.take(lengths - 8, mode="clip")
        keys = (head * _FIRST) ^ ((tail ^ (tail >> np.uint64(29))) * _SECOND)
        keys[lengths > WORD_BYTES] = TOO_LONG
        return Words(keys, self.buffer.take(begins))


def tokens(texts: Sequence[str]) -> Tokens:
    """Find the words and marks of sentences.

    A word is a run of letters and digits; an apostrophe or a hyphen between two of them belongs to
    it, so ``don't`` and ``denial-of-service`` are one word each.
    """
    joined = _joined(texts)
    padded = bytearray(joined.encode("utf-8", "surrogatepass") + END.encode() * (2 * WORD_BYTES))
    buffer = np.frombuffer(padded, dtype=np.uint8)
    kinds = np.frombuffer(padded.translate(_KINDS), dtype=np.uint8)
    kinds[-2 * WORD_BYTES + 1 :] = _OTHER
    letter = kinds == _LETTER
    inner = np.flatnonzero((buffer == ord("'")) | (buffer == ord("-")))
    inner = inner[letter.take(inner - 1) & letter.take(inner + 1)]
    letter[inner], kinds[inner] = True, _LETTER
    kinds[_second_of_two(buffer)] = _OTHER
    before = np.empty_like(letter)
    before[0], before[1:] = False, letter[:-1]
    begins = np.flatnonzero((letter & ~before) | (kinds == _MARK))
    return Tokens(buffer, begins, letter.take(begins), np.flatnonzero(before & ~letter))


def _second_of_two(buffer: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Places of the second of two apostrophes, which are one quotation mark in older texts."""
    single = buffer == ord("'")
    return np.flatnonzero(single[1:] & single[:-1]) + 1


def _joined(texts: Sequence[str]) -> str:
    """The sentences with an `END` between two of them and nowhere else."""
    joined = END.join(texts)
    if joined.count(END) >= max(1, len(texts)):
        joined = END.join(text.replace(END, " ") for text in texts)
    if not joined.isascii():
        for odd, plain in _ALIKE.items():
            joined = joined.replace(odd, plain)
    return joined
