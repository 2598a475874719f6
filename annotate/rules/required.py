"""What a pattern cannot do without: sentences that lack it need not be searched for it."""

import re
from collections.abc import Sequence
from typing import Final

from annotate.rules.pattern import ATOM, Codes

Choice = frozenset[str]
"""Codes of which at least one occurs."""

_STEP: Final = re.compile(
    rf"(?P<look>\(\?<?[=!])|(?P<group>\((?:\?P<\w+>|\?:)?)|(?P<unlike>!(?:{ATOM}))|(?P<atom>{ATOM})"
    r"|(?P<other>~\d+|\.\.\.|[^|)])"
)
_OFTEN: Final = re.compile(r"(?:\{(?P<least>\d+)[^}]*\}|(?P<any>[?*])|\+)\??")
_MOST: Final = 3
"""Choices of one pattern that are asked for."""


def choices_of(pattern: str, codes: Codes) -> list[Choice]:
    """What occurs wherever a pattern matches, as far as its form says.

    Args:
        pattern: as `annotate.rules.pattern` says, phrases written out.
        codes: of every atom.
    """
    return _Reader(pattern, codes).either()


def rarest_of(pattern: str, codes: Codes) -> list[Choice]:
    """The choices of a pattern with the fewest codes: enough of them to keep few sentences."""
    return sorted(choices_of(pattern, codes), key=len)[:_MOST]


def either_of(names: Sequence[str], codes: Codes) -> Choice:
    """One of these classes and words."""
    return frozenset(code for name in names for code in codes[name])


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
