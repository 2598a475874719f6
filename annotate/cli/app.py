"""The command table. Bodies import what they need, so that help stays light."""

import os
from typing import Annotated

import typer

from annotate import __version__
from annotate.cli import (
    agreement,
    curve,
    dataset,
    demo,
    evaluate,
    families,
    forget,
    gold,
    guide,
    label,
    prepare,
    serve,
    studio,
    suggest,
    tasks,
    train,
    use,
)

os.environ.setdefault("HF_HUB_VERBOSITY", "error")  # its retries; that they failed is said by us


def say_version(wanted: bool) -> None:
    """Print the version and end."""
    if wanted:
        typer.echo(f"annotate {__version__}")
        raise typer.Exit


app = typer.Typer(
    name="annotate",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=True,
    rich_markup_mode="markdown",  # "rich" trips over [brackets] and keeps our line breaks
    epilog="Start with `annotate demo`. Every command explains itself: `annotate COMMAND --help`.",
)
for group in (
    prepare,
    families,
    tasks,
    label,
    serve,
    suggest,
    forget,
    agreement,
    gold,
    dataset,
    train,
    evaluate,
    curve,
    use,
    guide,
    demo,
):
    app.registered_commands += group.commands.registered_commands
app.add_typer(studio.commands, name="studio", rich_help_panel="Label")


@app.callback()
def annotate(
    version: Annotated[
        bool,
        typer.Option("--version", callback=say_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Turn news articles into labelled sentences, and train a model whose score holds."""
