"""Sentences in codes: one character for each word and mark."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from annotate.rules.pattern import END_CODE
from annotate.rules.tokens import Tokens

Numbers = NDArray[np.intp]
Answers = NDArray[np.bool_]
FIRST_CODE, LAST_CODE = 0x30, 0x7FF
"""Room for codes: above what regular expressions give a meaning to, below surrogates."""


@dataclass(frozen=True, eq=False)
class Coded:
    """A batch of sentences in codes.

    Attributes:
        array: the codes of all sentences, one for each token, an `END_CODE` after each sentence.
        ends: where that stands.
        tokens: what the codes stand for.
    """

    array: NDArray[np.uint16]
    ends: Numbers
    tokens: Tokens

    @cached_property
    def begins(self) -> Numbers:
        """Where each sentence begins."""
        return np.concatenate([[0], self.ends[:-1] + 1])

    @cached_property
    def inside(self) -> Numbers:
        """Where all codes but those `END_CODE` stand."""
        inside = np.ones(len(self.array), dtype=np.bool_)
        inside[self.ends] = False
        return np.flatnonzero(inside)

    @cached_property
    def text(self) -> str:
        """All sentences as a string of codes, an `END_CODE` before each and after the last.

        The one before a sentence stands where the sentence begins in ``array``.
        """
        return END_CODE + str(self.array.astype("<u2", copy=False).tobytes(), "utf-16-le")

    def matching(self, pattern: re.Pattern[str], numbers: Sequence[int]) -> list[int]:
        """Those of these sentences in which a pattern matches, which goes on to their ends."""
        text = END_CODE.join(["", *map(self._sentences.__getitem__, numbers), ""])
        ends = list(accumulate(map(self._lengths.__getitem__, numbers)))
        return [numbers[bisect_right(ends, found.start())] for found in pattern.finditer(text)]

    @cached_property
    def _sentences(self) -> list[str]:
        return self.text.split(END_CODE)[1:-1]

    @cached_property
    def _lengths(self) -> list[int]:
        """Codes of each sentence and the `END_CODE` before it."""
        lengths: list[int] = (self.ends + 1 - self.begins).tolist()
        return lengths


def stretches(begins: Numbers, ends: Numbers) -> Numbers:
    """The numbers of each ``[begin, end)``, one after the other."""
    counts = ends - begins
    upto = np.cumsum(counts)
    numbers: Numbers = np.repeat(begins - upto + counts, counts)
    numbers += np.arange(len(numbers))
    return numbers
