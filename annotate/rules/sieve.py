"""Which sentences have what rules and patterns cannot do without, for a whole batch at once."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotate.rules.coded import LAST_CODE, Answers, Coded
from annotate.rules.pattern import END_CODE
from annotate.rules.required import Choice

_BITS: Final = 64
_ANY: Final = frozenset({END_CODE})
"""What every sentence has."""


class Sieve:
    """Keeps, for each of many sets of choices, the sentences with a code of every choice."""

    def __init__(self, sets: Sequence[Sequence[Choice]]) -> None:
        """Give each different choice a bit."""
        known = list(dict.fromkeys([_ANY, *(choice for choices in sets for choice in choices)]))
        place = {choice: number for number, choice in enumerate(known)}
        self._tables = np.zeros((len(known) // _BITS + 1, LAST_CODE + 1), dtype=np.uint64)
        for choice, number in place.items():
            word, bit = divmod(number, _BITS)
            self._tables[word, [ord(code) for code in choice]] |= np.uint64(1 << bit)
        most = max([1, *map(len, sets)])  # none needs anything where all rules are left out
        filled = [[*choices, *[_ANY] * (most - len(choices))] for choices in sets]
        self._places = np.array([[place[choice] for choice in each] for each in filled])

    def kept(self, coded: Coded) -> Answers:
        """Which sentences of a batch each set keeps, of shape (sets, sentences)."""
        has = self._has(coded)
        kept = has.take(self._places[:, 0], axis=0)
        for places in self._places.T[1:]:
            kept &= has.take(places, axis=0)
        return np.unpackbits(kept, axis=1, count=len(coded.ends), bitorder="little").view(np.bool_)

    def _has(self, coded: Coded) -> NDArray[np.uint8]:
        """Which sentences have a code of each choice: bits, of shape (choices, sentences / 8)."""
        words = [np.bitwise_or.reduceat(t.take(coded.array), coded.begins) for t in self._tables]
        octets = np.stack(words).astype("<u8", copy=False).view(np.uint8)
        octets = octets.reshape(len(words), -1, 8).transpose(0, 2, 1).reshape(8 * len(words), -1)
        bits = [
            np.packbits(octets & np.uint8(1 << bit), axis=1, bitorder="little") for bit in range(8)
        ]
        return np.stack(bits, axis=1).reshape(8 * len(octets), -1)
