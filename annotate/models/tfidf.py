"""Words weighted by how rare they are, and a logistic regression: what anybody would try first.

It is here to be compared with, so it stays what it is: scikit-learn's defaults, but for the labels,
which weigh the same however rare they are. Without that it would be no rival at all.
"""

import json
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from annotate.decisions import Decision
from annotate.errors import ModelError
from annotate.files import write_text
from annotate.models.arrays import damaged, read_arrays, read_record, write_arrays
from annotate.models.protocol import Details, targets
from annotate.records import Example, Input

_TERMS_FILE, _WEIGHTS_FILE = "tfidf.json", "weights.npz"
_ITERATIONS: Final = 1000


@dataclass(frozen=True, slots=True)
class TfidfModel:
    """Weighted words, summed and turned into probabilities (softmax).

    Attributes:
        labels: the labels, in the order of the rows of ``weights``.
        terms: the words.
        idf: float64 of shape (terms,): inverse document frequencies.
        weights: float64 of shape (labels, terms).
        bias: float64 of shape (labels,); -inf for a label that training never saw.
    """

    labels: tuple[str, ...]
    terms: tuple[str, ...]
    idf: NDArray[np.float64]
    weights: NDArray[np.float64]
    bias: NDArray[np.float64]

    @property
    def details(self) -> Details:
        """What is not in the name."""
        return {"words": len(self.terms), "c": 1.0, "class_weight": "balanced"}

    @property
    def metrics(self) -> Mapping[str, float]:
        """None: nothing was left out of the training."""
        return {}

    @property
    def decision(self) -> Decision:
        """The highest score."""
        return Decision.highest(self.labels)

    def scores(self, inputs: Sequence[Input]) -> NDArray[np.float64]:
        """Probabilities of shape (inputs, labels); each row sums to 1."""
        if not inputs:
            return np.empty((0, len(self.labels)))
        vectoriser = _vectoriser(vocabulary=self.terms)
        vectoriser.idf_ = self.idf
        sums = vectoriser.transform([entry.text for entry in inputs]) @ self.weights.T + self.bias
        powers = np.exp(sums - sums.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float64)

    def save(self, folder: Path) -> None:
        """Write the words as JSON and the numbers as npz, without pickle."""
        content = json.dumps({"labels": self.labels, "terms": self.terms}, ensure_ascii=False)
        write_text(folder / _TERMS_FILE, content + "\n")
        arrays = {"idf": self.idf, "weights": self.weights, "bias": self.bias}
        write_arrays(folder / _WEIGHTS_FILE, arrays)


@dataclass(frozen=True, slots=True)
class TfidfRecipe:
    """TF-IDF of words and a logistic regression, both as scikit-learn makes them."""

    name: ClassVar[str] = "tfidf"

    def fit(self, examples: Sequence[Example], *, labels: Sequence[str], seed: int) -> TfidfModel:
        """Learn a model; ``seed`` changes nothing.

        Raises:
            ModelError: fewer than two labels, or no word, among the examples.
            UnknownLabelError: an example's label is not among ``labels``.
        """
        del seed
        target, seen = targets(examples, labels)
        vectoriser = _vectoriser()
        try:
            matrix = vectoriser.fit_transform([example.text for example in examples])
        except ValueError:  # scikit-learn's word for "no words"
            msg = (
                f"No word stands in the {len(examples)} texts to learn from. Label more sentences."
            )
            raise ModelError(msg) from None
        regression = _regression(matrix, target)
        weights, bias = regression.coef_, regression.intercept_
        if len(weights) == 1:  # of two labels scikit-learn keeps the second's row alone
            weights, bias = np.vstack([0 * weights, weights]), np.concatenate([0 * bias, bias])
        spread = np.zeros((len(labels), matrix.shape[1]))
        chances = np.full(len(labels), -np.inf)
        spread[seen], chances[seen] = weights, bias
        terms = tuple(vectoriser.get_feature_names_out().tolist())
        return TfidfModel(tuple(labels), terms, vectoriser.idf_, spread, chances)

    def load(self, folder: Path) -> TfidfModel:
        """Read what `TfidfModel.save` wrote.

        Raises:
            ModelError: a file is missing or is not what was written.
        """
        content = read_record(folder / _TERMS_FILE, _Content)
        found = read_arrays(folder / _WEIGHTS_FILE)
        rows, columns = len(content.labels), len(set(content.terms))
        shapes = {"idf": (columns,), "weights": (rows, columns), "bias": (rows,)}
        fits = len(content.terms) == columns and shapes == {
            name: array.shape for name, array in found.items()
        }
        if not fits or not all(array.dtype == np.float64 for array in found.values()):
            raise ModelError(damaged(folder, "words and weights do not fit together"))
        idf, weights, bias = found["idf"], found["weights"], found["bias"]
        if not (np.isfinite(idf).all() and np.isfinite(weights).all() and bias.max() < np.inf):
            raise ModelError(damaged(folder, "a weight is no number"))
        return TfidfModel(content.labels, content.terms, idf, weights, bias)


class _Content(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    labels: tuple[str, ...]
    terms: tuple[str, ...]


def _vectoriser(**settings: Any) -> Any:  # noqa: ANN401  scikit-learn has no types
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(**settings)


def _regression(matrix: Any, target: NDArray[np.int64]) -> Any:  # noqa: ANN401
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    regression = LogisticRegression(class_weight="balanced", max_iter=_ITERATIONS)
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("error", ConvergenceWarning)
        try:
            return regression.fit(matrix, target)
        except ConvergenceWarning:
            msg = "The training found no stable weights. Look for examples that are mislabelled."
            raise ModelError(msg) from None
