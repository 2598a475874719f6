"""The first letters of words, by which a sentence echoes what was said before it."""

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotate.rules.coded import Coded, Numbers, stretches

Stems = frozenset[int]
_STEM: Final = re.compile(r"\b[^\W\d_]{4}")
_OTHER, _LETTER, _DIGIT = range(3)
_ASCII: Final = 128
_STEM_BITS: Final = 32
FIRST_FOUR: Final = np.uint64(2**_STEM_BITS - 1)


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

    Attributes:
        plain: whether those of a sentence are among them: it has no letter outside ASCII.
    """

    def __init__(self, coded: Coded) -> None:
        """Take a batch in codes."""
        tokens = coded.tokens
        kinds = np.frombuffer(tokens.lowered.tobytes().translate(_KINDS), dtype=np.uint8)
        letter = kinds == _LETTER
        four = letter[1:-3] & letter[2:-2] & letter[3:-1] & letter[4:]
        places = np.flatnonzero(four & (kinds[:-4] == _OTHER)) + 1
        ends = tokens.begins.take(coded.ends) + 1
        self._stems = tokens.eights.take(places) & FIRST_FOUR
        self._bounds = np.append(0, np.searchsorted(places, ends))
        outside = np.flatnonzero(tokens.buffer >= _ASCII)
        self.plain = np.ones(len(ends), dtype=np.bool_)
        self.plain[np.searchsorted(ends, outside, side="right")] = False

    def of_rows(self, first: Numbers, last: Numbers) -> NDArray[np.uint64]:
        """Those of the sentences ``[first, last)`` of each row, with the row in the upper bits."""
        begins, ends = self._bounds.take(first), self._bounds.take(last)
        rows = np.repeat(np.arange(len(first), dtype=np.uint64), ends - begins)
        return (rows << np.uint64(_STEM_BITS)) | self._stems.take(stretches(begins, ends))


def shared_by_row(
    stems: NDArray[np.uint64], others: NDArray[np.uint64], rows: int, *, common: Stems
) -> Numbers:
    """How many stems that are not common each row has in both."""
    shared = np.intersect1d(stems, others)
    known = np.isin(shared & FIRST_FOUR, np.array(sorted(common), dtype=np.uint64))
    return np.bincount((shared[~known] >> np.uint64(_STEM_BITS)).view(np.int64), minlength=rows)
