"""N-grams of a batch of sentences as numbers: slots, and which of them are each sentence's.

A batch is one buffer of bytes and each step is one NumPy operation over all of it, as in
`annotate.rules.tokens`, whose words and marks are used here again.

Source of the trick: Weinberger et al. (2009), Feature Hashing for Large Scale Multitask Learning.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotate.rules.coded import Coded, stretches

SLOT_BITS: Final = 18
SLOTS: Final = 2**SLOT_BITS

Hashes = NDArray[np.uint64]
Numbers = NDArray[np.int64]
SHIFT: Final = np.uint64(64 - SLOT_BITS)
ODD: Final = tuple(
    np.uint64(number)
    for number in (
        0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93,
        0xA0761D6478BD642F, 0xE7037ED1A0B428DB, 0x8EBC6AF09C88C6E3, 0x589965CC75374CC3,
    )
)  # fmt: skip
"""Odd multipliers whose products have well mixed upper bits."""
_SALTS: Final = {
    name: np.uint64(number * 0x2545F4914F6CDD1D % 2**64)
    for number, name in enumerate(
        ("word", "pair", "cue1", "cue2", "cue3", "before", "after", "title"), 1
    )
}
"""Of each channel, so that the same words in two of them are two features."""
_EDGE: Final = np.uint64(0x1B873593CC9E2D51)
"""What stands before the first word."""
_MARK_KEYS: Final = (np.arange(256, dtype=np.uint64) + np.uint64(1)) * ODD[3]


@dataclass(frozen=True, slots=True, eq=False)
class Channel:
    """N-grams of one sort, of a batch of sentences.

    Attributes:
        slots: of every n-gram, in [0, `SLOTS`).
        begins: where those of each sentence begin; shape (sentences,). Sentences may share them.
        ends: where they end.
    """

    slots: Numbers
    begins: Numbers
    ends: Numbers

    @classmethod
    def in_order(cls, slots: Numbers, bounds: Numbers) -> "Channel":
        """Of sentences whose n-grams stand one after the other; ``bounds`` holds the end too."""
        return cls(slots, bounds[:-1], bounds[1:])

    @property
    def counts(self) -> Numbers:
        """How many n-grams each sentence has, of shape (sentences,)."""
        return self.ends - self.begins

    @property
    def flat(self) -> Numbers:
        """The slots of the first sentence, then those of the next and so on."""
        return self.slots.take(stretches(self.begins, self.ends))

    def summed(self, values: Numbers) -> Numbers:
        """The values of the slots of each sentence, summed; of shape (sentences,)."""
        return _between(values.take(self.slots), self.begins, self.ends)

    def replaced(self, sentences: Numbers, channel: "Channel") -> "Channel":
        """The same, but some sentences have the n-grams of another channel, in its order."""
        begins, ends = self.begins.copy(), self.ends.copy()
        begins[sentences] = channel.begins + len(self.slots)
        ends[sentences] = channel.ends + len(self.slots)
        return Channel(np.concatenate([self.slots, channel.slots]), begins, ends)


@dataclass(frozen=True, slots=True, eq=False)
class RepeatedChannel:
    """N-grams of parts that come again and again, such as words: each part is looked up once.

    Attributes:
        parts: the n-grams of the different parts.
        places: which part stands at each place, sentence after sentence.
        begins: at which place each sentence begins; shape (sentences,).
        ends: at which it ends.
    """

    parts: tuple[Channel, ...]
    places: Numbers
    begins: Numbers
    ends: Numbers

    @property
    def counts(self) -> Numbers:
        """How many n-grams each sentence has, of shape (sentences,)."""
        counts = sum(channel.counts for channel in self.parts)
        return _between(np.asarray(counts).take(self.places), self.begins, self.ends)

    @property
    def flat(self) -> Numbers:
        """The slots of the first sentence, then those of the next and so on."""
        sizes = len(self.parts)
        parts = np.repeat(self.places.take(stretches(self.begins, self.ends)), sizes)
        which = np.tile(np.arange(sizes), len(parts) // sizes)
        offsets = np.cumsum([0, *(len(channel.slots) for channel in self.parts)])
        begins = np.stack([channel.begins for channel in self.parts])[which, parts] + offsets[which]
        counts = np.stack([channel.counts for channel in self.parts])[which, parts]
        slots = np.concatenate([channel.slots for channel in self.parts])
        return slots.take(stretches(begins, begins + counts))

    def summed(self, values: Numbers) -> Numbers:
        """The values of the slots of each sentence, summed; of shape (sentences,)."""
        parts = sum(channel.summed(values) for channel in self.parts)
        return _between(np.asarray(parts).take(self.places), self.begins, self.ends)


def _between(values: Numbers, begins: Numbers, ends: Numbers) -> Numbers:
    """Sums of the values of each ``[begin, end)``."""
    upto = np.zeros(len(values) + 1, dtype=np.int64)
    # Such sums may run over; differences of them are right all the same.
    np.cumsum(values, out=upto[1:])
    sums: Numbers = upto.take(ends) - upto.take(begins)
    return sums


def keys_of(coded: Coded) -> Hashes:
    """A number for each word and mark; equal ones mean equal words, case apart."""
    tokens = coded.tokens
    keys = np.empty(len(tokens.begins), dtype=np.uint64)
    keys[tokens.word_numbers] = tokens.words.keys
    keys[tokens.mark_numbers] = _MARK_KEYS.take(tokens.marks)
    return keys


def word_channels(keys: Hashes, coded: Coded) -> tuple[Channel, Channel]:
    """Words and marks, and pairs of successive ones with the ends of the sentence among them."""
    pairs = (_before(keys, coded.begins) * ODD[4]) ^ mixed(keys, ODD[2])
    bounds = np.append(coded.begins, len(keys))
    return single(keys, coded, "word"), Channel.in_order(_slots(pairs, "pair"), bounds)


def cue_channels(coded: Coded, kept: NDArray[np.bool_]) -> tuple[Channel, Channel, Channel]:
    """Names, numbers, marks and words of the rules: single, and two and three that follow.

    Args:
        coded: a batch of sentences.
        kept: which of its tokens are among them; the others are passed over.
    """
    kept = kept.copy()
    kept[coded.ends] = True
    codes = coded.array[kept].astype(np.uint64) + np.uint64(1)
    ends = np.cumsum(kept)[coded.ends] - 1
    begins = np.concatenate([[0], ends[:-1] + 1])
    inside = np.ones(len(codes), dtype=np.bool_)
    inside[ends] = False
    first = _before(codes, begins)
    pairs = (mixed(first, ODD[4]) * ODD[5]) ^ mixed(codes, ODD[2])
    triples = (mixed(_before(first, begins), ODD[6]) * ODD[7]) ^ mixed(pairs, ODD[1])
    bounds = np.append(begins, len(codes))
    return (
        Channel.in_order(_slots(codes[inside], "cue1"), bounds - np.arange(len(bounds))),
        Channel.in_order(_slots(pairs, "cue2"), bounds),
        Channel.in_order(_slots(triples, "cue3"), bounds),
    )


def single(keys: Hashes, coded: Coded, salt: str) -> Channel:
    """The words and marks of each sentence, one by one, in one of the channels."""
    bounds = np.append(coded.begins, len(keys)) - np.arange(len(coded.ends) + 1)
    return Channel.in_order(_slots(keys.take(coded.inside), salt), bounds)


def mixed(keys: Hashes, odd: np.uint64) -> Hashes:
    """The keys with their upper bits mixed into the lower ones."""
    product = keys * odd
    product ^= product >> np.uint64(32)
    return product


def _before(keys: Hashes, begins: Numbers) -> Hashes:
    """The key before each, and `_EDGE` before the first of a sentence."""
    found = np.empty_like(keys)
    found[1:] = keys[:-1]
    found[begins] = _EDGE
    return found


def _slots(keys: Hashes, salt: str) -> Numbers:
    slots = mixed(keys ^ _SALTS[salt], ODD[1])
    slots *= ODD[0]
    slots >>= SHIFT
    return slots.view(np.int64)
