"""A model, or a recipe, to its score on articles that it has never seen."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from annotate.evaluation import Evaluation, cross_validate, evaluate_model, write_report
from annotate.models import recipe
from annotate.splits import unseen_part
from annotate.workflows.datasets import labelled
from annotate.workflows.training import find_model
from annotate.workspace import Workspace


def evaluate(workspace: Workspace | None, *, name: str, examples: Path | None) -> Evaluation:
    """Score a model on examples of articles that it has never seen.

    Raises:
        EvaluationError: there are none, or the model was trained on some of the test part.
    """
    found = labelled(workspace, examples)
    model = find_model(workspace, name)
    return evaluate_model(
        model.model,
        unseen_part(found.examples, model.manifest),
        labels=found.labels,
        name=model.name,
        trained_on=model.manifest,
        grouping=found.grouping,
    )


def cross_validated(
    workspace: Workspace | None,
    *,
    recipe_name: str,
    folds: int,
    seed: int,
    examples: Path | None,
    on_fold: Callable[[int, int], None] | None = None,
) -> Evaluation:
    """Score a recipe by grouped cross-validation over all examples."""
    found = labelled(workspace, examples)
    return cross_validate(
        recipe(recipe_name),
        found.examples,
        labels=found.labels,
        folds=folds,
        seed=seed,
        grouping=found.grouping,
        on_fold=partial(_told, on_fold, folds) if on_fold else None,
    )


def keep_report(workspace: Workspace | None, evaluation: Evaluation, folder: Path) -> Path:
    """Write the report, with the notes of the workspace, into a folder; returns its page."""
    write_report(folder, evaluation, notes=workspace.notes if workspace else ())
    return folder / "index.html"


def _told(on_fold: Callable[[int, int], None], folds: int, done: int) -> None:
    on_fold(done, folds)
