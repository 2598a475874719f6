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

from annotate.models.channels import (
    SLOT_BITS,
    Channel,
    Hashes,
    RepeatedChannel,
    cue_channels,
    keys_of,
    single,
    word_channels,
)
from annotate.models.letters import letter_channel
from annotate.records import Input, Kind
from annotate.rules import Cues, Rules
from annotate.rules.coded import Coded
from annotate.running_text import LONGEST, RunningText

BATCH: Final = 4096
"""Sentences read at once: enough that the cost of a call does not show."""
GROUPS: Final = ("words", "characters", "cues", "around")
"""N-grams of one kind together; a sentence has the same weight in each that it has n-grams of."""
_KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
_KIND_AT: Final = {kind: place for place, kind in enumerate(_KINDS)}

_SAID: Final = 2
"""Size of the label that the rules give: what many rules together show, beside what each does."""

AnyChannel = Channel | RepeatedChannel


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """What is seen of a batch of sentences.

    Attributes:
        groups: the channels of each of `GROUPS`.
        plain: float32 of shape (sentences, `Reader.columns`): which rules fire, which one decides
            and for which label, what the sentence is, and where in the article it stands (-0.5 to
            0.5; 0 if unknown).
    """

    groups: tuple[tuple[AnyChannel, ...], ...]
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
        """The features of sentences, some `BATCH` of them at a time, in their order."""
        if isinstance(inputs, RunningText):
            return map(self.read, inputs.batches(BATCH))
        return (self.read(inputs[at : at + BATCH]) for at in range(0, len(inputs), BATCH))

    def read(self, batch: Sequence[Input]) -> Features:
        """The features of at least one sentence."""
        if isinstance(batch, RunningText):
            batch = batch.cut(LONGEST)
            kinds, positions = batch.kinds, batch.positions - 0.5
        else:
            batch = [entry if len(entry.text) <= LONGEST else _cut(entry) for entry in batch]
            kinds = [entry.kind for entry in batch]
            told = [0 if e.position is None else e.position - 0.5 for e in batch]
            positions = np.array(told, dtype=np.float64)
        cues = self._rules.cues(batch)
        keys = keys_of(cues.coded)
        groups = (
            word_channels(keys, cues.coded),
            (letter_channel(cues.coded),),
            cue_channels(cues.coded, cues.coded.array != self._other),
            self._around(batch, keys, cues.coded),
        )
        return Features(groups, self._plain(cues, kinds, positions))

    def _plain(
        self, cues: Cues, kinds: Sequence[Kind], positions: NDArray[np.float64]
    ) -> NDArray[np.float32]:
        """The columns that are no n-grams."""
        plain = np.zeros((len(kinds), self._width), dtype=np.float32)
        rows = np.arange(len(kinds))
        rules = cues.fired.shape[1]
        plain[:, :rules] = cues.fired
        plain[rows, rules + cues.deciding] = 1
        plain[rows, 2 * rules + self._says[cues.deciding]] = _SAID
        plain[rows, self._width - len(_KINDS) - 1 + np.array([_KIND_AT[k] for k in kinds])] = 1
        plain[:, -1] = positions
        return plain

    def _around(self, batch: Sequence[Input], keys: Hashes, coded: Coded) -> tuple[Channel, ...]:
        """The words before and after, and of the headline, as far as there are any."""
        if isinstance(batch, RunningText):
            return self._within(batch, keys, coded)
        texts = {
            "before": [entry.before for entry in batch],
            "after": [entry.after for entry in batch],
            "title": [entry.title or "" for entry in batch],
        }
        return tuple(self._read(found, name) for name, found in texts.items() if any(found))

    def _within(self, running: RunningText, keys: Hashes, coded: Coded) -> tuple[Channel, ...]:
        """The same where the words around are those of other sentences of the batch."""
        numbers = np.arange(len(running))
        apart = np.flatnonzero(running.apart)
        texts = {"before": [running[n].before for n in apart.tolist()]}
        texts["after"] = [running[n].after for n in apart.tolist()]
        upto = {"before": (running.first, numbers), "after": (numbers + 1, running.last)}
        channels = []
        for name, (first, last) in upto.items():
            alone = single(keys, coded, name)
            bounds = np.append(alone.begins, len(alone.slots))
            channel = Channel(alone.slots, bounds.take(first), bounds.take(last))
            if len(apart):
                channel = channel.replaced(apart, self._read(texts[name], name))
            channels.append(channel)
        titles = self._read([title or "" for title in running.titles], "title")
        begins, ends = (side.take(running.articles) for side in (titles.begins, titles.ends))
        return (*channels, Channel(titles.slots, begins, ends))

    def _read(self, texts: Sequence[str], name: str) -> Channel:
        """The words of texts that stand around sentences."""
        coded = self._rules.read([text[:LONGEST] for text in texts])
        return single(keys_of(coded), coded, name)


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


def _cut(entry: Input) -> Input:
    return Input(
        entry.text[:LONGEST], entry.before, entry.after, entry.title, entry.kind, entry.position
    )
