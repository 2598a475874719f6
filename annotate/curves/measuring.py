"""How good a recipe is with ever more articles to learn from, scored on articles left out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from annotate.decisions import Decision
from annotate.errors import EvaluationError, ModelError
from annotate.metrics import Scores, many_figures
from annotate.records import Example, Input
from annotate.resampling import Interval, NoInterval, Numbers, cluster_intervals
from annotate.splits import group_folds

FOLDS: Final = 5
_LEAST: Final = 2
"""Families below which nothing is trained."""


class Model(Protocol):
    """What labels inputs."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, in the order of its scores."""

    @property
    def decision(self) -> Decision:
        """How scores become a label."""

    def scores(self, inputs: Sequence[Input]) -> NDArray[np.float64]:
        """Scores in [0, 1], of shape (inputs, labels)."""


Fit = Callable[[Sequence[Example], int], Model]
"""Trains a model on examples with a seed."""


@dataclass(frozen=True, slots=True)
class Point:
    """The score with so many families to learn from.

    Attributes:
        families: in each training part.
        sentences: in them, on average.
        macro_f1: of the predictions of all seeds together, in [0, 1].
        interval: of it, over the families scored; or why there is none.
        per_label: F1 of each label; None where it is undefined.
        by_seed: macro-F1 of each seed.
    """

    families: int
    sentences: float
    macro_f1: float
    interval: Interval | NoInterval
    per_label: dict[str, float | None]
    by_seed: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Curve:
    """A learning curve.

    Attributes:
        points: by size; each but the first has about twice the families of the one before.
        families: how many there are in all.
        sentences: labelled ones in them.
        scored: of these, how many were scored on; suggested ones are not.
        gain: macro-F1 of the last point less that of the one before; None for one point.
        gain_interval: of it, over the families scored; or why there is none.
        seeds: how often the families were divided anew.
    """

    points: tuple[Point, ...]
    families: int
    sentences: int
    scored: int
    gain: float | None
    gain_interval: Interval | NoInterval | None
    seeds: int


def learning_curve(
    examples: Sequence[Example],
    fit: Fit,
    *,
    labels: Sequence[str],
    points: int,
    seeds: int,
    seed: int,
    advance: Callable[[int, int], None] = lambda _done, _total: None,
) -> Curve:
    """Train on ever more families and score on a fifth of the families left out, all in turn.

    The training part of a size holds those of the sizes below it. Sizes halve from four fifths of
    the families downwards; one that is too small to learn anything is left out. Suggested examples
    are learnt from and not scored.

    Args:
        examples: labelled, with the families they are of as groups.
        fit: trains a model.
        labels: every label that may occur.
        points: how many sizes at most.
        seeds: how often the families are divided anew.
        seed: of the first division.
        advance: is told how many models are trained, and of how many.

    Raises:
        EvaluationError: there are fewer than 5 families, or no size can be learnt from.
    """
    scored = [example for example in examples if example.stream != "chosen"]
    groups = sorted({example.group for example in examples})
    if len({example.group for example in scored}) < FOLDS:
        msg = (
            f"A learning curve takes {FOLDS} families of articles that are not suggested, and "
            f"these are {len({example.group for example in scored})}. Label more articles."
        )
        raise EvaluationError(msg)
    sizes = _sizes(len(groups), points)
    runs = {size: _Run(size, labels, groups) for size in sizes}
    done = 0
    for number in range(seeds):
        for training, test in _divisions(groups, examples, scored, seed=seed + number):
            for size in sizes:
                runs[size].add(training[:size], test, fit, seed=seed + number)
                done += 1
                advance(done, seeds * FOLDS * len(sizes))
    whole = [run for run in runs.values() if run.failed is None]
    if not whole:
        raise EvaluationError(next(iter(runs.values())).failed or "")
    gain, spread = _gain(whole, seed=seed)
    return Curve(
        points=tuple(run.point(seed=seed) for run in whole),
        families=len(groups),
        sentences=len(examples),
        scored=len(scored),
        gain=gain,
        gain_interval=spread,
        seeds=seeds,
    )


