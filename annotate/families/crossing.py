"""What the articles on two sides of a split have in common."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from annotate.families.evidence import LONG_QUOTATION
from annotate.families.quotations import quotations
from annotate.families.shingles import Floats, Shingles, word_pattern

_BLOCK: Final = 256
"""Texts of one side compared with all of the other at once; bounds the memory."""


@dataclass(frozen=True, slots=True)
class Closest:
    """Two texts, one of each side, and what they share.

    Shares are of the weights of their different shingles (runs of three words), as in `Evidence`.

    Attributes:
        first: the text of the one side, by its name.
        second: the text of the other side.
        similarity: of all shingles of the two, those that both have (weighted Jaccard), in [0, 1].
        containment: of the shingles of one of them, those that the other has, whichever is more.
    """

    first: str
    second: str
    similarity: float
    containment: float


@dataclass(frozen=True, slots=True)
class SharedQuotation:
    """A run of words that stands in quotation marks on both sides; places are code points."""

    first: str
    start: int
    end: int
    words: int
    second: str


def closest(
    texts: Mapping[str, str], first: Collection[str], second: Collection[str]
) -> tuple[Closest, Closest] | None:
    """The two most similar texts of two sides, and the two of which one holds most of the other.

    Every pair is compared.

    Args:
        texts: by their names; all of them weigh what a shingle says.
        first: names of the texts of the one side.
        second: names of those of the other.

    Returns:
        The pair with the highest similarity and the one with the highest containment, of equals
        the first by name; None where no two texts share three words in a row.
    """
    names = sorted({*first, *second})
    shingles = Shingles.of(texts[name] for name in names)
    one = [place for place, name in enumerate(names) if name in frozenset(first)]
    other = [place for place, name in enumerate(names) if name in frozenset(second)]
    table = _table(shingles)
    turned = table[other].T.tocsr()
    best: dict[str, tuple[float, int, int, float]] = {}
    for begin in range(0, len(one), _BLOCK):
        rows = one[begin : begin + _BLOCK]
        product = (table[rows] @ turned).tocoo()
        here, there = np.array(rows)[product.row], np.array(other)[product.col]
        shared, totals = product.data.astype(np.float64), shingles.totals
        together = totals[here] + totals[there] - shared
        smaller = np.minimum(totals[here], totals[there])
        for kind, found in (("similarity", shared / together), ("containment", shared / smaller)):
            if len(found) and found.max() > best.get(kind, (0.0,))[0]:
                at = int(found.argmax())
                best[kind] = (float(found[at]), int(here[at]), int(there[at]), float(shared[at]))
    if not best:
        return None
    similar, contained = (_closest(names, shingles.totals, best[kind][1:]) for kind in _KINDS)
    return similar, contained


_KINDS: Final = ("similarity", "containment")


def shared_quotations(
    texts: Mapping[str, str], first: Collection[str], second: Collection[str]
) -> list[SharedQuotation]:
    """Long quotations (15 words and more) that texts of both sides have.

    Case and punctuation do not count. The longest runs are given, once for each place in a text of
    the first side.

    Args:
        texts: by their names.
        first: names of the texts of the one side.
        second: names of those of the other.
    """
    known: dict[tuple[str, ...], str] = {}
    for name in sorted(second):
        for words in _quoted(texts[name]):
            for at in range(len(words) - LONG_QUOTATION + 1):
                known.setdefault(_run(words, at), name)
    return [
        found
        for name in sorted(first)
        for words in _quoted(texts[name])
        for found in _shared_runs(name, words, known)
    ]


Word = tuple[int, int, str]


def _quoted(text: str) -> Iterator[list[Word]]:
    """The words of each quotation that is long enough."""
    pattern = word_pattern(text)
    for begin, end in quotations(text):
        words = [
            (w.start(), w.end(), w.group().lower()) for w in pattern.finditer(text, begin, end)
        ]
        if len(words) >= LONG_QUOTATION:
            yield words


def _run(words: Sequence[Word], at: int) -> tuple[str, ...]:
    return tuple(word[2] for word in words[at : at + LONG_QUOTATION])


def _shared_runs(
    name: str, words: Sequence[Word], known: Mapping[tuple[str, ...], str]
) -> Iterator[SharedQuotation]:
    at = 0
    while at + LONG_QUOTATION <= len(words):
        other = known.get(_run(words, at))
        if other is None:
            at += 1
            continue
        last = at
        while last + 1 + LONG_QUOTATION <= len(words) and _run(words, last + 1) in known:
            last += 1
        end = last + LONG_QUOTATION
        yield SharedQuotation(name, words[at][0], words[end - 1][1], end - at, other)
        at = end


def _table(shingles: Shingles) -> Any:  # noqa: ANN401  scipy has no types
    """Texts by shingles: a product of two rows is the weight of what both have."""
    from scipy.sparse import csr_array

    shape = (shingles.texts, len(shingles.documents))
    data = np.sqrt(shingles.weights)[shingles.kinds]
    return csr_array((data, shingles.kinds, shingles.begins), shape=shape)


def _closest(names: Sequence[str], totals: Floats, found: tuple[int, int, float]) -> Closest:
    here, there, shared = found
    one, other = float(totals[here]), float(totals[there])
    return Closest(
        first=names[here],
        second=names[there],
        similarity=round(min(1.0, shared / (one + other - shared)), 4),
        containment=round(min(1.0, shared / min(one, other)), 4),
    )
