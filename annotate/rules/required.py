"""What a pattern cannot do without: sentences that lack it need not be searched for it."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotate.rules.coded import LAST_CODE, Coded
from annotate.rules.pattern import ATOM, Codes

Choice = frozenset[str]
"""Codes of which at least one occurs."""
Present = NDArray[np.uint64]
"""Which choices occur in each sentence: bits, of shape (words, sentences)."""
Wanted = tuple[tuple[int, np.uint64], ...]
"""Choices that must occur: rows of `Present`, and the bits that must be set in each of these."""

_STEP: Final = re.compile(
    rf"(?P<look>\(\?<?[=!])|(?P<group>\((?:\?P<\w+>|\?:)?)|(?P<unlike>!(?:{ATOM}))|(?P<atom>{ATOM})"
    r"|(?P<other>~\d+|\.\.\.|[^|)])"
)
_OFTEN: Final = re.compile(r"(?:\{(?P<least>\d+)[^}]*\}|(?P<any>[?*])|\+)\??")
_BITS: Final = 64
_MOST: Final = 3
"""Choices of one pattern that are asked for, those with the fewest codes."""


def choices_of(pattern: str, codes: Codes) -> list[Choice]:
    """What occurs wherever a pattern matches, as far as its form says.

    Args:
        pattern: as `annotate.rules.pattern` says, phrases written out.
        codes: of every atom.
    """
    return _Reader(pattern, codes).either()


class _Reader:
    """Reads a pattern once, from its beginning to its end."""

    def __init__(self, pattern: str, codes: Codes) -> None:
        self._pattern = pattern
        self._codes = codes
        self._at = 0

    def either(self) -> list[Choice]:
        """Alternatives: one choice out of all of them, if each has one."""
        branches = [self._row()]
        while self._pattern[self._at : self._at + 1] == "|":
            self._at += 1
            branches.append(self._row())
        if len(branches) == 1:
            return branches[0]
        if not all(branches):
            return []
        return [frozenset().union(*(min(branch, key=len) for branch in branches))]

    def _row(self) -> list[Choice]:
        """What follows one another, up to the end of a group or of an alternative."""
        found: list[Choice] = []
        while step := _STEP.match(self._pattern, self._at):
            self._at = step.end()
            choices = self._choices(step)
            often = _OFTEN.match(self._pattern, self._at)
            if often and step.lastgroup in {"group", "unlike", "atom"}:
                self._at = often.end()
                if often["any"] or often["least"] == "0":
                    continue
            found += choices
        return found

    def _choices(self, step: re.Match[str]) -> list[Choice]:
        if step.lastgroup == "atom":
            return [frozenset(self._codes[step["atom"]])]
        if step.lastgroup in {"group", "look"}:
            inside = self.either()
            self._at += 1  # the bracket that closes it
            return inside if step.lastgroup == "group" else []
        return []


class Required:
    """Tells for many sentences at once which of them a pattern may match."""

    def __init__(self, choices: Mapping[str, Sequence[Choice]]) -> None:
        """Take the choices of each pattern."""
        narrow = {name: sorted(found, key=len)[:_MOST] for name, found in choices.items()}
        known = dict.fromkeys(choice for found in narrow.values() for choice in found)
        place = {choice: divmod(number, _BITS) for number, choice in enumerate(known)}
        self._table = np.zeros((len(known) // _BITS + 1, LAST_CODE + 1), dtype=np.uint64)
        for choice, (word, bit) in place.items():
            self._table[word, [ord(code) for code in choice]] |= np.uint64(1 << bit)
        self._wanted = {
            name: _bits_by_row([place[choice] for choice in found])
            for name, found in narrow.items()
        }

    def wanted(self, pattern: str) -> Wanted:
        """What a pattern cannot do without."""
        return self._wanted[pattern]

    def present(self, coded: Coded) -> Present:
        """Which choices occur in each sentence of a batch."""
        begins = coded.begins
        rows = [np.bitwise_or.reduceat(row.take(coded.array), begins) for row in self._table]
        return np.stack(rows)


def _bits_by_row(places: Sequence[tuple[int, int]]) -> Wanted:
    rows: dict[int, int] = {}
    for row, bit in places:
        rows[row] = rows.get(row, 0) | 1 << bit
    return tuple((row, np.uint64(bits)) for row, bits in rows.items())
