"""Use: label new articles."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from annotate.cli.options import HERE, USE, AsJson, WorkspaceFolder, workspace_or_none
from annotate.cli.output import counted, note, progress, show

commands = typer.Typer()


@commands.command(rich_help_panel=USE)
def predict(
    model: Annotated[str, typer.Argument(help="Name of a model of the workspace, or its folder.")],
    articles: Annotated[
        Path | None,
        typer.Argument(
            metavar="[ARTICLES]",
            help="File or folder as for import. Default: the workspace's documents.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE",
            help="Ends in .jsonl, .csv or .parquet. Default: predictions.jsonl of the workspace.",
        ),
    ] = None,
    only: Annotated[
        str | None, typer.Option("--only", metavar="LABEL", help="Write this label alone.")
    ] = None,
    top: Annotated[
        int | None, typer.Option("--top", min=1, help="Write the surest N, best first.")
    ] = None,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Label every sentence of new articles, with a score for each label."""
    from annotate.workflows.training import find_model
    from annotate.workflows.use import Choice, predict_articles

    place = workspace_or_none(workspace)
    found = find_model(place, model)
    with progress("articles") as advance:
        made = predict_articles(
            found,
            workspace=place,
            articles=articles,
            output=output,
            choice=Choice(only=only, top=top),
            on_document=advance,
        )
    for skipped in made.skipped:
        note(f"skipped {skipped}")
    what = counted(made.written, "sentence")
    lines = [f"{what} from {counted(made.documents, 'article')} labelled by {found.name}",
             f"written to {made.path}"]  # fmt: skip
    show(lines, asdict(made), as_json=as_json)
