"""Learn: how good a model is on articles that it has never seen."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
from annotate.cli.output import counted, figure, progress, show, table

if TYPE_CHECKING:
    from annotate.evaluation import Evaluation

commands = typer.Typer()


@commands.command(rich_help_panel=LEARN)
def evaluate(
    model: Annotated[
        str | None,
        typer.Argument(help="Name of a model, or its folder. Not with --folds."),
    ] = None,
    examples: Examples = None,
    folds: Annotated[
        int | None,
        typer.Option("--folds", min=2, help="Cross-validate a recipe, articles kept together."),
    ] = None,
    recipe: Recipe = "linear",
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="FOLDER", help="Of the report. Default: reports/NAME."),
    ] = None,
    seed: Seed = None,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Score a model on articles that it has never seen, and write a report to read."""
    from annotate.evaluation import to_json
    from annotate.workflows import evaluating as steps

    if model is not None and folds is not None:
        message = "A model or --folds, not both: --folds trains models of its own."
        raise typer.BadParameter(message)
    if model is None and folds is None:
        message = "Name a model, or say --folds to cross-validate a recipe."
        raise typer.BadParameter(message)
    place = workspace_or_none(workspace)
    if model is not None:
        found = steps.evaluate(place, name=model, examples=examples)
        name = found.model
    else:
        with progress("folds") as advance:
            found = steps.cross_validated(
                place,
                recipe_name=recipe,
                folds=folds or 0,
                seed=seed_of(place, seed),
                examples=examples,
                on_fold=advance,
            )
        name = f"{recipe}-{folds}-folds"
    folder = report or (place.report(name) if place else None)
    lines = in_words(found)
    if folder:
        lines.append(f"Report: {steps.keep_report(place, found, folder).resolve().as_uri()}")
    else:
        lines.append("No report was written, since there is no workspace here: --report FOLDER")
    notes = place.notes if place else ()
    show(lines, to_json(found, notes=notes), as_json=as_json)


def in_words(found: "Evaluation") -> list[str]:
    """The score of an evaluation, a table of labels, and what to be careful about."""
    from annotate.evaluation import verdict

    rows = [("", "precision", "recall", "F1", "sentences")]
    rows += [
        (e.label, figure(e.precision), figure(e.recall), figure(e.f1), f"{e.support:,}")
        for e in found.scores.per_label
    ]
    counts = [("gold \\ called", *found.labels)]
    counts += [
        (label, *(f"{n:,}" for n in row))
        for label, row in zip(found.labels, found.scores.confusion.tolist(), strict=True)
    ]
    floor = f"always {found.floor.label}: {figure(found.floor.scores.macro_f1)}"
    where = f"{found.how} ({found.groups:,}), {counted(found.n, found.unit)}"
    return [
        f"macro-F1 {figure(found.scores.macro_f1)} ({floor}) on {where}",
        *table(rows),
        *table(counts),
        *verdict(found).sentences,
        *(f"Careful: {warning}" for warning in found.warnings),
    ]
