"""Learn: a model."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from annotate.cli.options import (
    HERE,
    LEARN,
    NEURAL,
    AsJson,
    BatchSize,
    Encoder,
    Epochs,
    Examples,
    Half,
    LearningRate,
    MaxLength,
    Recipe,
    Seed,
    Trainings,
    WorkspaceFolder,
    seed_of,
    workspace_or_none,
)
from annotate.cli.output import counted, show

commands = typer.Typer()
LEARNT = "With linear and the recipes of the extra neural"


@commands.command(rich_help_panel=LEARN)
def train(  # noqa: PLR0913, PLR0917  one parameter for each option
    recipe: Recipe = "linear",
    name: Annotated[
        str | None,
        typer.Option("--name", help="Of the model. Default: the recipe's.", show_default=False),
    ] = None,
    examples: Examples = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FOLDER", help="Default: models/NAME."),
    ] = None,
    encoder: Encoder = None,
    keep_encoder: Annotated[
        bool | None,
        typer.Option(
            "--keep-encoder/--no-keep-encoder",
            help="With the recipe embedding: keep the encoder with the model, or only its name and "
            "digest. Default: keep it.",
            show_default=False,
            rich_help_panel=NEURAL,
        ),
    ] = None,
    trainings: Trainings = None,
    epochs: Epochs = None,
    learning_rate: LearningRate = None,
    batch_size: BatchSize = None,
    max_length: MaxLength = None,
    half: Half = None,
    min_precision: Annotated[
        list[str] | None,
        typer.Option(
            "--min-precision",
            metavar="LABEL=SHARE",
            help="Give this label only where it is right so often, such as denial=0.9. Repeatable.",
            rich_help_panel=LEARNT,
        ),
    ] = None,
    weigh_votes: Annotated[
        bool,
        typer.Option(
            "--weigh-votes",
            help="Learn less from sentences that annotators were divided on.",
            rich_help_panel=LEARNT,
        ),
    ] = False,
    seed: Seed = None,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Train a model on the training part, and keep it with all that it was trained on."""
    from annotate.models import RecipeOptions
    from annotate.workflows import training as steps

    place = workspace_or_none(workspace)
    done = steps.train(
        place,
        recipe_name=recipe,
        name=name or recipe,
        seed=seed_of(place, seed),
        examples=examples,
        output=output,
        options=RecipeOptions(
            encoder=encoder,
            trainings=trainings,
            epochs=epochs,
            learning_rate=learning_rate,
            batch_size=batch_size,
            max_length=max_length,
            half=half,
            keep_encoder=keep_encoder,
            min_precision=precision_of(min_precision or ()),
            weigh_votes=weigh_votes or None,
        ),
    )
    made = done.manifest
    what = f"{counted(made.examples, 'sentence')} of {counted(len(made.groups), 'group')}"
    lines = [
        f"Trained {done.name!r} ({recipe}) on {what}: {made.split}",
        f"kept in {done.folder}. Next: annotate evaluate {done.name}",
    ]
    data = {"name": done.name, "folder": done.folder, "examples": made.examples}
    show(lines, data | {"groups": len(made.groups), "split": made.split}, as_json=as_json)


def precision_of(given: Sequence[str]) -> dict[str, float] | None:
    """Labels and shares written as ``denial=0.9``.

    Raises:
        typer.BadParameter: one is written otherwise.
    """
    found = {}
    for entry in given:
        label, _, share = entry.rpartition("=")
        try:
            found[label] = float(share)
        except ValueError:
            label = ""
        if not label:
            msg = f"{entry!r} is not a label and a share, such as denial=0.9"
            raise typer.BadParameter(msg, param_hint="--min-precision")
    return found or None
