"""Pairs of texts that share enough rare shingles to be looked at, found by an inverted index.

MinHash bands find pairs of a high Jaccard similarity, and a copy cut to 40 % with 15 % of its words
changed has about .2. Here every pair is counted that shares shingles at all, which costs little
because only shingles of few documents are counted pair by pair.
"""

import hashlib
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annotate.families.shingles import RARE, Floats, Ints, Shingles

MOST_PAIRED: Final = 32
"""Documents up to which a shingle counts for every pair of them. This bounds time and memory: a
shingle of n documents makes n²/2 pairs."""

NEIGHBOURS: Final = 4
"""Of a shingle in more documents, each of them is paired with so many that follow it in the order
of the texts: a story with hundreds of copies is still found, as a chain. Two would do for most, but
a copy that was changed more than others is like enough to some of the story's copies only."""

SAMPLED: Final = 8
"""One of so many of those frequent shingles is counted, with that multiple of its weight."""

SAMPLED_FIRST: Final = 4
"""The same where stories with many copies are looked for, by less frequent shingles too."""

_BLOCK: Final = 512
"""Texts compared with all others at once; bounds the memory that the counting needs."""


def candidates(shingles: Shingles, *, least: float) -> NDArray[np.int64]:
    """Pairs of which enough of one text may stand in the other.

    Every pair is there that shares at least that much, unless most of it is of shingles of so many
    documents that only neighbours are paired by them. Texts of the same words are always there, as
    a chain.

    Args:
        shingles: of all texts.
        least: what share of the weight of one of the two both must have, in (0, 1].

    Returns:
        Places of the two texts of each pair, the smaller first, ascending; shape (pairs, 2).
    """
    held = np.bincount(shingles.kinds, minlength=len(shingles.documents))
    found = [
        *_by_rare(shingles, held, least),
        *_by_frequent(shingles, held, least),
        _by_same_words(shingles),
    ]
    pairs = np.concatenate([np.empty((0, 2), dtype=np.int64), *found])
    unique: NDArray[np.int64] = np.unique(pairs, axis=0)
    return unique


def neighbours(shingles: Shingles, *, held: Ints, least: float) -> NDArray[np.int64]:
    """Pairs that share much of what more than `RARE` documents have, neighbours only.

    Args:
        shingles: of all texts.
        held: in how many texts each shingle stands.
        least: about what share of the weight of one of the two both must have, in (0, 1].

    Returns:
        As `candidates` does.
    """
    found = _by_neighbours(shingles, held > RARE, least / 2, sampled=SAMPLED_FIRST)
    unique: NDArray[np.int64] = np.unique(np.concatenate(list(found)), axis=0)
    return unique


def _by_rare(shingles: Shingles, held: Ints, least: float) -> Iterator[NDArray[np.int64]]:
    """Pairs by the shingles of few documents, each pair of documents counted.

    What they share beside is not counted; it is no more than either has of frequent shingles.
    """
    table = _table(shingles, (held > 1) & (held <= MOST_PAIRED), np.sqrt(shingles.weights))
    turned = table.T.tocsr()
    frequent = _table(shingles, held > MOST_PAIRED, shingles.weights).sum(axis=1)
    for begin in range(0, shingles.texts, _BLOCK):
        product = (table[begin : begin + _BLOCK] @ turned).tocoo()
        rows, columns = product.row.astype(np.int64) + begin, product.col.astype(np.int64)
        beside = np.minimum(frequent[rows], frequent[columns])
        yield _enough(rows, columns, product.data + beside, least * shingles.totals)


def _by_frequent(shingles: Shingles, held: Ints, least: float) -> Iterator[NDArray[np.int64]]:
    """Pairs by a sample of the shingles of many documents, neighbours only."""
    yield from _by_neighbours(shingles, held > MOST_PAIRED, least / 2, sampled=SAMPLED)


def _by_neighbours(
    shingles: Shingles, chosen: NDArray[np.bool_], least: float, *, sampled: int
) -> Iterator[NDArray[np.int64]]:
    """Pairs that follow closely on one another among the texts of a sample of the chosen shingles.

    Args:
        shingles: of all texts.
        chosen: the shingles to take the sample of.
        least: share of the weight of one of the two that they must be estimated to share.
        sampled: one of so many is counted, with that multiple of its weight.
    """
    from scipy.sparse import coo_array

    taken = np.zeros(len(chosen), dtype=np.bool_)
    taken[np.flatnonzero(chosen)[::sampled]] = True
    turned = _table(shingles, taken, shingles.weights).T.tocsr()
    number = np.repeat(np.arange(turned.shape[0]), np.diff(turned.indptr))
    owners = turned.indices.astype(np.int64)
    for step in range(1, NEIGHBOURS + 1):
        same = number[step:] == number[:-step]
        first, second = owners[:-step][same], owners[step:][same]
        weights = sampled * turned.data[:-step][same]
        shape = (shingles.texts, shingles.texts)
        counted = coo_array((weights, (first, second)), shape=shape).tocsr().tocoo()
        rows, columns = counted.row.astype(np.int64), counted.col.astype(np.int64)
        yield _enough(rows, columns, counted.data, least * shingles.totals)


def _by_same_words(shingles: Shingles) -> NDArray[np.int64]:
    """Each text with the one before it that has the same words in the same order."""
    last: dict[bytes, int] = {}
    pairs: list[tuple[int, int]] = []
    for text in range(shingles.texts):
        places = shingles.at(text)
        if not len(places):
            continue
        digest = hashlib.blake2b(places.tobytes(), digest_size=16).digest()
        if digest in last:
            pairs.append((last[digest], text))
        last[digest] = text
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def _table(shingles: Shingles, chosen: NDArray[np.bool_], values: Floats) -> Any:  # noqa: ANN401
    """Texts by chosen shingles, a sparse matrix of these values; scipy has no types."""
    from scipy.sparse import csr_array

    kept = chosen[shingles.kinds]
    running = np.concatenate(([0], np.cumsum(kept)))
    kinds = shingles.kinds[kept]
    columns = np.cumsum(chosen) - 1
    shape = (shingles.texts, int(chosen.sum()))
    data = values[kinds].astype(np.float32)
    return csr_array((data, columns[kinds], running[shingles.begins]), shape=shape)


def _enough(rows: Ints, columns: Ints, shared: Floats, needed: Floats) -> NDArray[np.int64]:
    """The pairs, each once, that share as much as one of the two needs."""
    kept = (rows < columns) & (shared >= np.minimum(needed[rows], needed[columns]))
    return np.stack([rows[kept], columns[kept]], axis=1)
