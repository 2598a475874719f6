"""Letter sequences within words: those of a word that comes again are looked up once a batch."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotate.models.channels import ODD, SHIFT, Channel, Hashes, Numbers, RepeatedChannel, mixed
from annotate.rules.coded import Coded
from annotate.rules.coded import stretches as all_of
from annotate.rules.tokens import LEADING

_SIZES: Final = (3, 4, 5)
_BLANK: Final = ord(" ")
_EIGHT: Final = 8
_TABLE_BITS: Final = 17
"""Of the table in which equal words are found: large beside the words of a batch."""


def letter_channel(coded: Coded) -> RepeatedChannel:
    """Letter sequences of 3 to 5 bytes within a word and the blanks beside it, case apart."""
    tokens = coded.tokens
    ends = tokens.begins.take(coded.ends)
    text, eights = tokens.lowered, tokens.eights  # both have a blank more before
    blank = text[: int(ends[-1]) + 2] == _BLANK
    edges = np.flatnonzero(blank[:-1] != blank[1:])  # the blanks before words, and their last bytes
    begins = edges[::2].copy()
    lengths = edges[1::2] - begins
    first, number = _different(begins, lengths, eights)
    begins_of, lengths_of = begins.take(first), lengths.take(first)
    bounds = np.append(0, np.searchsorted(begins, ends + 1))
    return RepeatedChannel(
        tuple(_sequences(size, begins_of, lengths_of, eights) for size in _SIZES),
        number, bounds[:-1], bounds[1:],
    )  # fmt: skip


def _different(begins: Numbers, lengths: Numbers, eights: Hashes) -> tuple[Numbers, Numbers]:
    """Of words that are equal the number of one, and for each word which of these it is.

    Words of more than 16 bytes are rare, and each counts as different from all others. Where two
    different words meet in one slot of the table, one of them is not found again: it is then looked
    up as often as it comes, with the same outcome.
    """
    head = eights.take(begins + 1)
    head &= LEADING.take(lengths, mode="clip")
    tail = eights.take(begins + 1 + _EIGHT, mode="clip")
    tail &= LEADING.take(lengths - _EIGHT, mode="clip")
    long = np.flatnonzero(lengths > 2 * _EIGHT)
    head[long], tail[long] = 0, long  # no word of at most 16 bytes has this head
    slots = ((head * ODD[0]) ^ mixed(tail, ODD[1])) * ODD[2] >> np.uint64(64 - _TABLE_BITS)
    table = np.empty(2**_TABLE_BITS, dtype=np.int64)
    places = np.arange(len(begins))
    table[slots.view(np.int64)] = places
    first: Numbers = table.take(slots.view(np.int64))
    equal = (head.take(first) == head) & (tail.take(first) == tail)
    first = np.where(equal, first, places)
    itself: NDArray[np.bool_] = first == places
    return np.flatnonzero(itself), (np.cumsum(itself) - 1).take(first)


def _sequences(size: int, begins: Numbers, lengths: Numbers, eights: Hashes) -> Channel:
    """The sequences of one size: all that have a letter inside, with blanks at their ends alone."""
    counts = np.maximum(lengths + (3 - size), 0)
    places = all_of(begins, begins + counts)
    slots = eights.take(places)
    slots &= LEADING[size]
    slots *= ODD[size]
    slots >>= SHIFT
    return Channel.in_order(slots.view(np.int64), np.append(0, np.cumsum(counts)))
