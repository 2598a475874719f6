"""A model, a recipe or a file of predictions to its score on articles that it has never seen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Final

from annotate.errors import EvaluationError
from annotate.evaluation import (
    Evaluation,
    Rival,
    cross_validate,
    study,
    write_report,
)
from annotate.evaluation.behaviour import Behaviour
from annotate.evaluation.given import GivenPredictions, read_predictions
from annotate.evaluation.protocols import Model
from annotate.models import RecipeOptions
from annotate.models.recipes import recipes
from annotate.records import Example
from annotate.splits import has_splits
from annotate.workflows.behaviour import behaviour_tests, fits, is_ours
from annotate.workflows.beside import (
    InFolds,
    OnTrainingPart,
    Scorer,
    floors,
    learning_of,
    more_traits,
    training_examples,
    votes_on,
)
from annotate.workflows.datasets import Labelled, labelled
from annotate.workflows.given_files import files_among, is_file, labels_in, rival_of, score_file
from annotate.workflows.training import find_model
from annotate.workflows.unseen import evaluate_named, known_trait, of_left_out, unseen_by
from annotate.workspace import Workspace

FOLDS: Final = 5
"""Of the floors beside predictions that come without a training part."""

_SAME_PART: Final = "trained on the same examples"
_NO_PART: Final = (
    "The examples that the model was trained on are not at hand, so neither the rules nor TF-IDF "
    "could be trained on the same ones: only the commonest label stands beside it."
)
_FEW_GROUPS: Final = (
    f"The rules and TF-IDF are cross-validated in {FOLDS} folds, for which the groups are too few: "
    "only the commonest label stands beside it."
)
_NO_MODEL: Final = "Behavioural tests need a model, and predictions from a file are none."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an evaluation shall be made of.

    Attributes:
        seed: of every random draw.
        examples: labelled sentences in place of the workspace's data set.
        against: other systems on the same examples: models, with folds recipes, or files of
            predictions.
        behaviour: whether the behavioural tests are asked; None asks them where the scheme is ours.
        options: what is asked of the recipes that are cross-validated, each of which takes those
            that it has a use for.
    """

    seed: int
    examples: Path | None = None
    against: tuple[str, ...] = ()
    behaviour: bool | None = None
    options: RecipeOptions | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Those to compare with that are models or recipes."""
        return tuple(name for name in self.against if not is_file(name))


@dataclass(frozen=True, slots=True)
class _Subject:
    """What is evaluated, and what is needed to put others beside it."""

    evaluation: Evaluation
    found: Labelled
    scored: Sequence[Example]
    scorer: Scorer | None
    how: str
    recipe: str = ""
    training: Sequence[Example] | None = None
    model: Callable[[], Model] | None = None
    rivals: Sequence[Rival] = ()
    missing: tuple[str, ...] = ()
    files: Sequence[GivenPredictions] = ()
    traits: Mapping[str, Sequence[str]] = field(default_factory=dict)


def evaluate(workspace: Workspace | None, wanted: Wanted, *, name: str) -> Evaluation:
    """Score a model on examples of articles that it has never seen, with all that belongs to it.

    Raises:
        EvaluationError: there are none, or the model was trained on some of the test part.
    """
    files = files_among(wanted.against)
    model = find_model(workspace, name)
    others = [find_model(workspace, other) for other in wanted.names]
    known = {label for each in (model, *others) for label in each.model.labels}
    found = labelled(workspace, wanted.examples, others=known | labels_in(files))
    scored = found.examples
    for each in (model, *others):
        scored = unseen_by(each, scored, found)
    training = training_examples(found, model.manifest)
    scorer = None
    if training is not None:
        scorer = OnTrainingPart(training, scored, found, model.manifest.seed)
    made = evaluate_named(model, scored, found, words=True)
    subject = _Subject(
        evaluation=replace(made, warnings=(*of_left_out(found, scored), *made.warnings)),
        found=found,
        scored=scored,
        scorer=scorer,
        how=_SAME_PART,
        recipe=model.manifest.recipe,
        training=training,
        model=lambda: model.model,
        rivals=[
            Rival(evaluate_named(other, scored, found), f"a {other.manifest.recipe} model", "rival")
            for other in others
        ],
        missing=(_NO_PART,) if training is None else (),
        files=files,
        traits=known_trait(model, scored),
    )
    return _studied(workspace, wanted, subject)


def cross_validated(
    workspace: Workspace | None,
    wanted: Wanted,
    *,
    recipe_name: str,
    folds: int,
    on_fold: Callable[[int, int], None] | None = None,
) -> Evaluation:
    """Score a recipe by grouped cross-validation over all examples, with all that belongs to it."""
    files = files_among(wanted.against)
    found = labelled(workspace, wanted.examples, others=labels_in(files))
    ways = recipes((recipe_name, *wanted.names), wanted.options)
    way = ways[recipe_name]
    made = cross_validate(
        way,
        found.examples,
        labels=found.labels,
        folds=folds,
        seed=wanted.seed,
        grouping=found.grouping,
        on_fold=partial(_told, on_fold, folds) if on_fold else None,
        words=True,
    )
    scorer = InFolds(found.examples, found, folds, wanted.seed, ways)

    def trained() -> Model:
        return way.fit(found.examples, labels=found.labels, seed=wanted.seed)

    subject = _Subject(
        evaluation=made,
        found=found,
        scored=found.examples,
        scorer=scorer,
        how="in the same folds",
        recipe=recipe_name,
        model=trained,
        rivals=[Rival(scorer(name), "in the same folds", "rival") for name in wanted.names],
        files=files,
    )
    return _studied(workspace, wanted, subject)


def evaluate_file(workspace: Workspace | None, wanted: Wanted, *, predictions: Path) -> Evaluation:
    """Score predictions that were made elsewhere, on the test part or on all examples.

    Raises:
        EvaluationError: an example has no prediction, or there is no test part.
    """
    given, files = read_predictions(predictions), files_among(wanted.against)
    found = labelled(workspace, wanted.examples, others=labels_in([given, *files]))
    parted = has_splits(found.examples)
    scored = [e for e in found.examples if e.split == "test"] if parted else found.examples
    if not scored:
        msg = 'No example has the split "test". Give some, or leave the splits out.'
        raise EvaluationError(msg)
    if wanted.names:
        msg = (
            f"{wanted.names[0]!r} is no file of predictions. With --predictions, compare with "
            "such files, or evaluate that model --against this file."
        )
        raise EvaluationError(msg)
    training = [example for example in found.examples if example.split == "train"]
    scorer: Scorer | None = None
    if training:
        scorer = OnTrainingPart(training, scored, found, wanted.seed)
    elif len({example.group for example in scored}) >= FOLDS:
        scorer = InFolds(scored, found, FOLDS, wanted.seed)
    subject = _Subject(
        evaluation=score_file(given, scored, found),
        found=found,
        scored=scored,
        scorer=scorer,
        how="trained on the training part" if training else f"in {FOLDS} folds of its own",
        missing=((_NO_MODEL,) if wanted.behaviour else ()) + (() if scorer else (_FEW_GROUPS,)),
        files=files,
    )
    return _studied(workspace, wanted, subject)


def keep_report(workspace: Workspace | None, evaluation: Evaluation, folder: Path) -> Path:
    """Write the report, with the notes of the workspace, into a folder; returns its page."""
    write_report(folder, evaluation, notes=workspace.notes if workspace else ())
    return folder / "index.html"


def _studied(workspace: Workspace | None, wanted: Wanted, subject: _Subject) -> Evaluation:
    recipes_asked = subject.rivals if subject.evaluation.folds else ()
    asked = {rival.evaluation.model for rival in recipes_asked}
    standing = floors(subject.evaluation, subject.scorer, how=subject.how, own=subject.recipe)
    beside = [
        *(floor for floor in standing.rivals if floor.evaluation.model not in asked),
        *subject.rivals,
        *(rival_of(each, subject.scored, subject.found) for each in subject.files),
    ]
    return study(
        subject.evaluation,
        rivals=beside,
        seed=wanted.seed,
        votes=votes_on(workspace, subject.found, from_file=wanted.examples is not None),
        traits={
            **more_traits(subject.scored, subject.training, subject.found.labels),
            **subject.traits,
        },
        behaviour=_behaviour(wanted, subject),
        missing=(*subject.missing, *standing.missing),
        learning=learning_of(
            None if wanted.examples else workspace, subject.recipe, subject.found.examples
        ),
    )


def _behaviour(wanted: Wanted, subject: _Subject) -> Behaviour | None:
    asked = is_ours(subject.found.scheme) if wanted.behaviour is None else wanted.behaviour
    if not asked or subject.model is None:
        return None
    if not fits(subject.found.labels):
        msg = (
            "The behavioural tests are of the labels claim, denial and neither, and these examples "
            f"have {', '.join(subject.found.labels)}. Leave out --behaviour."
        )
        raise EvaluationError(msg)
    return behaviour_tests(subject.model())


def _told(on_fold: Callable[[int, int], None], folds: int, done: int) -> None:
    on_fold(done, folds)
