"""Scoring models on examples that they were not trained on, and on no others."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from annotate.decisions import Decision
from annotate.errors import EvaluationError, ModelError, UnknownLabelError
from annotate.evaluation.cautions import cautions, fold_cautions
from annotate.evaluation.protocols import Model, Recipe
from annotate.evaluation.results import Evaluation, Floor, Grouping, Scored
from annotate.evaluation.words import words_that_mattered
from annotate.metrics import score
from annotate.records import Example, Input
from annotate.splits import TrainedOn, group_folds

_ROUNDING = 1e-6


def evaluate_model(
    model: Model,
    examples: Sequence[Example],
    *,
    labels: Sequence[str],
    name: str,
    trained_on: TrainedOn | None,
    grouping: Grouping = "group",
    words: bool = False,
) -> Evaluation:
    """Score a model on held-out examples.

    Args:
        model: the model.
        examples: labelled examples of groups that the model was not trained on.
        labels: the labels in the order of every table; those of the scheme, or of the file.
        name: what the model is called in the report.
        trained_on: what the model was trained on, such as its manifest; None for a model that
            learns nothing from examples.
        grouping: what a group is.
        words: whether to find the words that mattered for each wrong label.

    Returns:
        The scores, with the majority floor beside them.

    Raises:
        EvaluationError: no example, or one that the model was trained on.
        UnknownLabelError: an example or the model has a label that is not among ``labels``.
        ModelError: the model's scores are not scores.
    """
    check_examples(examples, labels)
    if trained_on is not None:
        _refuse_seen(examples, trained_on)
    items = _scored(model, examples, labels)
    if words:
        items = _with_words(model, examples, items)
    return evaluation_of(items, labels=labels, model=name, grouping=grouping)


def cross_validate(
    recipe: Recipe,
    examples: Sequence[Example],
    *,
    labels: Sequence[str],
    folds: int,
    seed: int,
    grouping: Grouping = "group",
    on_fold: Callable[[int], None] | None = None,
    words: bool = False,
) -> Evaluation:
    """Score a recipe: every group by a model that was trained without that group.

    The predictions of all folds are pooled and scored once, so every example counts once.

    Args:
        recipe: what is trained, once a fold.
        examples: labelled examples of at least ``folds`` groups.
        labels: the labels in the order of every table; those of the scheme, or of the file.
        folds: number of folds, at least 2.
        seed: seed of the folds and of every training.
        grouping: what a group is.
        on_fold: called after each fold with the number of folds that are done.
        words: whether to find the words that mattered for each wrong label.

    Returns:
        The pooled scores, with the majority floor beside them. Where the training part of a fold
        lacks a label, a warning says so; where it has one label alone and the recipe cannot learn
        from that, that label is predicted throughout the fold.

    Raises:
        EvaluationError: no example.
        SplitError: fewer groups than folds, or fewer than 2 folds.
        UnknownLabelError: an example or a model has a label that is not among ``labels``.
        ModelError: a model cannot be trained, or its scores are not scores.
    """
    check_examples(examples, labels)
    fold_of = group_folds([example.group for example in examples], k=folds, seed=seed)
    items: dict[int, Scored] = {}
    lacking: Counter[str] = Counter()
    for fold in range(folds):
        training = [examples[place] for place in np.flatnonzero(fold_of != fold)]
        places = np.flatnonzero(fold_of == fold).tolist()
        model = _fit(recipe, training, labels=labels, seed=seed)
        asked = [examples[place] for place in places]
        scored = _scored(model, asked, labels)
        if words:
            scored = _with_words(model, asked, scored)
        items |= zip(places, scored, strict=True)
        occurring = {example.label for example in examples} - {e.label for e in training}
        lacking.update(label for label in labels if label in occurring)
        if on_fold:
            on_fold(fold + 1)
    pooled = [items[place] for place in range(len(examples))]
    found = evaluation_of(pooled, labels=labels, model=recipe.name, grouping=grouping)
    warnings = (*found.warnings, *fold_cautions(lacking, folds=folds))
    return replace(found, warnings=warnings, folds=folds, seed=seed)


@dataclass(frozen=True, slots=True)
class _Constant:
    """All that can be learnt from examples of one label."""

    labels: tuple[str]

    @property
    def decision(self) -> Decision:
        return Decision.highest(self.labels)

    def scores(self, inputs: Sequence[Input]) -> NDArray[np.float64]:
        return np.ones((len(inputs), 1))


def _fit(recipe: Recipe, training: Sequence[Example], *, labels: Sequence[str], seed: int) -> Model:
    try:
        return recipe.fit(training, labels=labels, seed=seed)
    except ModelError:
        occurring = {example.label for example in training}
        if len(occurring) > 1:
            raise
        return _Constant((occurring.pop(),))


def _scored(model: Model, examples: Sequence[Example], labels: Sequence[str]) -> list[Scored]:
    """Each example with the model's scores over ``labels`` and the label that it decides on.

    Only a label that the model knows can be predicted.
    """
    for label in model.labels:
        if label not in labels:
            raise UnknownLabelError(label, "The model", tuple(labels))
    given = _checked(model.scores([example.input for example in examples]), model, len(examples))
    best = model.decision.places(given).tolist()
    zeros = dict.fromkeys(labels, 0.0)
    return [
        Scored.of(example, model.labels[place], zeros | dict(zip(model.labels, row, strict=True)))
        for example, place, row in zip(examples, best, given.tolist(), strict=True)
    ]


def _with_words(model: Model, examples: Sequence[Example], items: Sequence[Scored]) -> list[Scored]:
    """The items, the wrong ones with the words that mattered; the surest are asked about first."""
    wrong = [place for place, item in enumerate(items) if not item.right]
    wrong.sort(key=lambda place: -(items[place].score or 0))
    found = words_that_mattered(
        model,
        [examples[place].input for place in wrong],
        [items[place].predicted for place in wrong],
    )
    known = dict(zip(wrong, found, strict=True))
    return [replace(item, words=known.get(place, ())) for place, item in enumerate(items)]


def _checked(scores: NDArray[np.float64], model: Model, n: int) -> NDArray[np.float64]:
    """The scores, clear of rounding errors, or a refusal: a NaN would pass for a prediction."""
    wanted = (n, len(model.labels))
    if scores.shape != wanted:
        msg = f"The model gave scores of shape {scores.shape}, not {wanted}. Correct its `scores`."
        raise ModelError(msg)
    if not ((scores >= -_ROUNDING) & (scores <= 1 + _ROUNDING)).all():
        msg = "The model gave scores outside [0, 1]. Correct its `scores`, or train it again."
        raise ModelError(msg)
    return scores.clip(0, 1)


def evaluation_of(
    items: Sequence[Scored], *, labels: Sequence[str], model: str, grouping: Grouping
) -> Evaluation:
    """The evaluation that follows from scored examples.

    Args:
        items: at least one.
        labels: the labels in the order of every table.
        model: name of what scored them.
        grouping: what a group is.
    """
    gold = [item.gold for item in items]
    scores = score(gold, [item.predicted for item in items], labels)
    counts = Counter(gold)
    commonest = max(labels, key=lambda label: counts[label])
    groups = len({item.group for item in items})
    return Evaluation(
        model=model,
        grouping=grouping,
        scores=scores,
        floor=Floor(commonest, score(gold, [commonest] * len(gold), labels)),
        items=tuple(items),
        warnings=tuple(cautions(scores, groups=groups, grouping=grouping)),
    )


def constant_of(evaluation: Evaluation) -> Evaluation:
    """The majority floor of an evaluation as one of its own: everything gets the floor's label."""
    label = evaluation.floor.label
    items = [replace(item, predicted=label, scores={}) for item in evaluation.items]
    return evaluation_of(
        items, labels=evaluation.labels, model="majority", grouping=evaluation.grouping
    )


def check_examples(examples: Sequence[Example], labels: Iterable[str]) -> None:
    """Refuse examples that cannot be scored.

    Raises:
        EvaluationError: there is none.
        UnknownLabelError: one has a label that is not among ``labels``.
    """
    if not examples:
        msg = "There is no example to score. Give at least one with a gold label."
        raise EvaluationError(msg)
    known = tuple(labels)
    for example in examples:
        if example.label not in known:
            raise UnknownLabelError(example.label, f"Example {example.id}", known)


def _refuse_seen(examples: Sequence[Example], trained_on: TrainedOn) -> None:
    groups, documents = frozenset(trained_on.groups), frozenset(trained_on.documents)
    seen = [e for e in examples if e.group in groups or e.document_id in documents]
    if seen:
        msg = (
            f"The model was trained on {len(seen)} of these {len(examples)} examples or on their "
            f"articles (such as {seen[0].id}), so its score would be too good. "
            "Score it on other articles, or use `--folds`."
        )
        raise EvaluationError(msg)
