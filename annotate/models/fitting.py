"""Learns the weights of the linear recipe, how strongly to hold them back, and what scores mean."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annotate.decisions import Decision
from annotate.errors import ModelError
from annotate.models.calibration import (
    Calibration,
    calibrate,
    decide_for_macro_f1,
    floors_for_precision,
    macro_f1,
)
from annotate.models.protocol import Details
from annotate.models.wishes import Wishes
from annotate.splits import group_folds

Places = NDArray[np.int64]
Sums = NDArray[np.float64]

STRENGTHS: Final = (1.0, 4.0, 16.0)
"""Candidates for C, the inverse of the strength of the L2 penalty."""
USUAL: Final = 4.0
FOLDS: Final = 5
FEWEST_FOLDS: Final = 3
_FEWEST_LABELS: Final = 2
_ENOUGH: Final = 8_000
"""Examples that C and the meaning of scores are settled on; more take time and change little."""


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """What was learnt from sentences that were left out of the training, fold by fold.

    Attributes:
        c: inverse of the strength of the L2 penalty.
        how: how it was chosen, in words.
        calibration: of the sums.
        decision: of the probabilities.
        metrics: figures of the sentences left out, by name; none where there are too few groups.
        sentences: how many were left out in turn.
    """

    c: float
    how: str
    calibration: Calibration
    decision: Decision
    metrics: Mapping[str, float]
    sentences: int

    @property
    def details(self) -> Details:
        """All of it, for the manifest."""
        found: dict[str, str | float] = {"c": self.c, "c_chosen_by": self.how}
        if self.sentences:
            where = f"{self.sentences:,} sentences left out of the training in turn"
            found["calibration"] = f"slope {self.calibration.slope:.3f}, on {where}"
        return found | {"class_weight": "balanced"}


def settle(
    matrix: Any,  # noqa: ANN401  scipy has no types
    gold: Places,
    groups: Sequence[str],
    *,
    labels: Sequence[str],
    wishes: Wishes,
    importance: NDArray[np.float64] | None,
    seed: int,
) -> Settled:
    """Choose C by grouped cross-validation; learn what scores mean from the folds left out.

    Args:
        matrix: sentences as rows.
        gold: the place of the label of each among ``labels``; each occurs.
        groups: of each sentence.
        labels: the labels.
        wishes: what is asked for.
        importance: weight of each sentence, or None.
        seed: of the folds, and of which groups are taken where there are very many sentences.
    """
    wanted = wishes.precision_at(labels)
    taken = _enough(groups, seed=seed)
    folds, why = _folds([groups[place] for place in taken.tolist()], gold[taken], seed=seed)
    if folds is None:
        return _unsettled(len(labels), why, wishes)
    part, mine = matrix[taken], gold[taken]
    own = None if importance is None else importance[taken]
    candidates = STRENGTHS if wishes.c is None else (wishes.c,)
    sums = _left_out(part, mine, folds, candidates, own)
    reached = [macro_f1(found.argmax(axis=1), mine, len(labels)) for found in sums]
    best = int(np.argmax(reached))
    calibration = calibrate(sums[best], mine, own)
    scores = calibration.probabilities(sums[best])
    start = tuple(np.exp(-np.array(calibration.shifts)).tolist())
    decision = decide_for_macro_f1(scores, mine, start=start)
    decision = floors_for_precision(scores, mine, decision, wanted)
    how = f"grouped {folds.max() + 1}-fold cross-validation, macro-F1 {reached[best]:.3f}"
    how = how if wishes.c is None else "given"
    chosen = decision.places(scores) if wanted else _chosen(scores, mine, folds, start=start)
    found = _figures(chosen, mine, labels)
    return Settled(candidates[best], how, calibration, decision, found, len(mine))


def _unsettled(labels: int, why: str, wishes: Wishes) -> Settled:
    """What is taken where no sentence can be left out of the training."""
    wishes.refuse_precision(why)
    nothing = Calibration(1.0, (0.0,) * labels)
    plain = Decision((1.0,) * labels, (0.0,) * labels)
    return Settled(wishes.c or USUAL, f"fixed, {why}", nothing, plain, {}, 0)


def _figures(chosen: Places, gold: Places, labels: Sequence[str]) -> Mapping[str, float]:
    """Macro-F1, and precision and recall of each label, of sentences left out of the training."""
    found = {"macro-F1": macro_f1(chosen, gold, len(labels))}
    for place, label in enumerate(labels):
        right = float(((chosen == place) & (gold == place)).sum())
        if (chosen == place).any():
            found[f"precision of {label}"] = right / float((chosen == place).sum())
        found[f"recall of {label}"] = right / float((gold == place).sum())
    return {name: round(value, 4) for name, value in found.items()}


def fit_weights(
    matrix: Any,  # noqa: ANN401
    gold: Places,
    c: float,
    importance: NDArray[np.float64] | None = None,
    start: Any = None,  # noqa: ANN401
) -> Any:  # noqa: ANN401  scikit-learn has no types
    """A logistic regression in which every label weighs the same, however rare it is.

    Args:
        matrix: sentences as rows.
        gold: place of each label.
        c: inverse of the strength of the L2 penalty.
        importance: weight of each sentence, or None.
        start: a regression on the same rows with another C, to go on from.

    Raises:
        ModelError: there is no end to it.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    # newton-cg takes half the time of the default lbfgs on n-grams of 6,000 sentences.
    regression = start or LogisticRegression(
        class_weight="balanced", solver="newton-cg", max_iter=1000, tol=1e-3, warm_start=True
    )
    regression.C = c
    # One thread: several spin more than they compute, three times the time on two busy cores.
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("error", ConvergenceWarning)
        try:
            return regression.fit(matrix, gold, sample_weight=importance)
        except ConvergenceWarning:
            msg = "The training found no stable weights. Look for examples that are mislabelled."
            raise ModelError(msg) from None


