"""Labels weighed by how often each annotator takes which label for which."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from annotate.gold.votes import Table, VoteTable

SMOOTHING: Final = 0.1
"""Imagined votes in each cell of an annotator's table of errors."""
TOLERANCE: Final = 1e-6
MOST_ROUNDS: Final = 500
_LEAST: Final = 1e-10


@dataclass(frozen=True, eq=False, slots=True)
class DawidSkene:
    """What the votes say of the labels and of those who gave them.

    Attributes:
        scores: probability of each label for each task, shape (tasks, labels), rows sum to 1.
        prior: share of each label, shape (labels,), sums to 1.
        errors: probability that an annotator gives a label (last axis) to a task that should have
            another (middle axis), shape (annotators, labels, labels), last axis sums to 1.
        rounds: how many were needed.
        converged: whether the scores had come to rest by then.
    """

    scores: Table
    prior: Table
    errors: Table
    rounds: int
    converged: bool


def dawid_skene(
    votes: VoteTable,
    *,
    smoothing: float = SMOOTHING,
    tolerance: float = TOLERANCE,
    most_rounds: int = MOST_ROUNDS,
) -> DawidSkene:
    """Estimate labels and annotators' errors together by expectation-maximisation.

    It begins, as the paper does, with the share of the votes that each label got. Each round
    estimates prior and errors from the scores, then the scores from these, until no score moves by
    more than the tolerance.

    The paper takes the shares as they are, so an annotator with two tasks can come out as
    infallible and outvote everybody. ``smoothing`` adds imagined votes to every cell: the mode
    under a Dirichlet prior of ``1 + smoothing`` (MAP in place of maximum likelihood). With .1,
    four labels make .4 imagined votes a row: who labelled little weighs little, and somebody with
    hundreds of tasks is weighed as in the paper. 0 is the paper's own estimate, where an error that
    never occurred gets 1e-10 in place of 0, so that no probability is 0/0.

    Args:
        votes: at least one.
        smoothing: at least 0.
        tolerance: largest move of a score that counts as rest.
        most_rounds: at least 1.

    Source:
        Dawid & Skene (1979), Maximum Likelihood Estimation of Observer Error-Rates Using the EM
        Algorithm, Applied Statistics 28(1), 20-28, equations 2.3 to 2.5. Prior on the errors:
        Paun et al. (2018), Comparing Bayesian Models of Annotation, TACL 6, 571-585, section 2.
    """
    scores = votes.shares
    rounds, moved = 0, np.inf
    while rounds < most_rounds and moved > tolerance:
        prior, errors = scores.mean(axis=0), _errors(votes, scores, smoothing)
        before, scores = scores, _scores(votes, prior, errors)
        moved = float(np.abs(scores - before).max())
        rounds += 1
    return DawidSkene(scores, prior, errors, rounds, moved <= tolerance)


def _errors(votes: VoteTable, scores: Table, smoothing: float) -> Table:
    """Equation 2.3, shape (annotators, labels, labels): the label that is right, then the given."""
    labels = len(votes.labels)
    counts = votes.cells.T @ scores  # (annotators * labels given, labels that are right)
    counts = counts.reshape(-1, labels, labels).swapaxes(1, 2) + smoothing
    if not smoothing:
        given = np.asarray(votes.cells.sum(axis=0)).reshape(-1, 1, labels) > 0
        counts = np.where(given, np.maximum(counts, _LEAST), 0)
    shares: Table = counts / counts.sum(axis=2, keepdims=True)
    return shares


def _scores(votes: VoteTable, prior: Table, errors: Table) -> Table:
    """Equation 2.5 in logarithms, so that no product of many small numbers becomes 0."""
    with np.errstate(divide="ignore"):  # a label that an annotator never gave is never looked up
        by_cell = np.log(errors).swapaxes(1, 2).reshape(-1, len(votes.labels))
    by_cell[np.isneginf(by_cell)] = 0
    found = votes.cells @ by_cell + np.log(np.maximum(prior, _LEAST))
    return _normalised(found)


def _normalised(logs: Table) -> Table:
    """Logarithms of weights to shares of each row."""
    weights = np.exp(logs - logs.max(axis=1, keepdims=True))
    shares: Table = weights / weights.sum(axis=1, keepdims=True)
    return shares
