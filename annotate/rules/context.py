"""What the sentences around one say of it."""

import re
from collections.abc import Iterable, Sequence

from annotate.records import Input
from annotate.rules.lexicon import Lexicon

_GAPS = " \t\n\u00a0([-–—"
_STEMS = re.compile(r"\b[^\W\d_]{4}")


def in_quotation(before: str) -> bool:
    """Whether a quotation that began in the text before has not ended in it."""
    last = max(before.rfind('"'), before.rfind("“"), before.rfind("”")) if before else -1
    if last < 0 or before[last] != '"':
        return last >= 0 and before[last] == "“"
    begins = last == 0 or before[last - 1] in _GAPS
    return begins and before[last + 1 : last + 2].strip() != ""


class Surroundings:
    """The sentences of a batch with what stands around them, looked at only where asked."""

    def __init__(self, batch: Sequence[Input], lexicon: Lexicon, *, common: frozenset[str]) -> None:
        """Take a batch.

        Args:
            batch: the sentences.
            lexicon: to read what stands before them.
            common: stems of words that are no echo, from `stems_of`.
        """
        self.batch = batch
        self._lexicon = lexicon
        self._common = common
        self._echoes: dict[int, int] = {}
        self._before: dict[int, str] = {}

    def echoes(self, number: int) -> int:
        """How many words of substance a sentence shares with the context before and the title."""
        if number not in self._echoes:
            entry = self.batch[number]
            around = stems_of(f"{entry.before} {entry.title or ''}")
            self._echoes[number] = len((stems_of(entry.text) & around) - self._common)
        return self._echoes[number]

    def before(self, numbers: Iterable[int]) -> list[str]:
        """The context before each of these sentences, in codes."""
        wanted = list(numbers)
        if new := [number for number in wanted if number not in self._before]:
            part = self._lexicon.read([self.batch[number].before for number in new]).part
            spans = zip(new, part.begins.tolist(), part.ends.tolist(), strict=True)
            self._before |= {number: part.text[begin : end + 1] for number, begin, end in spans}
        return [self._before[number] for number in wanted]


def stems_of(text: str) -> frozenset[str]:
    """The first four letters of each word that has as many, so that endings do not matter."""
    return frozenset(_STEMS.findall(text.lower()))
