"""Texts to word shingles: every run of three words, as a number, with how much it says.

A shingle that many documents have says little about two of them: stock phrases, an outlet's
footer, a form. So each has a weight, 1 for one found in at most `RARE` documents and
``RARE / documents`` for others.
"""

import re
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

SHINGLE: Final = 3
"""Words of a shingle. Of a copy with 15 % of its words changed, .85³ = 61 % of the shingles stay
(52 % with four words, 44 % with five), and unrelated articles share few."""

RARE: Final = 8
"""Documents up to which a shingle has its full weight."""

_PAD: Final = ""
"""Fills a text of one or two words up to one shingle; no word of a text equals it."""

_NO_SPACES: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Kana and Chinese characters: their texts have no spaces, so each of them counts as a word."""

_WORDS: Final = re.compile(r"\w+")
_EACH: Final = re.compile(rf"[{_NO_SPACES}]")
_WORDS_OR_EACH: Final = re.compile(rf"[{_NO_SPACES}]|[^\W{_NO_SPACES}]+")

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def word_pattern(text: str) -> re.Pattern[str]:
    """The pattern that finds the words of a text."""
    return _WORDS_OR_EACH if not text.isascii() and _EACH.search(text) else _WORDS


def words_of(text: str) -> list[str]:
    """The words of a text in lower case; punctuation and line breaks do not count."""
    if text.isascii():
        return _WORDS.findall(text.lower())
    # Word by word, as lowering a whole text may change its length and with it the words.
    found = word_pattern(text).findall(text)
    return " ".join(found).lower().split(" ") if found else []


@dataclass(frozen=True)
class Shingles:
    """The shingles of a number of texts, in their order.

    Attributes:
        starts: where the shingles of each text begin in ``places``, and last their number.
        places: the shingle at each place of each text, as a number from 0; a text of n words has
            n - 2 places.
        begins: where the different shingles of each text begin in ``kinds``, and last their number.
        kinds: the different shingles of each text, in ascending order.
        documents: in how many texts each shingle stands.
    """

    starts: Ints
    places: NDArray[np.int32]
    begins: Ints
    kinds: NDArray[np.int32]
    documents: Ints

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Shingles":
        """Read texts one after the other; only the numbers of their words are kept."""
        starts, codes = _coded(texts)
        places = _ranked(codes)
        size = int(places.max(initial=-1)) + 1
        begins, kinds = _different(starts, places, size)
        return cls(starts, places, begins, kinds, np.bincount(kinds, minlength=size))

    @property
    def texts(self) -> int:
        """How many texts there are."""
        return len(self.starts) - 1

    @cached_property
    def weights(self) -> Floats:
        """How much each shingle says, in (0, 1]."""
        weights: Floats = np.minimum(1.0, RARE / self.documents)
        return weights

    @cached_property
    def totals(self) -> Floats:
        """Sum of the weights of each text's different shingles."""
        running = np.concatenate(([0.0], np.cumsum(self.weights[self.kinds])))
        totals: Floats = running[self.begins[1:]] - running[self.begins[:-1]]
        return totals

    def once_a_family(self, families: Iterable[Sequence[int]]) -> "Shingles":
        """The same, each family counted as one document: its own words are no stock phrases.

        Args:
            families: places of the texts of each; no text in two.
        """
        documents = self.documents.copy()
        for members in families:
            kinds = np.concatenate([self.of_text(member) for member in members])
            found, times = np.unique(kinds, return_counts=True)
            documents[found] -= times - 1
        return replace(self, documents=documents)

    def alike(self) -> "Shingles":
        """The same, each shingle with its full weight."""
        return replace(self, documents=np.minimum(self.documents, 1))

    def at(self, text: int) -> NDArray[np.int32]:
        """The shingle at each place of a text."""
        return self.places[self.starts[text] : self.starts[text + 1]]

    def of_text(self, text: int) -> NDArray[np.int32]:
        """The different shingles of a text, in ascending order."""
        return self.kinds[self.begins[text] : self.begins[text + 1]]


def _coded(texts: Iterable[str]) -> tuple[Ints, NDArray[np.uint64]]:
    """Where the shingles of each text begin, and a number for each shingle, equal for equal ones.

    Exact for up to 2.6 million different words. With more, the product wraps around 2**64 and two
    shingles can share a number, which is as seldom as two equal hashes.
    """
    ends, words, size = _numbered(texts)
    begins = np.concatenate(([0], ends[:-1]))
    codes = words[: max(0, len(words) - SHINGLE + 1)].astype(np.uint64)
    for step in range(1, SHINGLE):
        codes *= np.uint64(size)
        codes += words[step : len(codes) + step].astype(np.uint64)
    whole = np.ones(len(codes), dtype=np.bool_)
    for back in range(1, SHINGLE):  # those that run over the end of a text
        over = ends[ends > begins] - back
        whole[over[over < len(codes)]] = False
    lengths = np.maximum(ends - begins - SHINGLE + 1, 0)
    return np.concatenate(([0], np.cumsum(lengths))), codes[whole]


def _numbered(texts: Iterable[str]) -> tuple[Ints, NDArray[np.int32], int]:
    """Where the words of each text end, a number for each word, and how many words differ."""
    numbers: defaultdict[str, int] = defaultdict()
    numbers.default_factory = numbers.__len__
    words = array("i")
    ends = array("q")
    for text in texts:
        found = words_of(text)
        if 0 < len(found) < SHINGLE:
            found += [_PAD] * (SHINGLE - len(found))
        words.extend(map(numbers.__getitem__, found))
        ends.append(len(words))
    return np.array(ends, dtype=np.int64), np.array(words, dtype=np.int32), max(1, len(numbers))


def _ranked(codes: NDArray[np.uint64]) -> NDArray[np.int32]:
    """The place of each code among all different codes in ascending order."""
    order = np.argsort(codes)
    ordered = codes[order]
    ranks = np.empty(len(codes), dtype=np.int32)
    ranks[order] = np.cumsum(np.concatenate(([0], ordered[1:] != ordered[:-1])))[: len(codes)]
    return ranks


def _different(
    starts: Ints, places: NDArray[np.int32], size: int
) -> tuple[Ints, NDArray[np.int32]]:
    """The different shingles of each text: where they begin, and they in ascending order."""
    from scipy.sparse import csr_array

    ones = np.ones(len(places), dtype=np.int8)
    table = csr_array((ones, places.copy(), starts.copy()), shape=(len(starts) - 1, size))
    table.sum_duplicates()
    return table.indptr.astype(np.int64), table.indices.astype(np.int32)
