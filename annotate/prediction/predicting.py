"""Scores to predictions, a batch of sentences at a time."""

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from annotate.decisions import Decision
from annotate.predictions import prediction_of
from annotate.records import Document, Input, Prediction, Task

BATCH = 2048
"""Sentences scored at once: enough that the cost of a call does not show."""


class Scorer(Protocol):
    """What a model must be able to do to label new sentences."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels in the order of the columns of `scores`."""

    @property
    def decision(self) -> Decision:
        """How scores become a label."""

    def scores(self, inputs: Sequence[Input]) -> NDArray[np.float64]:
        """Probabilities, shape (n, labels); each row sums to 1."""


def predict(
    units: Iterable[tuple[Document, Task]],
    scorer: Scorer,
    *,
    name: str,
    in_training: Callable[[Document], bool] | None = None,
) -> Iterator[Prediction]:
    """Label tasks, in their order, in constant memory.

    Args:
        units: each task with its document.
        scorer: the model.
        name: of the model, written into each prediction.
        in_training: whether the model has learnt from a document, where that is known.
    """
    stream = iter(units)
    while batch := list(islice(stream, BATCH)):
        inputs = [task.as_input(document.title) for document, task in batch]
        scores = scorer.scores(inputs)
        places = scorer.decision.places(scores).tolist()
        for (document, task), row, place in zip(batch, scores, places, strict=True):
            shares = dict(zip(scorer.labels, (row / row.sum()).tolist(), strict=True))
            yield prediction_of(
                document,
                task,
                label=scorer.labels[place],
                model=name,
                scores=shares,
                in_training=in_training(document) if in_training else None,
            )


def best(predictions: Iterable[Prediction], *, top: int) -> list[Prediction]:
    """The predictions with the highest score for their own label, the surest first."""
    return heapq.nlargest(top, predictions, key=lambda p: p.scores.get(p.label, 0.0))
