"""What the linear model sees of a sentence: hashed n-grams, cue rules and what stands around it.

Every n-gram falls by a hash into one of 2^18 slots, in training and in use alike, so that no table
of n-grams is kept. A batch of sentences is one buffer of bytes and each step is one NumPy operation
over all of it, as in `annotate.rules.tokens`, whose words and marks are used here again.

Source of the trick: Weinberger et al. (2009), Feature Hashing for Large Scale Multitask Learning.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, get_args

import numpy as np
from numpy.typing import NDArray

from annotate.records import Input, Kind
from annotate.rules import Rules
from annotate.rules.coded import Coded

SLOT_BITS: Final = 18
SLOTS: Final = 2**SLOT_BITS
BATCH: Final = 4096
"""Sentences read at once: enough that the cost of a call does not show."""
GROUPS: Final = ("words", "characters", "cues", "around")
"""N-grams of one kind together; a sentence has the same weight in each that it has n-grams of."""
_LONGEST: Final = 8_000
"""Characters of a text that are read; what stands after them is left out."""
_KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
_KIND_AT: Final = {kind: place for place, kind in enumerate(_KINDS)}

_SAID: Final = 2
"""Size of the label that the rules give: what many rules together show, beside what each does."""

Hashes = NDArray[np.uint64]
Numbers = NDArray[np.int64]
_SHIFT = np.uint64(64 - SLOT_BITS)
_ODD: Final = tuple(
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
_MARK_KEYS: Final = (np.arange(256, dtype=np.uint64) + np.uint64(1)) * _ODD[3]
_LOWER: Final = np.frombuffer(bytes(range(256)).lower(), dtype=np.uint8)
_BLANK: Final = np.isin(np.arange(256), list(b"\0 \t\n\r"))


@dataclass(frozen=True, slots=True, eq=False)
class Channel:
    """N-grams of one sort, of a batch of sentences.

    Attributes:
        slots: of every n-gram, in [0, `SLOTS`), sentence after sentence.
        bounds: where those of each sentence begin, and the end; shape (sentences + 1,).
    """

    slots: Numbers
    bounds: Numbers

    @property
    def counts(self) -> Numbers:
        """How many n-grams each sentence has, of shape (sentences,)."""
        return np.diff(self.bounds)


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """What is seen of a batch of sentences.

    Attributes:
        groups: the channels of each of `GROUPS`.
        plain: float32 of shape (sentences, `Reader.columns`): which rules fire, which one decides
            and for which label, what the sentence is, and where in the article it stands (-0.5 to
            0.5; 0 if unknown).
    """

    groups: tuple[tuple[Channel, ...], ...]
    plain: NDArray[np.float32]


class Reader:
    """Reads sentences by the hash and the rules of this version."""

    def __init__(self, rules: Rules) -> None:
        """Take the rules whose words and verdicts are features."""
        self._rules = rules
        self._other = rules.plain_code
        said = [rule.label for rule in rules.book.rules]
        self._labels = tuple(dict.fromkeys(filter(None, said)))
        self._says = np.array([self._labels.index(label) if label else 0 for label in said])
        self._width = len(self.columns)

    @property
    def name(self) -> str:
        """What a model says it was trained with: it changes with the hash and with the rules."""
        return f"hash-2-{SLOT_BITS}-{self._rules.name}"

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns of `Features.plain`."""
        return (
            *(f"rule {name} fires" for name in self._rules.ids),
            *(f"rule {name} decides" for name in self._rules.ids),
            *(f"the rules say {label}" for label in self._labels),
            *(f"is {kind}" for kind in _KINDS),
            "position",
        )

    def batches(self, inputs: Sequence[Input]) -> Iterator[Features]:
        """The features of sentences, `BATCH` of them at a time, in their order."""
        return (self.read(inputs[at : at + BATCH]) for at in range(0, len(inputs), BATCH))

    def read(self, batch: Sequence[Input]) -> Features:
        """The features of at least one sentence."""
        batch = [entry if len(entry.text) <= _LONGEST else _cut(entry) for entry in batch]
        cues = self._rules.cues(batch)
        kind_at = self._width - len(_KINDS) - 1
        plain = np.zeros((len(batch), self._width), dtype=np.float32)
        rows = np.arange(len(batch))
        rules = cues.fired.shape[1]
        plain[:, :rules] = cues.fired
        plain[rows, rules + cues.deciding] = 1
        plain[rows, 2 * rules + self._says[cues.deciding]] = _SAID
        plain[rows, [_KIND_AT[entry.kind] + kind_at for entry in batch]] = 1
        plain[:, -1] = [0 if entry.position is None else entry.position - 0.5 for entry in batch]
        keys = keys_of(cues.coded)
        groups = (
            word_channels(keys, cues.coded),
            character_channels(cues.coded),
            cue_channels(cues.coded, cues.coded.array != self._other),
            self._around(batch),
        )
        return Features(groups, plain)

    def _around(self, batch: Sequence[Input]) -> tuple[Channel, ...]:
        """The words before and after, and of the headline, as far as there are any."""
        texts = {
            "before": [entry.before for entry in batch],
            "after": [entry.after for entry in batch],
            "title": [entry.title or "" for entry in batch],
        }
        channels = []
        for name, found in texts.items():
            if any(found):
                coded = self._rules.read([text[:_LONGEST] for text in found])
                channels.append(_single(keys_of(coded), coded, name))
        return tuple(channels)


