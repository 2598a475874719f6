"""Logistic regression on n-grams: quick to train, small, and hard to beat without a neural net."""

import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from annotate.decisions import Decision
from annotate.errors import ModelError
from annotate.files import write_text
from annotate.jsonl import explain
from annotate.models.fitting import Fitted, fit
from annotate.models.ngrams import Ngrams, Terms
from annotate.models.protocol import Details
from annotate.records import Example, Input

_TERMS_FILE, _WEIGHTS_FILE = "linear.json", "weights.npz"
_BATCH: Final = 4096
"""Inputs scored at once, so that memory does not grow with their number."""


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Weighted n-grams, summed and turned into probabilities (softmax).

    Attributes:
        labels: the labels, in the order of the rows of ``weights``.
        ngrams: what is counted.
        weights: float32 of shape (labels, n-grams).
        bias: float32 of shape (labels,); -inf for a label that training never saw.
        details: what was settled while learning.
    """

    labels: tuple[str, ...]
    ngrams: Ngrams
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    details: Details

    @property
    def decision(self) -> Decision:
        """The highest score."""
        return Decision.highest(self.labels)

    def scores(self, inputs: Sequence[Input]) -> NDArray[np.float64]:
        """Probabilities of shape (inputs, labels); each row sums to 1."""
        found = np.empty((len(inputs), len(self.labels)))
        for start in range(0, len(inputs), _BATCH):
            texts = [entry.text for entry in inputs[start : start + _BATCH]]
            found[start : start + _BATCH] = self.ngrams.matrix(texts) @ self.weights.T
        found += self.bias
        powers = np.exp(found - found.max(axis=1, keepdims=True, initial=-np.inf))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float64)

    def save(self, folder: Path) -> None:
        """Write the n-grams as JSON and the numbers as npz, without pickle."""
        content = {
            "labels": self.labels,
            "details": dict(self.details),
            "terms": {name: found.terms for name, found in self.ngrams.kinds.items()},
        }
        write_text(folder / _TERMS_FILE, json.dumps(content, ensure_ascii=False) + "\n")
        arrays = {f"idf_{name}": found.idf for name, found in self.ngrams.kinds.items()}
        arrays |= {"weights": self.weights, "bias": self.bias}
        np.savez(folder / _WEIGHTS_FILE, allow_pickle=False, **arrays)


@dataclass(frozen=True, slots=True)
class LinearRecipe:
    """TF-IDF of words and letters, and a logistic regression with balanced labels."""

    name: ClassVar[str] = "linear"

    def fit(self, examples: Sequence[Example], *, labels: Sequence[str], seed: int) -> LinearModel:
        """Learn a model; the strength of its regularisation comes from grouped cross-validation.

        Args:
            examples: to learn from, with at least two labels among them.
            labels: every label that the model shall give a score to.
            seed: of the folds.

        Raises:
            ModelError: fewer than two labels, or no n-gram that occurs twice.
            UnknownLabelError: an example's label is not among ``labels``.
        """
        fitted = fit(examples, labels=labels, seed=seed)
        return _model(fitted, tuple(labels))

    def load(self, folder: Path) -> LinearModel:
        """Read what `LinearModel.save` wrote.

        Raises:
            ModelError: a file is missing or is not what was written.
        """
        try:
            content = _Content.model_validate_json((folder / _TERMS_FILE).read_bytes())
            arrays = _arrays(folder / _WEIGHTS_FILE)
            kinds = {
                name: Terms(tuple(terms), arrays[f"idf_{name}"])
                for name, terms in content.terms.items()
            }
            model = LinearModel(
                labels=content.labels,
                ngrams=Ngrams(kinds),
                weights=arrays["weights"],
                bias=arrays["bias"],
                details=content.details,
            )
        except ValidationError as error:
            raise ModelError(_damaged(folder, explain(error))) from None
        except OSError:
            problem = f"{_TERMS_FILE} or {_WEIGHTS_FILE} is missing"
            raise ModelError(_damaged(folder, problem)) from None
        except (ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
            raise ModelError(_damaged(folder, f"{_WEIGHTS_FILE} is damaged")) from None
        if misfit := _misfit(model):
            raise ModelError(_damaged(folder, misfit))
        return model


class _Content(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    labels: tuple[str, ...]
    details: dict[str, str | int | float | bool]
    terms: dict[str, list[str]]


def _arrays(path: Path) -> dict[str, NDArray[np.float32]]:
    with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
        return {name: np.asarray(file[name], dtype=np.float32) for name in file}


def _model(fitted: Fitted, labels: tuple[str, ...]) -> LinearModel:
    """Spread what was learnt over all labels; unseen ones get no chance."""
    weights = np.zeros((len(labels), fitted.ngrams.columns), dtype=np.float32)
    bias = np.full(len(labels), -np.inf, dtype=np.float32)
    weights[fitted.seen] = fitted.weights
    bias[fitted.seen] = fitted.bias
    return LinearModel(labels, fitted.ngrams, weights, bias, fitted.details)


def _misfit(model: LinearModel) -> str | None:
    """What does not fit together in a model that was read, if anything."""
    wanted = (len(model.labels), model.ngrams.columns)
    if model.weights.shape != wanted or model.bias.shape != wanted[:1]:
        return f"the weights are of shape {model.weights.shape}, not {wanted}"
    idf = [found.idf for found in model.ngrams.kinds.values()]
    if not all(np.isfinite(array).all() for array in (model.weights, *idf)):
        return "a weight is no number"
    if not np.isfinite(model.bias.max(initial=-np.inf)) or np.isnan(model.bias).any():
        return "a bias is no number"
    return None


def _damaged(folder: Path, problem: str) -> str:
    return f"{folder}: the weights cannot be read ({problem}). Train the model again."
