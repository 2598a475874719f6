"""Learn: a model."""

from pathlib import Path
from typing import Annotated

import typer

from annotate.cli.options import (
    HERE,
    LEARN,
    AsJson,
    Examples,
    Recipe,
    Seed,
    WorkspaceFolder,
    seed_of,
    workspace_or_none,
)
from annotate.cli.output import counted, show

commands = typer.Typer()
NEURAL = "With the extra neural"


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
    encoder: Annotated[
        str | None,
        typer.Option(
            "--encoder",
            metavar="NAME_OR_FOLDER",
            help="Pretrained encoder: a name on the Hugging Face hub, or a folder.",
            rich_help_panel=NEURAL,
        ),
    ] = None,
    epochs: Annotated[
        int | None,
        typer.Option(
            "--epochs", min=1, help="Passes over the sentences at most.", rich_help_panel=NEURAL
        ),
    ] = None,
    learning_rate: Annotated[
        float | None,
        typer.Option(
            "--learning-rate", help="The highest of the training.", rich_help_panel=NEURAL
        ),
    ] = None,
    batch_size: Annotated[
        int | None,
        typer.Option("--batch-size", min=1, help="Sentences a step.", rich_help_panel=NEURAL),
    ] = None,
    max_length: Annotated[
        int | None,
        typer.Option(
            "--max-length",
            min=8,
            help="Word pieces of a sentence and its context that are looked at.",
            rich_help_panel=NEURAL,
        ),
    ] = None,
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
            epochs=epochs,
            learning_rate=learning_rate,
            batch_size=batch_size,
            max_length=max_length,
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
