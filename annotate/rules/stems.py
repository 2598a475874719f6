"""The first letters of words, by which a sentence echoes what was said before it."""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from annotate.rules.coded import Coded

Stems = frozenset[int]
_STEM: Final = re.compile(r"\b[^\W\d_]{4}")
_OTHER, _LETTER, _DIGIT = range(3)
_ASCII: Final = 128
_FIRST_FOUR: Final = np.uint64(2**32 - 1)


def _kinds() -> bytes:
    kinds = np.full(256, _OTHER, dtype=np.uint8)
    kinds[list(b"abcdefghijklmnopqrstuvwxyz")] = _LETTER
    kinds[list(b"0123456789_")] = _DIGIT
    return kinds.tobytes()


_KINDS: Final = _kinds()


def stems_of(text: str) -> Stems:
    """The first four letters of each word that has as many, as numbers: endings do not matter."""
    found = set(_STEM.findall(text.lower()))
    return frozenset(int.from_bytes(stem.encode(), "little") for stem in found)


class StemsOfBatch:
    """The same of each sentence of a batch, found in one pass over its bytes.

    Sentences with letters outside ASCII are left to `stems_of`.
    """

    def __init__(self, texts: Sequence[str], coded: Coded) -> None:
        """Take a batch and the same in codes."""
        tokens = coded.tokens
        kinds = np.frombuffer(tokens.lowered.tobytes().translate(_KINDS), dtype=np.uint8)
        letter = kinds == _LETTER
        four = letter[1:-3] & letter[2:-2] & letter[3:-1] & letter[4:]
        places = np.flatnonzero(four & (kinds[:-4] == _OTHER)) + 1
        ends = tokens.begins.take(coded.ends) + 1
        self._texts = texts
        self._stems = tokens.eights.take(places) & _FIRST_FOUR
        self._bounds = [0, *np.searchsorted(places, ends).tolist()]
        self._plain = np.ones(len(texts), dtype=np.bool_)
        outside = np.flatnonzero(tokens.buffer >= _ASCII)
        self._plain[np.searchsorted(ends, outside, side="right")] = False

    def of(self, first: int, last: int) -> Stems:
        """Those of the sentences from one up to another."""
        if not self._plain[first:last].all():
            return frozenset[int]().union(*map(stems_of, self._texts[first:last]))
        return frozenset(self._stems[self._bounds[first] : self._bounds[last]].tolist())
