"""Which words of a sentence mattered for its label: those without which the score falls."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from annotate.erasure import Word, leave_out_words
from annotate.evaluation.protocols import Model
from annotate.records import Input

MOST_INPUTS: Final = 20_000
"""Sentences that a model is asked about at most: a large network takes its time over each."""

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
    """The words without which the score of the label falls furthest.

    Args:
        model: the model; it is asked about each text once for every word of it.
        inputs: the texts, the most wanted first: those that would need more than `MOST_INPUTS`
            questions in all get no words.
        labels: what the model called each of them.

    Returns:
        For each input at most 6 words, in the order of the text.
    """
    return [_weights(words) for words in leave_out_words(model, inputs, labels, most=MOST_INPUTS)]


def _weights(words: Sequence[Word]) -> tuple[Weight, ...]:
    most = max((word.fall for word in words), default=0.0)
    least = max(_LEAST_FALL, _LEAST_PART * most)
    ranked = sorted(words, key=lambda word: -word.fall)[:_MOST_MARKS]
    kept = sorted((word for word in ranked if word.fall >= least), key=lambda word: word.start)
    return tuple(
        Weight(word.start, word.end, word.fall, max(1, round(_STRENGTHS * word.fall / most)))
        for word in kept
    )
