"""Gold labels to a data set, a model and its score on articles that it has never seen."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from annotate.dataset import (
    DatasetSummary,
    build_examples,
    read_dataset,
    read_examples,
    write_dataset,
)
from annotate.errors import MissingFileError, ModelError, NoWorkspaceError, WorkspaceError
from annotate.evaluation import Evaluation, Grouping, cross_validate, evaluate_model, write_report
from annotate.models import (
    Manifest,
    Model,
    TrainedModel,
    check_folder,
    load_model,
    recipe,
    save_model,
    train_model,
)
from annotate.records import Document, Example, Family, GoldLabel, Task
from annotate.scheme import Scheme
from annotate.sidecar import write_sidecar
from annotate.splits import assign, has_splits, split_groups, unseen_part
from annotate.workflows.families import group_documents
from annotate.workflows.sentences import labelled_tasks
from annotate.workspace import Workspace

BY_FAMILY: Final = "family"
BY_FILE: Final = "the file's groups"
"""What keeps sentences in one split, in the words of the card."""


@dataclass(frozen=True, slots=True)
class DatasetMade:
    """The data set of a workspace. ``undecided`` counts open ties, which are left out."""

    summary: DatasetSummary
    grouped_by: str
    undecided: int
    folder: Path
    renewed: str | None = None
    """Why the families of the documents had to be found anew; None if they had not."""


@dataclass(frozen=True, slots=True)
class NamedModel:
    """A model, what is known of it, and the folder that it is called by."""

    trained: TrainedModel
    folder: Path

    @property
    def name(self) -> str:
        """What the model is called: the name of its folder."""
        return self.folder.resolve().name

    @property
    def model(self) -> Model:
        """The model itself."""
        return self.trained.model

    @property
    def manifest(self) -> Manifest:
        """What it was trained on, and how."""
        return self.trained.manifest


@dataclass(frozen=True, slots=True)
class Labelled:
    """Labelled sentences: those of a workspace's data set, or of a file."""

    examples: list[Example]
    labels: tuple[str, ...]
    grouping: Grouping
    scheme: Scheme | None


def make_dataset(workspace: Workspace, *, seed: int, examples: Path | None) -> DatasetMade:
    """Build the data set from the gold labels, or from a file of labelled sentences."""
    with workspace.locked():
        return _make_dataset(workspace, seed=seed, examples=examples)


def _make_dataset(workspace: Workspace, *, seed: int, examples: Path | None) -> DatasetMade:
    scheme, grouped_by, undecided, without_gold = workspace.scheme, BY_FILE, 0, 0
    renewed = None
    if examples is not None:
        inputs, found = [examples], read_examples(examples, labels=scheme.label_names)
    else:
        grouped = group_documents(workspace)
        inputs = [workspace.path(record) for record in (Document, Family, Task, GoldLabel)]
        renewed = grouped.renewed
        built = build_examples(
            grouped.documents, labelled_tasks(workspace), workspace.read(GoldLabel)
        )
        found, grouped_by = built.examples, BY_FAMILY
        undecided, without_gold = built.undecided, built.without_gold
    if not has_splits(found):
        shares = workspace.settings.split.shares
        found = assign(found, split_groups(found, shares=shares, seed=seed))
    summary = write_dataset(
        workspace.dataset,
        found,
        scheme=scheme,
        seed=seed,
        grouped_by=grouped_by,
        undecided=undecided,
        without_gold=without_gold,
        notes=workspace.notes,
    )
    write_sidecar(workspace.dataset, command="dataset", inputs=inputs, seed=seed)
    return DatasetMade(summary, grouped_by, undecided, workspace.dataset, renewed)


def labelled(workspace: Workspace | None, examples: Path | None) -> Labelled:
    """The examples of a file, or those of the workspace's data set.

    Outside a workspace there is no scheme: the labels are those that occur, in order.

    Raises:
        NoWorkspaceError: neither a file nor a workspace.
        MissingFileError: the data set has not been made yet.
    """
    scheme = workspace.scheme if workspace else None
    if examples is not None:
        found = read_examples(examples, labels=scheme.label_names if scheme else None)
        occurring = tuple(sorted({example.label for example in found}))
        labels = scheme.label_names if scheme else occurring
        return Labelled(found, labels, "group", scheme)
    if workspace is None or scheme is None:
        raise NoWorkspaceError(Path())
    if not workspace.dataset.is_dir():
        raise MissingFileError(workspace.dataset, "annotate dataset")
    found = read_dataset(workspace.dataset)
    grouping: Grouping = "family" if workspace.has(Family) else "article"
    return Labelled(found, scheme.label_names, grouping, scheme)


def train(
    workspace: Workspace | None,
    *,
    recipe_name: str,
    name: str,
    seed: int,
    examples: Path | None,
    output: Path | None = None,
) -> NamedModel:
    """Train a model on the training part of the examples, and save it.

    Args:
        workspace: for its scheme, its data set and its folder of models.
        recipe_name: how to learn.
        name: of the model.
        seed: of every random draw.
        examples: labelled sentences in place of the workspace's data set.
        output: folder of the model; default: the workspace's ``models/NAME``.
    """
    found = labelled(workspace, examples)
    folder = output or _model_folder(workspace, name)
    check_folder(folder)
    trained = train_model(
        found.examples, recipe=recipe_name, labels=found.labels, scheme=found.scheme, seed=seed
    )
    return NamedModel(save_model(trained, folder), folder)


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


def find_model(workspace: Workspace | None, name: str) -> NamedModel:
    """A model of the workspace by its name, or any by its folder.

    Raises:
        ModelError: there is no such model, it is damaged, or it was trained for other labels.
    """
    inside = workspace.model(name) if workspace and "/" not in name else None
    folder = inside if inside and inside.is_dir() else Path(name)
    if not folder.is_dir():
        there = sorted(path.name for path in inside.parent.glob("[!.]*")) if inside else []
        known = f" There is {', '.join(there)}." if there else ""
        msg = f"There is no model {name!r}.{known} Train it with `annotate train --name {name}`."
        raise ModelError(msg)
    scheme = workspace.scheme if workspace else None
    labels = scheme.label_names if scheme else None
    return NamedModel(load_model(folder, labels=labels, scheme=scheme), folder)


def _model_folder(workspace: Workspace | None, name: str) -> Path:
    if workspace is None:
        msg = "There is no workspace here to keep the model in. Say where: --output FOLDER."
        raise WorkspaceError(msg)
    return workspace.model(name)


def _told(on_fold: Callable[[int, int], None], folds: int, done: int) -> None:
    on_fold(done, folds)
