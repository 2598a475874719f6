"""Labels weighed by how often each annotator knows the answer and how often they guess."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from annotate.gold.votes import Table, VoteTable

RESTARTS: Final = 10
MOST_ROUNDS: Final = 50
TOLERANCE: Final = 1e-6
_KNOWING: Final = 0.5
"""Parameter of the Beta prior on knowing, for either outcome."""
_GUESSING: Final = 10.0
"""Parameter of the Dirichlet prior on what is guessed, for each label."""


@dataclass(frozen=True, eq=False, slots=True)
class Start:
    """Where a run begins: chance of knowing and of guessing, and what is guessed.

    Attributes:
        knowing: shape (annotators,).
        guessing: shape (annotators,); with ``knowing`` at most 1.
        guesses: shape (annotators, labels), rows sum to at most 1.
    """

    knowing: Table
    guessing: Table
    guesses: Table


@dataclass(frozen=True, eq=False, slots=True)
class Mace:
    """What the votes say of the labels and of those who gave them.

    Attributes:
        scores: probability of each label for each task, shape (tasks, labels), rows sum to 1.
        competence: share of their labels that each annotator gave knowing it, in [0, 1], shape
            (annotators,).
        log_likelihood: of the votes, of the run that was best.
        rounds: how many that run took.
    """

    scores: Table
    competence: Table
    log_likelihood: float
    rounds: int


def mace(
    votes: VoteTable,
    *,
    seed: int,
    restarts: int = RESTARTS,
    most_rounds: int = MOST_ROUNDS,
    tolerance: float = TOLERANCE,
) -> Mace:
    """Estimate labels and annotators' competence together by variational Bayes.

    An annotator either knows a task's label and gives it, or guesses from a distribution of their
    own. Of several runs from random beginnings the one with the highest likelihood counts. Priors,
    restarts and rounds are those of the authors' program; a run ends earlier where no score moves
    by more than the tolerance.

    Args:
        votes: at least one.
        seed: of the beginnings.
        restarts: at least 1.
        most_rounds: at least 1.
        tolerance: largest move of a score that counts as rest.

    Source:
        Hovy, Berg-Kirkpatrick, Vaswani & Hovy (2013), Learning Whom to Trust with MACE,
        NAACL-HLT, 1120-1130, sections 2 and 3 (variational training with Beta and Dirichlet
        priors).
    """
    rng = np.random.default_rng(seed)
    shape = (len(votes.annotators), len(votes.labels))
    runs = (
        run(votes, random_start(rng, *shape), most_rounds=most_rounds, tolerance=tolerance)
        for _ in range(restarts)
    )
    return max(runs, key=lambda found: found.log_likelihood)


def random_start(rng: np.random.Generator, annotators: int, labels: int) -> Start:
    """A beginning near indifference, as the authors' program makes it."""
    outcomes = 1 + rng.random((annotators, 2)) / 2
    outcomes /= outcomes.sum(axis=1, keepdims=True)
    guesses = 1 + rng.random((annotators, labels)) / 2
    return Start(outcomes[:, 1], outcomes[:, 0], guesses / guesses.sum(axis=1, keepdims=True))


def run(votes: VoteTable, start: Start, *, most_rounds: int, tolerance: float) -> Mace:
    """One run from a given beginning."""
    expected = _expect(votes, start)
    rounds, moved = 0, np.inf
    while rounds < most_rounds and moved > tolerance:
        before = expected.scores
        expected = _expect(votes, _maximise(expected))
        moved = float(np.abs(expected.scores - before).max())
        rounds += 1
    total = expected.known + expected.guessed.sum(axis=1)
    return Mace(expected.scores, expected.known / total, expected.log_likelihood, rounds)


@dataclass(frozen=True, eq=False, slots=True)
class _Expected:
    """Scores, and how many labels each annotator is expected to have known or guessed."""

    scores: Table
    known: Table
    guessed: Table
    log_likelihood: float


def _expect(votes: VoteTable, at: Start) -> _Expected:
    """The E step. A vote is a guess, or is known and then right."""
    tasks, labels = len(votes.tasks), len(votes.labels)
    knowing = at.knowing[votes.annotator]
    guess = at.guessing[votes.annotator] * at.guesses[votes.annotator, votes.label]
    gains = np.log1p(knowing / guess)
    places = votes.task * labels + votes.label
    weights = np.bincount(places, gains, minlength=tasks * labels).reshape(tasks, labels)
    weights += np.bincount(votes.task, np.log(guess), minlength=tasks)[:, None] - np.log(labels)
    highest = weights.max(axis=1, keepdims=True)
    scores = np.exp(weights - highest)
    total = scores.sum(axis=1, keepdims=True)
    scores /= total
    known = scores[votes.task, votes.label] * knowing / (knowing + guess)
    cells = votes.annotator * labels + votes.label
    people = len(votes.annotators)
    by_person: Table = np.bincount(votes.annotator, known, minlength=people).astype(np.float64)
    guessed: Table = np.bincount(cells, 1 - known, minlength=people * labels).astype(np.float64)
    return _Expected(
        scores=scores,
        known=by_person,
        guessed=guessed.reshape(-1, labels),
        log_likelihood=float((highest + np.log(total)).sum()),
    )


def _maximise(found: _Expected) -> Start:
    """The variational M step: geometric means under the posterior (they sum to less than 1)."""
    from scipy.special import digamma

    known, guessed = found.known + _KNOWING, found.guessed.sum(axis=1) + _KNOWING
    whole = digamma(known + guessed)
    cells = found.guessed + _GUESSING
    return Start(
        knowing=np.exp(digamma(known) - whole),
        guessing=np.exp(digamma(guessed) - whole),
        guesses=np.exp(digamma(cells) - digamma(cells.sum(axis=1, keepdims=True))),
    )
