"""A batch from an order of preference: never many of one story, never the same words twice."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

LEAST_OF_FAMILY: Final = 3
"""Sentences that one family may give to a batch in any case."""
MOST_OF_FAMILY: Final = 10
"""Sentences that it never gives more of, however few families there are."""
ALIKE: Final = 0.8
"""Share of two sentences' different words that are in both, from which they are the same."""

_ROUNDING: Final = 1e-9
_WORDS: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Batch:
    """What is to be labelled next.

    Attributes:
        places: of the candidates taken, in the order in which they were.
        most_of_family: how many one family may give.
    """

    places: tuple[int, ...]
    most_of_family: int


def allowance(families: Iterable[str], count: int) -> int:
    """How many of one family a batch may hold: as few as fill it, within 3 to 10.

    Args:
        families: of each candidate.
        count: size of the batch.
    """
    sizes = Counter(families).values()
    for most in range(LEAST_OF_FAMILY, MOST_OF_FAMILY):
        if sum(min(size, most) for size in sizes) >= count:
            return most
    return MOST_OF_FAMILY


class Picker:
    """Takes candidates one after the other, if their family and their words leave room for them.

    Args:
        texts: of the candidates.
        families: of each candidate.
        known: texts that need not be labelled again.
        most_of_family: how many one family may give.
    """

    def __init__(
        self,
        texts: Sequence[str],
        families: Sequence[str],
        known: Iterable[str],
        *,
        most_of_family: int,
    ) -> None:
        self._texts, self._families, self._most = texts, families, most_of_family
        self._given: Counter[str] = Counter()
        self._there = _Sentences(words_of(text) for text in known)
        self._taken: dict[int, None] = {}

    @property
    def places(self) -> tuple[int, ...]:
        """What was taken so far, in order."""
        return tuple(self._taken)

    def take(self, place: int) -> bool:
        """Take a candidate, unless it is taken already or too much like what is."""
        family = self._families[place]
        if place in self._taken or self._given[family] >= self._most:
            return False
        words = words_of(self._texts[place])
        if self._there.hold_like(words):
            return False
        self._taken[place] = None
        self._given[family] += 1
        self._there.add(words)
        return True


class _Sentences:
    """Sentences as sets of words, found again by any few of them."""

    def __init__(self, known: Iterable[frozenset[str]]) -> None:
        self._all: list[frozenset[str]] = []
        self._with: defaultdict[str, list[int]] = defaultdict(list)
        for words in known:
            self.add(words)

    def add(self, words: frozenset[str]) -> None:
        for word in words:
            self._with[word].append(len(self._all))
        self._all.append(words)

    def hold_like(self, words: frozenset[str]) -> bool:
        """Whether one of them is alike.

        That one would lack at most a fifth of these words, so of one more than a fifth it has at
        least one: the rarest are looked up.
        """
        lacking = math.floor((1 - ALIKE) * len(words) + _ROUNDING)
        rarest = sorted(words, key=lambda word: len(self._with.get(word, ())))[: lacking + 1]
        places = {place for word in rarest for place in self._with.get(word, ())}
        return any(alike(words, self._all[place]) for place in places)


def words_of(text: str) -> frozenset[str]:
    """The different words of a sentence, in lower case; a text without words is its own."""
    return frozenset(_WORDS.findall(text.casefold())) or frozenset({text})


def alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two sentences have so many words in common that one of them is enough.

    Source:
        Jaccard's coefficient of the sets of words: Broder (1997), On the resemblance and
        containment of documents.
    """
    shared = len(one & other)
    return shared >= ALIKE * (len(one) + len(other) - shared) - _ROUNDING
