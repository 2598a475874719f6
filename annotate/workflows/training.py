"""Labelled sentences to a model, and models by their names."""

from dataclasses import dataclass
from glob import escape
from pathlib import Path

from annotate.errors import ModelError, WorkspaceError
from annotate.models import (
    Manifest,
    Model,
    RecipeOptions,
    TrainedModel,
    check_folder,
    load_model,
    save_model,
    train_model,
)
from annotate.scheme import Scheme
from annotate.splits.sentences import Digests
from annotate.workflows.datasets import labelled
from annotate.workspace import Workspace


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

    @property
    def sentences(self) -> Digests:
        """Digests of the sentences that it was trained on; none where it keeps none."""
        return self.trained.sentences()

    def caution(self, scheme: Scheme | None) -> str | None:
        """That the scheme was changed under the same version since the training, if it was."""
        return self.trained.caution(scheme, name=self.name)


def train(
    workspace: Workspace | None,
    *,
    recipe_name: str,
    name: str,
    seed: int,
    examples: Path | None,
    output: Path | None = None,
    options: RecipeOptions | None = None,
) -> NamedModel:
    """Train a model on the training part of the examples, and save it.

    Args:
        workspace: for its scheme, its data set and its folder of models.
        recipe_name: how to learn.
        name: of the model.
        seed: of every random draw.
        examples: labelled sentences in place of the workspace's data set.
        output: folder of the model; default: the workspace's ``models/NAME``.
        options: what is asked of the recipe.
    """
    found = labelled(workspace, examples)
    folder = output or _model_folder(workspace, name)
    check_folder(folder)
    trained = train_model(
        found.examples,
        recipe=recipe_name,
        labels=found.labels,
        scheme=found.scheme,
        seed=seed,
        options=options,
    )
    return NamedModel(save_model(trained, folder), folder)


def find_model(workspace: Workspace | None, name: str) -> NamedModel:
    """A model of the workspace by its name, or any by its folder.

    Raises:
        ModelError: there is no such model, it is damaged, or it was trained for other labels.
    """
    inside = workspace.model(name) if workspace and "/" not in name else None
    folder = inside if inside and inside.is_dir() else Path(name)
    if not folder.is_dir():
        raise ModelError(_lacking(name, inside))
    scheme = workspace.scheme if workspace else None
    labels = scheme.label_names if scheme else None
    return NamedModel(load_model(folder, labels=labels, scheme=scheme), folder)


def _lacking(name: str, inside: Path | None) -> str:
    """That there is no such model, and what to do: ``inside`` is where the workspace has it."""
    aside = sorted(inside.parent.glob(f".{escape(name)}.*/old")) if inside else []
    if aside:
        return (
            f"There is no model {name!r}: if none is being written now, its replacement was cut "
            f"off. Rename {aside[-1]} to {inside} to have the old one back."
        )
    there = sorted(path.name for path in inside.parent.glob("[!.]*")) if inside else []
    known = f" There is {', '.join(there)}." if there else ""
    return f"There is no model {name!r}.{known} Train it with `annotate train --name {name}`."


def _model_folder(workspace: Workspace | None, name: str) -> Path:
    if workspace is None:
        msg = "There is no workspace here to keep the model in. Say where: --output FOLDER."
        raise WorkspaceError(msg)
    return workspace.model(name)