@cache
def reader(without: frozenset[str] = frozenset()) -> Reader:
    """The reader with the rules that are shipped, or without those of them that are named.

    The rule that decides where no other does stays.
    """
    rules = Rules.load()
    if without:
        kept = tuple(
            rule for rule in rules.book.rules if rule.id not in without or not rule.has_conditions
        )
        rules = Rules(rules.book.model_copy(update={"rules": kept}))
    return Reader(rules)


def keys_of(coded: Coded) -> Hashes:
    """A number for each word and mark; equal ones mean equal words, case apart."""
    tokens = coded.tokens
    keys = np.empty(len(tokens.begins), dtype=np.uint64)
    keys[tokens.is_word] = tokens.words.keys
    keys[~tokens.is_word] = _MARK_KEYS.take(tokens.marks)
    return keys


def word_channels(keys: Hashes, coded: Coded) -> tuple[Channel, Channel]:
    """Words and marks, and pairs of successive ones with the ends of the sentence among them."""
    pairs = (_before(keys, coded.begins) * _ODD[4]) ^ _mixed(keys, _ODD[2])
    return _single(keys, coded, "word"), Channel(
        _slots(pairs, "pair"), np.append(coded.begins, len(keys))
    )


def character_channels(coded: Coded) -> tuple[Channel, ...]:
    """Letter sequences of 3 to 5 bytes within a word and the blanks beside it, case apart."""
    tokens = coded.tokens
    ends = tokens.begins.take(coded.ends)
    length = int(ends[-1]) + 2
    text = np.empty(length + 8, dtype=np.uint8)  # one blank more before, seven bytes after
    text[0] = ord(" ")
    text[1:] = _LOWER.take(tokens.buffer[: length + 7])
    blank = _BLANK.take(text)
    text[blank] = ord(" ")
    eights: Hashes = np.ndarray(length, dtype="<u8", buffer=text, strides=(1,)).copy()
    starts = np.concatenate([[0], ends[:-1] + 1])
    channels = []
    for size, whole in _within_words(~blank[:length]):
        places = np.flatnonzero(whole)
        bytes_of = eights.take(places) & np.uint64(2 ** (8 * size) - 1)
        slots = ((bytes_of * _ODD[size]) >> _SHIFT).view(np.int64)
        bounds = np.append(np.searchsorted(places, starts), len(places))
        channels.append(Channel(slots, bounds))
    return tuple(channels)


def _within_words(letter: NDArray[np.bool_]) -> Iterator[tuple[int, NDArray[np.bool_]]]:
    """For each size, where a sequence of it begins that has blanks at its ends alone."""
    inner = letter[1:-1]
    yield 3, inner
    for size in (4, 5):
        inner = inner[:-1] & letter[size - 2 : -1]
        yield size, inner


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
    pairs = (_mixed(first, _ODD[4]) * _ODD[5]) ^ _mixed(codes, _ODD[2])
    triples = (_mixed(_before(first, begins), _ODD[6]) * _ODD[7]) ^ _mixed(pairs, _ODD[1])
    bounds = np.append(begins, len(codes))
    return (
        Channel(_slots(codes[inside], "cue1"), bounds - np.arange(len(bounds))),
        Channel(_slots(pairs, "cue2"), bounds),
        Channel(_slots(triples, "cue3"), bounds),
    )


def _single(keys: Hashes, coded: Coded, salt: str) -> Channel:
    inside = np.ones(len(keys), dtype=np.bool_)
    inside[coded.ends] = False
    bounds = np.append(coded.begins, len(keys)) - np.arange(len(coded.ends) + 1)
    return Channel(_slots(keys[inside], salt), bounds)


def _before(keys: Hashes, begins: Numbers) -> Hashes:
    """The key before each, and `_EDGE` before the first of a sentence."""
    found = np.empty_like(keys)
    found[1:] = keys[:-1]
    found[begins] = _EDGE
    return found


def _mixed(keys: Hashes, odd: np.uint64) -> Hashes:
    product = keys * odd
    return product ^ (product >> np.uint64(32))


def _slots(keys: Hashes, salt: str) -> Numbers:
    slots: Numbers = ((_mixed(keys ^ _SALTS[salt], _ODD[1]) * _ODD[0]) >> _SHIFT).view(np.int64)
    return slots


def _cut(entry: Input) -> Input:
    return Input(
        entry.text[:_LONGEST], entry.before, entry.after, entry.title, entry.kind, entry.position
    )
