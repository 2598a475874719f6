"""Which words of a sentence mattered for its label: those without which the score falls."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotate.evaluation.protocols import Model
from annotate.records import Input

MOST_INPUTS: Final = 20_000
"""Sentences that a model is asked about at most: a large network takes its time over each."""

_WORD: Final = re.compile(r"\w+(?:[’'-]\w+)*")
_MOST_WORDS: Final = 60
_MOST_MARKS: Final = 6
_LEAST_FALL: Final = 0.01
_LEAST_PART: Final = 0.2
_STRENGTHS: Final = 3


@dataclass(frozen=True, slots=True)
class Weight:
    """A word that spoke for the label.

    Attributes:
        start: its first code point in the text.
        end: the code point after its last.
        fall: by how much the label's score falls without it, in (0, 1].
        strength: the same beside the text's weightiest word, from 1 to 3.
    """

    start: int
    end: int
    fall: float
    strength: int


def words_that_mattered(
    model: Model, inputs: Sequence[Input], labels: Sequence[str]
) -> list[tuple[Weight, ...]]:
    """Leave out each word in turn and see how far the score of the label falls.

    Args:
        model: the model; it is asked about each text once for every word of it.
        inputs: the texts, the most wanted first: those that would need more than `MOST_INPUTS`
            questions in all get no words.
        labels: what the model called each of them.

    Returns:
        For each input at most 6 words, in the order of the text.

    Source:
        Li, Monroe and Jurafsky (2016), Understanding Neural Networks through Representation
        Erasure, section 2.
    """
    found: list[tuple[Weight, ...]] = [()] * len(inputs)
    asked: list[Input] = []
    parts: list[tuple[int, list[tuple[int, int]]]] = []
    for place, shown in enumerate(inputs):
        words = [match.span() for match in _WORD.finditer(shown.text)][:_MOST_WORDS]
        if len(asked) + len(words) + 1 > MOST_INPUTS:
            break
        asked += [shown, *(replace(shown, text=_without(shown.text, *word)) for word in words)]
        parts.append((place, words))
    if not asked:
        return found
    scores = model.scores(asked)
    at = 0
    for place, words in parts:
        column = scores[at : at + len(words) + 1, model.labels.index(labels[place])]
        found[place] = _weights(words, column[0] - column[1:])
        at += len(words) + 1
    return found


def _without(text: str, start: int, end: int) -> str:
    return f"{text[:start].rstrip()} {text[end:].lstrip()}".strip() or " "


def _weights(words: Sequence[tuple[int, int]], falls: NDArray[np.float64]) -> tuple[Weight, ...]:
    if not len(falls) or falls.max() < _LEAST_FALL:
        return ()
    most = float(falls.max())
    ranked = np.argsort(-falls, kind="stable")[:_MOST_MARKS]
    kept = sorted(n for n in ranked.tolist() if falls[n] >= max(_LEAST_FALL, _LEAST_PART * most))
    return tuple(_weight(words[n], float(falls[n]), most) for n in kept)


def _weight(word: tuple[int, int], fall: float, most: float) -> Weight:
    return Weight(*word, fall, max(1, round(_STRENGTHS * fall / most)))