def weights_of(regression: Any, labels: int) -> tuple[Sums, Sums]:  # noqa: ANN401
    """Weights and biases measured from the first label: shapes (labels - 1, columns), (labels,)."""
    weights, bias = regression.coef_.astype(np.float64), regression.intercept_.astype(np.float64)
    if labels == _FEWEST_LABELS:  # scikit-learn keeps the second label's row alone
        return weights, np.array([0.0, bias[0]])
    return weights[1:] - weights[:1], bias - bias[0]


def _sums(regression: Any, matrix: Any, labels: int) -> Sums:  # noqa: ANN401
    weights, bias = weights_of(regression, labels)
    found: Sums = np.zeros((matrix.shape[0], labels))
    found[:, 1:] = matrix @ weights.T
    return found + bias


def _enough(groups: Sequence[str], *, seed: int) -> Places:
    """Places of all examples, or of whole groups drawn until there are `_ENOUGH`."""
    if len(groups) <= _ENOUGH:
        return np.arange(len(groups))
    names, of = np.unique(np.array(groups, dtype=object).astype(str), return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(names))
    upto = np.cumsum(np.bincount(of)[order])
    drawn = order[: int(np.searchsorted(upto, _ENOUGH)) + 1]
    return np.flatnonzero(np.isin(of, drawn))


def _folds(groups: Sequence[str], gold: Places, *, seed: int) -> tuple[Places | None, str]:
    """The fold of each example; None, and why, where no fold can be left out."""
    count = min(FOLDS, len(set(groups)))
    if count < FEWEST_FOLDS:
        return None, f"{count} groups being too few for {FEWEST_FOLDS} folds"
    folds = group_folds(groups, k=count, seed=seed)
    labels = len(np.unique(gold))
    if any(len(np.unique(gold[folds != fold])) < labels for fold in range(count)):
        return None, "since a label has all its examples in one fold"
    return folds, ""


def _left_out(
    matrix: Any,  # noqa: ANN401
    gold: Places,
    folds: Places,
    candidates: Sequence[float],
    importance: NDArray[np.float64] | None,
) -> list[Sums]:
    """For each C, the sums of every example from a training without its fold."""
    labels = int(gold.max()) + 1
    found: list[Sums] = [np.zeros((len(gold), labels)) for _ in candidates]
    for fold in range(int(folds.max()) + 1):
        inside, outside = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        rows, own = matrix[inside], None if importance is None else importance[inside]
        regression = None
        for c, sums in zip(candidates, found, strict=True):
            regression = fit_weights(rows, gold[inside], c, own, regression)
            sums[outside] = _sums(regression, matrix[outside], labels)
    return found


def _chosen(scores: Sums, gold: Places, folds: Places, *, start: Sequence[float]) -> Places:
    """The label of each example, with weights found on the other folds, for an honest figure."""
    chosen = np.zeros(len(gold), dtype=np.int64)
    for fold in range(int(folds.max()) + 1):
        outside = folds == fold
        decision = decide_for_macro_f1(scores[~outside], gold[~outside], start=start)
        chosen[outside] = decision.places(scores[outside])
    return chosen
