"""Rules at work: sentences to labels, and to the list of all rules that fired."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from annotate.errors import RulesError
from annotate.records import Input, Kind
from annotate.resources import resource
from annotate.rules.book import Rule, RuleBook
from annotate.rules.coded import Answers, Coded
from annotate.rules.condition import Condition
from annotate.rules.context import RunningSurroundings, Surroundings
from annotate.rules.lexicon import OTHER, Lexicon
from annotate.rules.required import either_of, rarest_of
from annotate.rules.sieve import Sieve
from annotate.rules.stems import stems_of
from annotate.running_text import RunningText

BATCH: Final = 2048
"""Sentences read at once: as many as keep their tokens in a processor's cache."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say of a sentence, and which of them decided."""

    label: str
    rule: str
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Cues:
    """All that the rules make of a batch of sentences, for a model to learn from.

    Attributes:
        coded: the sentences, a code for each word and mark.
        fired: which rules fire, of shape (inputs, rules).
        deciding: the rule that decides each sentence, of shape (inputs,).
    """

    coded: Coded
    fired: NDArray[np.bool_]
    deciding: NDArray[np.int64]


class Rules:
    """A book of rules, ready to label."""

    def __init__(self, book: RuleBook) -> None:
        """Compile the rules.

        Raises:
            ValueError: a pattern names a class that there is not, or is no regular expression.
        """
        self.book = book
        self._lexicon = Lexicon(book.classes, book.atoms)
        rules, codes = book.rules, self._lexicon.codes
        patterns = dict.fromkeys(name for rule in rules for name in (*rule.match, *rule.unless))
        rows = {name: row for row, name in enumerate(patterns, start=len(rules))}
        needed = [[either_of(names, codes) for names in rule.needs] for rule in rules]
        self._sieve = Sieve([*needed, *(rarest_of(book.expanded(p), codes) for p in patterns)])
        self._conditions = [Condition(rule, self._lexicon, book, rows) for rule in rules]
        self._common = stems_of(book.common)
        self._of_kinds: dict[tuple[Kind, ...], list[int]] = {}
        for number, rule in enumerate(rules):
            if rule.kinds:
                self._of_kinds.setdefault(rule.kinds, []).append(number)
        self._deciding = [n for n, rule in enumerate(book.rules) if rule.label is not None]
        self._adding = [n for n, rule in enumerate(book.rules) if rule.label is None]
        self._takes = {n: _takes(book, book.rules[n]) for n in self._adding}
        self._verdicts: dict[tuple[int, bytes], Verdict] = {}

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """Read a file of rules; by default the one that is shipped.

        Raises:
            InputError: the file is missing or not UTF-8.
            RulesError: the file is no file of rules, or a pattern in it is wrong.
        """
        path = path or resource("schemas/rules.yaml")
        book = RuleBook.load(path)
        try:
            return cls(book)
        except ValueError as error:
            raise RulesError(path, str(error)) from None

    @property
    def name(self) -> str:
        """What pre-labels call these rules: it changes with what they mean."""
        return f"rules-{self.book.version}-{self.book.digest}"

    @property
    def ids(self) -> tuple[str, ...]:
        """The rules, in the order of the columns of `fired`."""
        return tuple(rule.id for rule in self.book.rules)

    def label(self, inputs: Sequence[Input]) -> list[Verdict]:
        """What the rules say of each sentence, by itself: the others do not matter."""
        return [verdict for batch in _batches(inputs) for verdict in self._decide(batch)]

    def fired(self, inputs: Sequence[Input]) -> NDArray[np.bool_]:
        """Which rules fire on each sentence, of shape (inputs, rules); slower than `label`."""
        found = [self.cues(batch).fired for batch in _batches(inputs)]
        return np.concatenate([np.zeros((0, len(self.book.rules)), dtype=np.bool_), *found])

    def cues(self, batch: Sequence[Input]) -> Cues:
        """Sentences in codes with the rules that fire: `BATCH` of them at most, for speed."""
        fired = np.zeros((len(self.book.rules), len(batch)), dtype=np.bool_)
        coded, kept, around = self._read(batch)
        for number, condition in enumerate(self._conditions):
            fired[number, condition.hits(coded, kept, kept[number], around)] = True
        deciding = np.array(self._deciding)
        return Cues(coded, fired.T, deciding[fired[deciding].argmax(axis=0)])

    def read(self, texts: Sequence[str]) -> Coded:
        """Texts in codes alone, without asking any rule."""
        return self._lexicon.read(texts)

    @property
    def plain_code(self) -> int:
        """The code of the words that no rule looks for, names and numbers apart."""
        return ord(self._lexicon.codes[OTHER][0])

    def _decide(self, batch: Sequence[Input]) -> list[Verdict]:
        """The first deciding rule of each sentence; verdicts that are alike are one object."""
        coded, kept, around = self._read(batch)
        decider = np.full(len(batch), -1)
        for number in self._deciding:
            open_still = kept[number] & (decider < 0)
            decider[self._conditions[number].hits(coded, kept, open_still, around)] = number
        added = np.zeros((len(self._adding), len(batch)), dtype=np.bool_)
        for row, number in enumerate(self._adding):
            asked = kept[number] & self._takes[number][decider]
            added[row, self._conditions[number].hits(coded, kept, asked, around)] = True
        keys = zip(decider.tolist(), map(bytes, np.packbits(added, axis=0).T), strict=True)
        known = self._verdicts
        return [known.get(key) or self._verdict(key) for key in keys]

    def _verdict(self, key: tuple[int, bytes]) -> Verdict:
        decider, added = key
        rule, flags = self.book.rules[decider], dict.fromkeys(self.book.rules[decider].flags)
        bits = np.unpackbits(np.frombuffer(added, dtype=np.uint8), count=len(self._adding))
        for row in np.flatnonzero(bits).tolist():
            flags |= dict.fromkeys(self.book.rules[self._adding[row]].flags)
        self._verdicts[key] = Verdict(rule.label or "", rule.id, tuple(flags))
        return self._verdicts[key]

    def _read(self, batch: Sequence[Input]) -> tuple[Coded, Answers, Surroundings]:
        """A batch in codes, its sentences that rules and patterns keep, what stands around them.

        The second is of shape (rules + patterns, sentences).
        """
        if isinstance(batch, RunningText):
            coded, kinds = self._lexicon.read(batch.texts), batch.kinds
            around: Surroundings = RunningSurroundings(
                batch, self._lexicon, coded, common=self._common
            )
        else:
            coded = self._lexicon.read([entry.text for entry in batch])
            kinds = [entry.kind for entry in batch]
            around = Surroundings(batch, self._lexicon, common=self._common)
        kept = self._sieve.kept(coded)
        for wanted, rules in self._of_kinds.items():
            kept[rules] &= np.fromiter(map(wanted.__contains__, kinds), np.bool_, len(batch))
        return coded, kept, around


def _batches(inputs: Sequence[Input]) -> Iterator[Sequence[Input]]:
    return (inputs[start : start + BATCH] for start in range(0, len(inputs), BATCH))


def _takes(book: RuleBook, adding: Rule) -> NDArray[np.bool_]:
    """For each rule that decides, whether this one may add its flags to the label."""
    return np.array([rule.label in adding.to for rule in book.rules])
