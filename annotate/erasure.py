"""What the score of a label owes to each word of a sentence: it is asked again without the word."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from annotate.records import Input

_WORD: Final = re.compile(r"\w+(?:[’'-]\w+)*")
_MOST: Final = 200
"""Words of a text that are left out, the first ones."""
_LEAST: Final = 1e-6
"""Scores are kept this far from 0 and 1, where log odds have no end."""


class Scorer(Protocol):
    """What gives each input a score for each of its labels."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, in the order of the columns of `scores`."""

    def scores(self, inputs: Sequence[Input]) -> NDArray[np.float64]:
        """Scores in [0, 1] of shape (inputs, labels)."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word, and the score of a label with and without it.

    Attributes:
        start: its first code point in the text.
        end: the code point after its last.
        score: of the label for the whole text, in [0, 1].
        without: of the label for the text without the word, in [0, 1].
    """

    start: int
    end: int
    score: float
    without: float

    @property
    def fall(self) -> float:
        """By how much the score falls without it, in [-1, 1]; below 0 where it rises."""
        return self.score - self.without

    @property
    def weight(self) -> float:
        """By how much the log odds of the label fall; of use where scores are near 0 or 1."""
        first, second = (min(1 - _LEAST, max(_LEAST, p)) for p in (self.score, self.without))
        return float(np.log(first / (1 - first)) - np.log(second / (1 - second)))


def leave_out_words(
    model: Scorer, inputs: Sequence[Input], labels: Sequence[str], *, most: int | None = None
) -> list[tuple[Word, ...]]:
    """Leave out each word in turn and see what becomes of the score of a label.

    Args:
        model: any; it is asked about each text, and once for every word of it.
        inputs: the texts with their context, which stays as it is; the most wanted first.
        labels: the label to look at, of each input.
        most: questions in all; texts from the one on that would need more get no words. None sets
            no end.

    Returns:
        For each input its words in the order of the text.

    Source:
        Li, Monroe and Jurafsky (2016), Understanding Neural Networks through Representation
        Erasure, section 2; the weight is their equation 1 with log odds.
    """
    found: list[tuple[Word, ...]] = [()] * len(inputs)
    asked: list[Input] = []
    parts: list[list[tuple[int, int]]] = []
    for shown in inputs:
        spans = [match.span() for match in _WORD.finditer(shown.text)][:_MOST]
        if most is not None and len(asked) + len(spans) + 1 > most:
            break
        asked += [shown, *(replace(shown, text=_without(shown.text, *span)) for span in spans)]
        parts.append(spans)
    if not asked:
        return found
    scores, at = model.scores(asked), 0
    for place, spans in enumerate(parts):
        column = scores[at : at + 1 + len(spans), model.labels.index(labels[place])].tolist()
        whole, *others = column
        found[place] = tuple(
            Word(*span, whole, without) for span, without in zip(spans, others, strict=True)
        )
        at += len(column)
    return found


def _without(text: str, start: int, end: int) -> str:
    return f"{text[:start].rstrip()} {text[end:].lstrip()}".strip() or " "
