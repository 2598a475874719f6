"""Features of many sentences as one sparse matrix, to train on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annotate.models.channels import SLOTS
from annotate.models.features import AnyChannel, Features, Reader
from annotate.records import Input

PLAIN_SIZE: Final = np.float32(0.5)
"""Value of a rule that fires, where all n-grams of a group together have length 1."""
_SEEN_IN: Final = 2
"""Sentences that must have a slot for it to be learnt from: once is no evidence."""


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """Sentences as rows.

    Attributes:
        rows: scipy.sparse.csr_array of float32, shape (sentences, slots + plain columns).
        slots: which slot each of the first columns stands for, ascending.
        rarity: what the counts of each of these slots were multiplied by.
    """

    rows: Any
    slots: NDArray[np.int64]
    rarity: NDArray[np.float32]


def matrix_of(inputs: Sequence[Input], reader: Reader) -> Matrix:
    """Read sentences: counts over the root of their sum, by group, times the rarity of their slot.

    The rarity is the root of scikit-learn's idf, log((1 + n) / (1 + df)) + 1, over its mean square,
    so that rows are of like length. It is part of the weights later: scoring needs no table of it.
    """
    from scipy.sparse import csr_array, diags_array, hstack, vstack

    found = list(reader.batches(inputs))
    counts = vstack([_counts(features) for features in found], format="csr")
    in_sentences = np.bincount(counts.indices, minlength=SLOTS)
    slots = np.flatnonzero(in_sentences >= _SEEN_IN)
    idf = np.log((1 + len(inputs)) / (1 + in_sentences[slots])) + 1
    mean = np.average(idf, weights=in_sentences[slots]) if len(slots) else 1.0
    rarity = np.sqrt(idf / mean).astype(np.float32)
    plain = csr_array(PLAIN_SIZE * np.concatenate([features.plain for features in found]))
    weighted = counts[:, slots] @ diags_array(rarity)
    return Matrix(hstack([weighted, plain], format="csr", dtype=np.float32), slots, rarity)


def _counts(features: Features) -> Any:  # noqa: ANN401  scipy has no types
    """The slots of a batch of sentences, of shape (sentences, `SLOTS`)."""
    from scipy.sparse import coo_array

    sentences = len(features.plain)
    rows, columns, values = [], [], []
    for channels in features.groups:
        share = 1 / np.sqrt(np.maximum(1, totals(channels, sentences)))
        for channel in channels:
            rows.append(np.repeat(np.arange(sentences), channel.counts))
            columns.append(channel.flat)
            values.append(np.repeat(share.astype(np.float32), channel.counts))
    found = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return coo_array(found, shape=(sentences, SLOTS)).tocsr()


def totals(channels: Iterable[AnyChannel], sentences: int) -> NDArray[np.int64]:
    """How many n-grams of a group each sentence has, of shape (sentences,)."""
    return sum((channel.counts for channel in channels), np.zeros(sentences, dtype=np.int64))