def _sizes(families: int, points: int) -> list[int]:
    largest = families * (FOLDS - 1) // FOLDS
    found = {largest // 2**number for number in range(points)}
    return sorted(size for size in found if size >= _LEAST)


def _divisions(
    groups: Sequence[str], examples: Sequence[Example], scored: Sequence[Example], *, seed: int
) -> Iterable[tuple[list[list[Example]], list[Example]]]:
    """Training families in random order, each with its examples, and the examples of the test."""
    of: dict[str, list[Example]] = {group: [] for group in groups}
    for example in examples:
        of[example.group].append(example)
    # Families count alike here, however large they are: so many of them is what is measured.
    fold_of = dict(zip(groups, group_folds(groups, k=FOLDS, seed=seed).tolist(), strict=True))
    random = np.random.default_rng(seed)
    for fold in range(FOLDS):
        inside = [group for group in groups if fold_of[group] != fold]
        order = [inside[place] for place in random.permutation(len(inside))]
        test = [example for example in scored if fold_of[example.group] == fold]
        yield [of[group] for group in order], test


class _Run:
    """What was predicted with one size, as counts of each family and seed."""

    def __init__(self, size: int, labels: Sequence[str], groups: Sequence[str]) -> None:
        self.size, self.labels = size, tuple(labels)
        self.failed: str | None = None
        self._row = {group: row for row, group in enumerate(groups)}
        self._counts: dict[int, NDArray[np.int64]] = {}
        self._sentences: list[int] = []

    def add(
        self, families: Sequence[list[Example]], test: Sequence[Example], fit: Fit, *, seed: int
    ) -> None:
        training = [example for family in families for example in family]
        if self.failed is not None or not test:
            return
        try:
            model = fit(training, seed)
        except ModelError as error:
            self.failed = str(error)
            return
        self._sentences.append(len(training))
        places = model.decision.places(model.scores([example.input for example in test]))
        column = [self.labels.index(label) for label in model.labels]
        cells = (
            [self._row[example.group] for example in test],
            [self.labels.index(example.label) for example in test],
            [column[place] for place in places.tolist()],
        )
        shape = (len(self._row), len(self.labels), len(self.labels))
        np.add.at(self._counts.setdefault(seed, np.zeros(shape, dtype=np.int64)), cells, 1)

    @property
    def counts(self) -> NDArray[np.int64]:
        """Gold by predicted labels of each family, all seeds together."""
        total: NDArray[np.int64] = np.sum(list(self._counts.values()), axis=0)
        return total

    def point(self, *, seed: int) -> Point:
        whole = Scores(self.labels, self.counts.sum(axis=0))
        (interval,) = _intervals(
            [self.counts], lambda scores: scores[0], seed=seed, within=(0.0, 1.0)
        )
        return Point(
            families=self.size,
            sentences=float(np.mean(self._sentences)),
            macro_f1=whole.macro_f1,
            interval=interval,
            per_label={entry.label: entry.f1 for entry in whole.per_label},
            by_seed=tuple(
                Scores(self.labels, counts.sum(axis=0)).macro_f1 for counts in self._counts.values()
            ),
        )


def _gain(
    runs: Sequence[_Run], *, seed: int
) -> tuple[float | None, Interval | NoInterval | None]:  # fmt: skip
    """What the last doubling of the families brought."""
    if len(runs) < _LEAST:
        return None, None
    pair = [run.counts for run in runs[-2:]]
    half, full = (Scores(runs[0].labels, counts.sum(axis=0)).macro_f1 for counts in pair)
    (interval,) = _intervals(
        pair, lambda scores: scores[1] - scores[0], seed=seed, within=(-1.0, 1.0)
    )
    return full - half, interval


def _intervals(
    tables: Sequence[NDArray[np.int64]],
    combine: Callable[[Sequence[Numbers]], Numbers],
    *,
    seed: int,
    within: tuple[float, float],
) -> tuple[Interval | NoInterval, ...]:
    """Over families: of a figure made of the macro-F1 of one table or several of the same items."""
    families, width, _ = tables[0].shape

    def statistic(sums: Numbers) -> Numbers:
        parts = np.split(sums, len(tables), axis=1)
        scores = [many_figures(part.reshape(-1, width, width)).macro_f1 for part in parts]
        return combine(scores)[:, None]

    counts = np.concatenate([table.reshape(families, -1) for table in tables], axis=1)
    return cluster_intervals(counts, statistic, seed=seed, resamples=200, within=within)
