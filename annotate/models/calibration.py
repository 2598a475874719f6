"""Scores that mean what they say, and the labels that follow from them.

Both are learnt from scores of sentences that the model was not trained on: on those it was, it is
too sure of itself.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotate.decisions import Decision

Scores = NDArray[np.float64]
Places = NDArray[np.int64]

_GRID: Final = np.linspace(-1.2, 1.2, 25)
"""Shifts of a label's score, in natural logarithms, that are tried for macro-F1."""
_ROUNDS: Final = 2
_COST: Final = 0.004
"""What a shift by 1 must gain in macro-F1, times its square: small gains are mostly chance."""
_EXPECTED_COST: Final = 0.02
"""The same where macro-F1 is the one that the scores let expect."""
_PULL: Final = 1.0
"""How strongly the calibration is held to where it began: few examples move it little."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Turns sums of weights into probabilities.

    Attributes:
        slope: what sums are multiplied by, above 0.
        shifts: what is added to each label's.
    """

    slope: float
    shifts: tuple[float, ...]

    def probabilities(self, sums: Scores) -> Scores:
        """Softmax of the scaled and shifted sums; of shape (n, labels), rows sum to 1."""
        return softmax(self.slope * sums + np.array(self.shifts))


def softmax(sums: Scores) -> Scores:
    """Probabilities in proportion to the exponentials of each row."""
    powers = np.exp(sums - sums.max(axis=1, keepdims=True, initial=-np.inf))
    found: Scores = powers / powers.sum(axis=1, keepdims=True)
    return found


def calibrate(
    sums: Scores, gold: Places, importance: NDArray[np.float64] | None = None
) -> Calibration:
    """The slope and shifts under which the gold labels are likeliest.

    Args:
        sums: of sentences left out of the training, of shape (n, labels).
        gold: the place of the gold label of each, of shape (n,).
        importance: weight of each, of shape (n,); None for 1.

    Source:
        Platt (1999), Probabilistic Outputs for Support Vector Machines; for many labels: Guo et al.
        (2017), On Calibration of Modern Neural Networks, section 4.2, with a shift for each label
        in place of none.
    """
    from scipy.optimize import minimize

    labels = sums.shape[1]
    rows = np.arange(len(gold))
    hit = np.zeros_like(sums)
    hit[rows, gold] = 1
    weights = np.ones(len(gold)) if importance is None else importance

    def loss(values: Scores) -> tuple[float, Scores]:
        slope, shifts = np.exp(values[0]), values[1:]
        found = softmax(slope * sums + shifts)
        gradient = (found - hit) * weights[:, None]
        missed = -(weights * np.log(np.maximum(found[rows, gold], 1e-300))).sum()
        by_slope = slope * (gradient * sums).sum()
        pulled = missed + _PULL / 2 * float(values @ values)
        return pulled, np.concatenate([[by_slope], gradient.sum(axis=0)]) + _PULL * values

    found = minimize(loss, np.zeros(1 + labels), jac=True, method="L-BFGS-B").x
    return Calibration(float(np.exp(found[0])), tuple(found[1:].tolist()))


def decide_for_macro_f1(scores: Scores, gold: Places, *, start: Sequence[float]) -> Decision:
    """Weights of the labels under which macro-F1 is highest.

    Each label's weight is moved in turn; a move must gain the more the longer it is.

    Args:
        scores: probabilities of sentences left out of the training, of shape (n, labels).
        gold: the place of the gold label of each, of shape (n,).
        start: weights to begin with, above 0.
    """

    def reached(places: Places) -> float:
        return macro_f1(places, gold, scores.shape[1])

    return _best_decision(scores, reached, start=start, cost=_COST)


def decide_for_expected_macro_f1(scores: Scores, *, start: Sequence[float]) -> Decision:
    """Weights under which macro-F1 is highest if the scores are right, and no label is looked at.

    For few sentences: a label that occurs 24 times among them has an F1 that is mostly chance,
    while what its scores add up to is hardly moved by any one of them.

    Args:
        scores: calibrated probabilities, of shape (n, labels).
        start: weights to begin with, above 0.

    Source:
        Lipton, Elkan and Naryanaswamy (2014), Optimal Thresholding of Classifiers to Maximize F1
        Measure, section 3, with the expected counts in place of those of gold labels.
    """
    rows, support, labels = np.arange(len(scores)), scores.sum(axis=0), scores.shape[1]

    def reached(places: Places) -> float:
        right = np.bincount(places, scores[rows, places], minlength=labels)
        given = np.bincount(places, minlength=labels)
        return float((2 * right / (support + given)).mean())

    return _best_decision(scores, reached, start=start, cost=_EXPECTED_COST)


def _best_decision(
    scores: Scores, reached: Callable[[Places], float], *, start: Sequence[float], cost: float
) -> Decision:
    """Move each label's weight in turn, for as long as what is reached by that rises."""
    labels = scores.shape[1]
    logs = np.log(np.maximum(scores, 1e-300)) + np.log(np.array(start))
    best, most = np.zeros(labels), reached(logs.argmax(axis=1))
    for label in list(range(labels)) * _ROUNDS:
        for shift in _GRID.tolist():
            tried = best.copy()
            tried[label] = shift
            found = reached((logs + tried).argmax(axis=1)) - cost * float(tried @ tried)
            if found > most + 1e-9:
                best, most = tried, found
    weights = np.array(start) * np.exp(best)
    return Decision(tuple((weights / weights.max()).tolist()), (0.0,) * labels)


def macro_f1(predicted: Places, gold: Places, labels: int) -> float:
    """Mean over the labels that occur of 2 x right / (occurring + predicted)."""
    right = np.bincount(gold[predicted == gold], minlength=labels)
    support = np.bincount(gold, minlength=labels)
    given = np.bincount(predicted, minlength=labels)
    occurs = support > 0
    return float((2 * right[occurs] / (support + given)[occurs]).mean())


def floors_for_precision(
    scores: Scores, gold: Places, decision: Decision, wanted: Mapping[int, float]
) -> Decision:
    """Floors under which each of these labels is given only where it is right often enough.

    Args:
        scores: probabilities of sentences left out of the training, of shape (n, labels).
        gold: the place of the gold label of each, of shape (n,).
        decision: how labels follow from scores without floors.
        wanted: precision in (0, 1] that each of these labels shall have at least; at least one
            label is not among them, and gets what they do not.

    Returns:
        The decision with floors that keep the precision of each label, of one label the lowest;
        where none does, the floor is 1 and the label is never given. A sentence that is barred
        from one label may fall to another with a floor, so that one rises again until both hold.
    """
    while (raised := _raised(scores, gold, decision, wanted)) != decision:
        decision = raised
    return decision


def _raised(
    scores: Scores, gold: Places, decision: Decision, wanted: Mapping[int, float]
) -> Decision:
    """The decision with the floors that what it gives asks for; none is lower than it was."""
    given = decision.places(scores)
    floors = list(decision.floors)
    for label, precision in wanted.items():
        mine = np.flatnonzero(given == label)
        order = mine[np.argsort(-scores[mine, label], kind="stable")]
        shares = np.cumsum(gold[order] == label) / np.arange(1, len(order) + 1)
        last = np.append(np.diff(scores[order, label]) < 0, True)[: len(order)]  # of like scores
        reaching = np.flatnonzero((shares >= precision) & last)
        floors[label] = float(scores[order[reaching[-1]], label]) if len(reaching) else 1.0
    return Decision(decision.weights, tuple(floors))
