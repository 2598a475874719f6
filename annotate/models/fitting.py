"""Fits the logistic regression of the linear recipe."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annotate.errors import ModelError
from annotate.metrics import score
from annotate.models.ngrams import Ngrams
from annotate.models.protocol import Details, targets
from annotate.records import Example
from annotate.splits import group_folds

_STRENGTHS: Final = (1.0, 4.0, 16.0)
"""Candidates for C, the inverse of the strength of the L2 penalty."""
_USUAL: Final = 4.0
_FOLDS: Final = 3
_FEWEST_LABELS: Final = 2


@dataclass(frozen=True, slots=True)
class Fitted:
    """A logistic regression over the labels that training saw.

    Attributes:
        ngrams: the columns.
        seen: places of those labels among all labels, ascending.
        weights: float32 of shape (seen, columns).
        bias: float32 of shape (seen,).
        details: what was settled on the way.
    """

    ngrams: Ngrams
    seen: NDArray[np.int64]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    details: Details


@dataclass(frozen=True, slots=True)
class _Choice:
    c: float
    chosen_by: str


def fit(examples: Sequence[Example], *, labels: Sequence[str], seed: int) -> Fitted:
    """Learn n-grams, choose C by grouped cross-validation, and fit on everything.

    Every label weighs the same in the loss, however rare it is (``class_weight="balanced"``):
    of the weightings tried this gave the highest macro-F1.

    Args:
        examples: to learn from.
        labels: every label that may occur.
        seed: of the folds.

    Raises:
        ModelError: fewer than two labels occur, or no n-gram occurs twice.
        UnknownLabelError: an example's label is not among ``labels``.
    """
    target, seen = targets(examples, labels)
    learnt = Ngrams.learn([example.text for example in examples])
    groups = [example.group for example in examples]
    choice = _choose(learnt.matrix, target, groups, seed=seed)
    regression = _regression(learnt.matrix, target, choice.c)
    weights, bias = regression.coef_, regression.intercept_
    if len(seen) == _FEWEST_LABELS:  # scikit-learn then keeps the second label's row only
        weights, bias = np.vstack([0 * weights, weights]), np.concatenate([0 * bias, bias])
    return Fitted(
        ngrams=learnt.ngrams,
        seen=seen,
        weights=weights.astype(np.float32),
        bias=bias.astype(np.float32),
        details={
            "c": choice.c,
            "c_chosen_by": choice.chosen_by,
            "class_weight": "balanced",
            "ngrams": learnt.ngrams.columns,
        },
    )


def _choose(
    matrix: Any,  # noqa: ANN401
    target: NDArray[np.int64],
    groups: list[str],
    *,
    seed: int,
) -> _Choice:
    """C with the highest macro-F1 on groups left out of the fit; of equals the smallest."""
    if len(set(groups)) < _FOLDS:
        return _Choice(_USUAL, f"fixed, {len(set(groups))} groups being too few for {_FOLDS} folds")
    folds = group_folds(groups, k=_FOLDS, seed=seed)
    predicted = {c: np.empty_like(target) for c in _STRENGTHS}
    for fold in range(_FOLDS):
        inside, outside = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        if len(np.unique(target[inside])) < _FEWEST_LABELS:
            return _Choice(_USUAL, "fixed, since two thirds of the groups have but one label")
        for c in _STRENGTHS:
            regression = _regression(matrix[inside], target[inside], c)
            predicted[c][outside] = regression.predict(matrix[outside])
    gold, names = target.astype(str).tolist(), np.unique(target).astype(str).tolist()
    found = {c: score(gold, predicted[c].astype(str).tolist(), names).macro_f1 for c in _STRENGTHS}
    best = max(_STRENGTHS, key=lambda c: found[c])
    return _Choice(best, f"grouped {_FOLDS}-fold cross-validation, macro-F1 {found[best]:.3f}")


def _regression(matrix: Any, target: NDArray[np.int64], c: float) -> Any:  # noqa: ANN401
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    # newton-cg takes a third of the time of the default lbfgs on n-grams of 6,000 sentences.
    regression = LogisticRegression(C=c, class_weight="balanced", solver="newton-cg", max_iter=1000)
    # One thread: several spin more than they compute, three times the time on two busy cores.
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("error", ConvergenceWarning)
        try:
            return regression.fit(matrix.astype(np.float64), target)
        except ConvergenceWarning:
            msg = "The training found no stable weights. Look for examples that are mislabelled."
            raise ModelError(msg) from None
