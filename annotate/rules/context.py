"""What the sentences around one say of it."""

from collections.abc import Sequence
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotate.records import Input
from annotate.rules.coded import Coded, Numbers
from annotate.rules.lexicon import Lexicon
from annotate.rules.pattern import END_CODE
from annotate.rules.stems import Stems, StemsOfBatch, stems_of
from annotate.running_text import RunningText

Answers = NDArray[np.bool_]
NO_MARK: Final = -1
CLOSES: Final = 0
OPENS: Final = 1
_GAPS = " \t\n\u00a0([-–—"


def in_quotation(before: str) -> bool:
    """Whether a quotation that began in the text before has not ended in it."""
    return last_quotation(before) == OPENS


def last_quotation(text: str) -> int:
    """Whether the last double quotation mark of a text opens or closes, or that there is none."""
    last = max(text.rfind('"'), text.rfind("“"), text.rfind("”")) if text else -1
    if last < 0:
        return NO_MARK
    if text[last] != '"':
        return OPENS if text[last] == "“" else CLOSES
    begins = last == 0 or text[last - 1] in _GAPS
    return OPENS if begins and text[last + 1 : last + 2].strip() != "" else CLOSES


class Surroundings:
    """The sentences of a batch with what stands around them, looked at only where asked."""

    def __init__(self, batch: Sequence[Input], lexicon: Lexicon, *, common: Stems) -> None:
        """Take a batch.

        Args:
            batch: the sentences.
            lexicon: to read what stands before them.
            common: stems of words that are no echo, from `stems_of`.
        """
        self._batch = batch
        self._lexicon = lexicon
        self._common = common
        self._echoes: dict[int, int] = {}
        self._before: dict[int, str] = {}

    def preceded(self, numbers: Numbers) -> Answers:
        """Whether there is a context before each of these sentences."""
        return np.array([self._batch[n].before != "" for n in numbers.tolist()], dtype=np.bool_)

    def quoted(self, numbers: Numbers) -> Answers:
        """Whether each of these sentences stands in a quotation that began before it."""
        found = [in_quotation(self._batch[n].before) for n in numbers.tolist()]
        return np.array(found, dtype=np.bool_)

    def echoes(self, number: int) -> int:
        """How many words of substance a sentence shares with the context before and the title."""
        if number not in self._echoes:
            shared = self._stems(number) & self._stems_around(number)
            self._echoes[number] = len(shared - self._common)
        return self._echoes[number]

    def before(self, numbers: Numbers) -> list[str]:
        """The context before each of these sentences, in codes."""
        if new := [number for number in numbers.tolist() if number not in self._before]:
            part = self._lexicon.read([self._batch[number].before for number in new]).part
            spans = zip(new, part.begins.tolist(), part.ends.tolist(), strict=True)
            self._before |= {number: part.text[begin : end + 1] for number, begin, end in spans}
        return [self._before[number] for number in numbers.tolist()]

    def _stems(self, number: int) -> Stems:
        return stems_of(self._batch[number].text)

    def _stems_around(self, number: int) -> Stems:
        entry = self._batch[number]
        return stems_of(f"{entry.before} {entry.title or ''}")


class RunningSurroundings(Surroundings):
    """The same of running text: each sentence is looked at once, as itself and as context."""

    def __init__(
        self, batch: RunningText, lexicon: Lexicon, coded: Coded, *, common: Stems
    ) -> None:
        """Take running text, and the same in codes."""
        super().__init__(batch, lexicon, common=common)
        self._running = batch
        self._coded = coded
        self._quotes = [ord(lexicon.codes[name]) for name in ("OPEN", "CLOSE")]
        self._titles: dict[int, Stems] = {}

    def preceded(self, numbers: Numbers) -> Answers:
        """Whether there is a context before each of these sentences."""
        return np.asarray(self._running.first.take(numbers) < numbers)

    def quoted(self, numbers: Numbers) -> Answers:
        """Whether each of these sentences stands in a quotation that began before it."""
        ends = self._last_quotations
        first = self._running.first.take(numbers)
        found, at = np.full(len(numbers), NO_MARK, dtype=np.int8), numbers - 1
        while len(open_still := np.flatnonzero((found == NO_MARK) & (at >= first))):
            found[open_still] = ends.take(at.take(open_still))
            at = at - 1
        answers: Answers = found == OPENS
        apart = self._running.apart.take(numbers)
        answers[apart] = super().quoted(numbers[apart])
        return answers

    def before(self, numbers: Numbers) -> list[str]:
        """The context before each of these sentences, in codes."""
        apart = numbers[self._running.apart.take(numbers)]
        super().before(apart)
        known, codes = self._before, self._coded.part
        begins = codes.begins.take(self._running.first.take(numbers)).tolist()
        ends = codes.begins.take(numbers).tolist()
        for number, begin, end in zip(numbers.tolist(), begins, ends, strict=True):
            if number not in known:
                said = codes.text[begin:end].replace(END_CODE, "")
                known[number] = f"{END_CODE}{said}{END_CODE}"
        return [known[number] for number in numbers.tolist()]

    @cached_property
    def _last_quotations(self) -> NDArray[np.int8]:
        """What `last_quotation` says of each sentence."""
        array, (opening, closing) = self._coded.array, self._quotes
        marks = np.flatnonzero((array == opening) | (array == closing))
        found = np.full(len(self._running), NO_MARK, dtype=np.int8)
        for number in np.unique(np.searchsorted(self._coded.ends, marks)).tolist():
            found[number] = last_quotation(self._running.texts[number])
        return found

    @cached_property
    def _stems_of_batch(self) -> StemsOfBatch:
        return StemsOfBatch(self._running.texts, self._coded)

    def _stems(self, number: int) -> Stems:
        return self._stems_of_batch.of(number, number + 1)

    def _stems_around(self, number: int) -> Stems:
        if self._running.apart[number]:
            return super()._stems_around(number)
        article = int(self._running.articles[number])
        if article not in self._titles:
            self._titles[article] = stems_of(self._running.titles[article] or "")
        said = self._stems_of_batch.of(int(self._running.first[number]), number)
        return self._titles[article] | said
