"""What the score would be, had the split been careless.

The ways are by sentence, by article, by family and by time. The first three score the same
sentences (all of them, each by a model that was trained on the other folds), so that they differ in
nothing but in what may stand on both sides. By time that cannot be: the latest fifth is scored,
beside the score by family on the very same sentences.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from annotate.errors import EvaluationError, ModelError, SplitError
from annotate.evaluation.protocols import Recipe
from annotate.evaluation.scoring import cross_validate, evaluate_model
from annotate.metrics import confusion_matrix, score
from annotate.records import Example
from annotate.resampling import Interval, NoInterval, cluster_intervals

FOLDS: Final = 5
MOST: Final = 6_000
"""Sentences that are scored at most; of more, whole families are drawn."""
FEWEST: Final = 200
"""Sentences below which a score says nothing."""

Way = Literal["sentence", "article", "family", "time"]
_Prediction = tuple[str, str]  # gold, predicted


@dataclass(frozen=True, slots=True)
class WayScore:
    """The score of a recipe under one way to split.

    Attributes:
        way: what is never divided, or "time".
        macro_f1: in [0, 1]; None where it could not be had.
        test: sentences that were scored.
        train: sentences that each model was trained on, on average.
        above_family: how much higher it is than by family, on the same sentences.
        interval: of that difference, by families; or why there is none.
        problem: why there is no score.
    """

    way: Way
    macro_f1: float | None = None
    test: int = 0
    train: int = 0
    above_family: float | None = None
    interval: Interval | NoInterval | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class _Scored:
    score: WayScore
    found: Mapping[str, _Prediction]


def four_ways(
    recipe: Recipe,
    examples: Sequence[Example],
    *,
    labels: Sequence[str],
    seed: int,
    advance: Callable[[int, int], None] = lambda _done, _total: None,
) -> tuple[WayScore, ...]:
    """Score a recipe by sentence, by article, by family and by time.

    Args:
        recipe: what is trained, sixteen times in all.
        examples: labelled sentences; their splits play no part. Of more than 6,000, whole families
            are drawn.
        labels: the labels.
        seed: of the draw, of the folds and of every training.
        advance: is told how many trainings are done, and of how many.

    Returns:
        One score for each way, in that order; one that cannot be had says why.
    """
    chosen = drawn(examples, seed=seed)
    ways: tuple[Way, ...] = ("sentence", "article", "family", "time")
    if len(chosen) < FEWEST:
        problem = f"{len(chosen)} sentences are too few ({FEWEST} are needed)"
        return tuple(WayScore(way, problem=problem) for way in ways)
    total = 3 * FOLDS + 1
    keys = {"sentence": _sentence, "article": _article, "family": _family}
    scored: dict[Way, _Scored] = {}
    for place, way in enumerate(ways[:3]):
        told = partial(_told, advance, place * FOLDS, total)
        groups = [keys[way](example) for example in chosen]
        scored[way] = _in_folds(recipe, chosen, way, groups, labels=labels, seed=seed, told=told)
    scored["time"] = _by_time(recipe, chosen, labels=labels, seed=seed)
    advance(total, total)
    group_of = {example.id: example.group for example in chosen}
    family = scored["family"].found
    return tuple(_compared(scored[way], family, group_of, labels=labels, seed=seed) for way in ways)


def drawn(examples: Sequence[Example], *, seed: int) -> list[Example]:
    """All examples, or of more than 6,000 those of whole families drawn at random."""
    if len(examples) <= MOST:
        return list(examples)
    sizes: dict[str, int] = {}
    for example in examples:
        sizes[example.group] = sizes.get(example.group, 0) + 1
    names = sorted(sizes)
    kept: set[str] = set()
    room = MOST
    for place in np.random.default_rng(seed).permutation(len(names)).tolist():
        if sizes[names[place]] <= room:
            kept.add(names[place])
            room -= sizes[names[place]]
    return [example for example in examples if example.group in kept]


def _sentence(example: Example) -> str:
    return example.id


def _article(example: Example) -> str:
    return example.document_id or example.group


def _family(example: Example) -> str:
    return example.group


def _told(advance: Callable[[int, int], None], before: int, total: int, done: int) -> None:
    advance(before + done, total)


def _in_folds(
    recipe: Recipe,
    examples: Sequence[Example],
    way: Way,
    groups: Sequence[str],
    *,
    labels: Sequence[str],
    seed: int,
    told: Callable[[int], None],
) -> _Scored:
    if way == "article" and not any(example.document_id for example in examples):
        return _Scored(WayScore(way, problem="it is not known which article each is from"), {})
    regrouped = [
        example.model_copy(update={"group": group, "split": None})
        for example, group in zip(examples, groups, strict=True)
    ]
    try:
        found = cross_validate(
            recipe, regrouped, labels=labels, folds=FOLDS, seed=seed, on_fold=told
        )
    except (SplitError, ModelError) as error:
        return _Scored(WayScore(way, problem=str(error)), {})
    train = round(found.n * (FOLDS - 1) / FOLDS)
    made = WayScore(way, found.scores.macro_f1, test=found.n, train=train)
    return _Scored(made, {item.id: (item.gold, item.predicted) for item in found.items})


def _by_time(
    recipe: Recipe, examples: Sequence[Example], *, labels: Sequence[str], seed: int
) -> _Scored:
    dated = [example for example in examples if example.published]
    if not dated:
        return _Scored(WayScore("time", problem="no article has a date"), {})
    train, test = _latest(dated)
    try:
        model = recipe.fit(train, labels=labels, seed=seed)
        found = evaluate_model(model, test, labels=labels, name=recipe.name, trained_on=None)
    except (EvaluationError, ModelError) as error:
        return _Scored(WayScore("time", problem=str(error)), {})
    made = WayScore("time", found.scores.macro_f1, test=found.n, train=len(train))
    return _Scored(made, {item.id: (item.gold, item.predicted) for item in found.items})


def _latest(examples: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """What is older than the latest fifth, and that fifth without families that are older too."""
    times = sorted(example.published for example in examples if example.published)
    since = times[len(times) * (FOLDS - 1) // FOLDS]
    old = [example for example in examples if _before(example, since)]
    known = {example.group for example in old}
    return old, [e for e in examples if not _before(e, since) and e.group not in known]


def _before(example: Example, moment: datetime) -> bool:
    return example.published is not None and example.published < moment


def _compared(
    scored: _Scored,
    family: Mapping[str, _Prediction],
    group_of: Mapping[str, str],
    *,
    labels: Sequence[str],
    seed: int,
) -> WayScore:
    """The score beside that by family on the same sentences."""
    made = scored.score
    both = [name for name in scored.found if name in family]
    if made.way == "family" or made.macro_f1 is None or not both:
        return made
    by_way = [scored.found[name] for name in both]
    by_family = [family[name] for name in both]
    groups = [group_of[name] for name in both]
    return replace(
        made,
        above_family=_macro_f1(by_way, labels) - _macro_f1(by_family, labels),
        interval=_interval(by_way, by_family, groups, labels=labels, seed=seed),
    )


def _macro_f1(found: Sequence[_Prediction], labels: Sequence[str]) -> float:
    return score([gold for gold, _ in found], [said for _, said in found], labels).macro_f1


def _interval(
    one: Sequence[_Prediction],
    other: Sequence[_Prediction],
    groups: Sequence[str],
    *,
    labels: Sequence[str],
    seed: int,
) -> Interval | NoInterval:
    """The interval of the difference in macro-F1, families being what is drawn."""
    members: dict[str, list[int]] = {}
    for place, group in enumerate(groups):
        members.setdefault(group, []).append(place)
    counts = np.array(
        [
            np.concatenate([_counts(side, places, labels) for side in (one, other)])
            for places in members.values()
        ]
    )
    occurring = counts.sum(axis=0)[: len(labels) ** 2].reshape(len(labels), -1).sum(axis=1) > 0

    def difference(sums: NDArray[np.float64]) -> NDArray[np.float64]:
        pair = sums.reshape(len(sums), 2, len(labels), len(labels))
        right = pair.diagonal(axis1=2, axis2=3)
        f1 = 2 * right / (pair.sum(axis=2) + pair.sum(axis=3))
        mean = f1[:, :, occurring].mean(axis=2)
        found: NDArray[np.float64] = mean[:, :1] - mean[:, 1:]
        return found

    return cluster_intervals(counts, difference, seed=seed)[0]


def _counts(
    found: Sequence[_Prediction], places: Sequence[int], labels: Sequence[str]
) -> NDArray[np.int64]:
    gold, said = zip(*(found[place] for place in places), strict=True)
    return confusion_matrix(gold, said, labels).ravel()
