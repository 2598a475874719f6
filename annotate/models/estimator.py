"""The linear recipe for scikit-learn: in pipelines, grid searches and cross-validations."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import unique_labels
from sklearn.utils.validation import check_is_fitted

from annotate.errors import ModelError
from annotate.models.features import reader
from annotate.models.linear import LinearModel, learn
from annotate.models.wishes import Wishes
from annotate.records import Input


class LinearClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """The recipe `linear` as an estimator.

    Parameters:
        C: inverse of the strength of the L2 penalty; None to choose it by cross-validation.
        min_precision: of each of these labels, the share in (0, 1] of what gets it that shall at
            least be right.
        random_state: of the folds by which C, calibration and thresholds are settled.

    Attributes:
        classes_: the labels, sorted.
        model_: what was learnt, as `annotate.models` has it.
        n_features_in_: not set: texts have no columns.
    """

    def __init__(
        self,
        *,
        C: float | None = None,  # noqa: N803  scikit-learn's name
        min_precision: Mapping[str, float] | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.C = C
        self.min_precision = min_precision
        self.random_state = random_state

    def fit(
        self,
        X: Iterable[str | Input],  # noqa: N803
        y: Sequence[Any],
        groups: Sequence[Any] | None = None,
        sample_weight: Sequence[float] | None = None,
    ) -> Self:
        """Learn from texts, or from inputs with their context.

        Args:
            X: the texts.
            y: their labels, of at least two kinds.
            groups: what may not be divided when C and thresholds are settled, such as the article;
                without them each text is taken to stand alone, which is too hopeful where texts
                come from the same articles.
            sample_weight: of each text, above 0.

        Raises:
            ModelError: fewer than two kinds of labels, or lengths that differ.
        """
        inputs = _inputs(X)
        self.classes_ = unique_labels(y)
        gold = np.searchsorted(self.classes_, np.asarray(y)).astype(np.int64)
        owners = [str(group) for group in (range(len(inputs)) if groups is None else groups)]
        weights = None if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        lengths = {
            len(inputs),
            len(gold),
            len(owners),
            *([] if weights is None else [len(weights)]),
        }
        if len(lengths) > 1 or len(self.classes_) < 2:  # noqa: PLR2004
            msg = (
                f"{len(inputs)} texts, {len(gold)} labels of {len(self.classes_)} kinds and "
                f"{len(owners)} groups cannot be learnt from. Give as many of each, and two kinds."
            )
            raise ModelError(msg)
        wanted = {str(label): share for label, share in (self.min_precision or {}).items()}
        self.model_, _ = learn(
            inputs,
            gold,
            owners,
            labels=[str(label) for label in self.classes_],
            wishes=Wishes(self.C, wanted),
            importance=weights,
            reader=reader(),
            seed=int(check_random_state(self.random_state).randint(2**31)),
        )
        return self

    def predict_proba(self, X: Iterable[str | Input]) -> NDArray[np.float64]:  # noqa: N803
        """Calibrated probabilities, columns in the order of ``classes_``."""
        return self._fitted().scores(_inputs(X))

    def predict(self, X: Iterable[str | Input]) -> NDArray[Any]:  # noqa: N803
        """The label of each text, by the thresholds that were settled in training."""
        model = self._fitted()
        found: NDArray[Any] = self.classes_[model.decision.places(model.scores(_inputs(X)))]
        return found

    def _fitted(self) -> LinearModel:
        check_is_fitted(self)
        return self.model_


def _inputs(texts: Iterable[str | Input]) -> list[Input]:
    return [text if isinstance(text, Input) else Input(str(text)) for text in texts]
