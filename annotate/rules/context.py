"""What the sentences around one say of it."""

from collections.abc import Sequence
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotate.records import Input
from annotate.rules.coded import Answers, Coded, Numbers
from annotate.rules.lexicon import Lexicon
from annotate.rules.pattern import END_CODE
from annotate.rules.stems import Stems, StemsOfBatch, shared_by_row, stems_of
from annotate.running_text import RunningText

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
        self._before: dict[int, str] = {}

    def preceded(self, numbers: Numbers) -> Answers:
        """Whether there is a context before each of these sentences."""
        return np.array([self._batch[n].before != "" for n in numbers.tolist()], dtype=np.bool_)

    def quoted(self, numbers: Numbers) -> Answers:
        """Whether each of these sentences stands in a quotation that began before it."""
        found = [in_quotation(self._batch[n].before) for n in numbers.tolist()]
        return np.array(found, dtype=np.bool_)

    def echoes(self, numbers: Numbers) -> Numbers:
        """How many words of substance each shares with the context before and the headline."""
        entries = [self._batch[number] for number in numbers.tolist()]
        shared = [
            stems_of(entry.text) & stems_of(f"{entry.before} {entry.title or ''}")
            for entry in entries
        ]
        return np.array([len(stems - self._common) for stems in shared], dtype=np.intp)

    def before(self, numbers: Numbers) -> list[str]:
        """The context before each of these sentences, in codes."""
        if new := [number for number in numbers.tolist() if number not in self._before]:
            coded = self._lexicon.read([self._batch[number].before for number in new])
            spans = zip(new, coded.begins.tolist(), coded.ends.tolist(), strict=True)
            self._before |= {number: coded.text[begin : end + 2] for number, begin, end in spans}
        return [self._before[number] for number in numbers.tolist()]


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
        known, codes = self._before, self._coded
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
        marked = np.unique(np.searchsorted(self._coded.ends, marks))
        found[marked] = [last_quotation(self._running.texts[n]) for n in marked.tolist()]
        return found

    def echoes(self, numbers: Numbers) -> Numbers:
        """How many words of substance each shares with the context before and the headline."""
        articles, first = self._running.articles.take(numbers), self._running.first.take(numbers)
        around = (self._stems.of_rows(first, numbers), self._titles.of_rows(articles, articles + 1))
        own = self._stems.of_rows(numbers, numbers + 1)
        found = shared_by_row(own, np.concatenate(around), len(numbers), common=self._common)
        odd = np.append(0, np.cumsum(~self._stems.plain))
        apart = (odd.take(numbers + 1) > odd.take(first)) | ~self._titles.plain.take(articles)
        apart |= self._running.apart.take(numbers)
        found[apart] = super().echoes(numbers[apart])
        return found

    @cached_property
    def _stems(self) -> StemsOfBatch:
        return StemsOfBatch(self._coded)

    @cached_property
    def _titles(self) -> StemsOfBatch:
        return StemsOfBatch(self._lexicon.read([title or "" for title in self._running.titles]))
