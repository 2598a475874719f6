"""What a model says of some texts, as a program or a notebook wants it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotate.notebook import html_table

_MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A text, the label that the model gives it, and the scores of all labels, which sum to 1."""

    text: str
    label: str
    scores: dict[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """Texts with what a model says of them, in their order.

    Attributes:
        texts: what was labelled.
        labels: the label of each text, as the model decides.
        known: the labels that the model knows, in the order of the columns of ``scores``.
        scores: shape (texts, known), each row sums to 1.
    """

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    known: tuple[str, ...]
    scores: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.texts)

    def __getitem__(self, place: int) -> LabelledText:
        scores = dict(zip(self.known, self.scores[place].tolist(), strict=True))
        return LabelledText(self.texts[place], self.labels[place], scores)

    def __iter__(self) -> Iterator[LabelledText]:
        return (self[place] for place in range(len(self)))

    def __repr__(self) -> str:
        return f"<{len(self)} labelled texts: {', '.join(self.labels[:_MOST_SHOWN])}>"

    def _repr_html_(self) -> str:
        """A table for notebooks: each text with its label, and the scores."""
        heads = ("text", "label", *self.known)
        shown = (self[place] for place in range(min(len(self), _MOST_SHOWN)))
        rows = ((entry.text, entry.label, *entry.scores.values()) for entry in shown)
        more = len(self) - _MOST_SHOWN
        return html_table(heads, rows) + (f"<p>and {more:,} more</p>" if more > 0 else "")
