"""Which words a label hangs on: what the score loses when each of them is left out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np

from annotate.models.protocol import Model
from annotate.records import Input

_WORD: Final = re.compile(r"\w+(?:['’-]\w+)*|[^\w\s]")
_MOST: Final = 200
"""Words of a text that are looked at, the first ones."""
_LEAST: Final = 1e-6
"""Scores are kept this far from 0 and 1, where log odds have no end."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A word and what it does for a label.

    Attributes:
        start: code point in the text where the word begins.
        end: code point after it.
        weight: by how much the log odds of the label fall without the word; below 0 where the word
            speaks against the label.
    """

    start: int
    end: int
    weight: float


def explain(
    model: Model, inputs: Sequence[Input], *, labels: Sequence[str]
) -> list[tuple[Reason, ...]]:
    """What each word of a text does for a label, by any model.

    Args:
        model: any.
        inputs: the texts with their context, which is left as it is.
        labels: the label of the model to give reasons for, of each input.

    Returns:
        For each input its words and marks in the order of the text.

    Source:
        Li, Monroe and Jurafsky (2016), Understanding Neural Networks through Representation
        Erasure, arXiv:1612.08220, equation 1 with log odds.
    """
    spans = [[match.span() for match in _WORD.finditer(entry.text)][:_MOST] for entry in inputs]
    asked = [
        shown
        for entry, found in zip(inputs, spans, strict=True)
        for shown in (entry, *(_without(entry, *span) for span in found))
    ]
    columns = [
        model.labels.index(label)
        for label, found in zip(labels, spans, strict=True)
        for _ in range(1 + len(found))
    ]
    scores = model.scores(asked)[np.arange(len(asked)), columns].clip(_LEAST, 1 - _LEAST)
    odds = np.log(scores / (1 - scores))
    bounds = np.cumsum([0, *(1 + len(found) for found in spans)]).tolist()
    return [
        tuple(
            Reason(*span, float(odds[at] - without))
            for span, without in zip(found, odds[at + 1 : upto], strict=True)
        )
        for found, (at, upto) in zip(spans, pairwise(bounds), strict=True)
    ]


def _without(entry: Input, start: int, end: int) -> Input:
    return replace(entry, text=entry.text[:start] + entry.text[end:])
