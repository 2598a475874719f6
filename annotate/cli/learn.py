"""Learn: a data set, a model, its score."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotate.cli.options import (
    HERE,
    LEARN,
    AsJson,
    Examples,
    Seed,
    WorkspaceFolder,
    open_workspace,
    workspace_or_none,
)
from annotate.cli.output import counted, figure, progress, show, table

if TYPE_CHECKING:
    from annotate.evaluation import Evaluation
    from annotate.workspace import Workspace

commands = typer.Typer()

Recipe = Annotated[str, typer.Option("--recipe", help="How to learn: linear or majority.")]


@commands.command(rich_help_panel=LEARN)
def dataset(
    examples: Examples = None,
    seed: Seed = None,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Build train, validation and test from the gold labels; no article stands in two."""
    from annotate.workflows.learn import make_dataset

    place = open_workspace(workspace)
    made = make_dataset(place, seed=seed_of(place, seed), examples=examples)
    splits = made.summary.splits
    rows = [("", "sentences", "groups", *place.scheme.label_names)]
    rows += [
        (name, *(f"{n:,}" for n in (split.examples, split.groups, *split.labels.values())))
        for name, split in splits.items()
    ]
    lines = [*table(rows, indent=""), f"grouped by {made.grouped_by}; written to {made.folder}"]
    if made.renewed:
        lines.append(f"Families found anew ({made.renewed}); annotate families lists them")
    if made.undecided:
        lines.append(f"{counted(made.undecided, 'open tie')} left out")
    data = {
        "splits": {name: asdict(split) for name, split in splits.items()},
        "grouped_by": made.grouped_by,
        "undecided": made.undecided,
        "folder": made.folder,
        "renewed": made.renewed,
    }
    show([*lines, "Next: annotate train"], data, as_json=as_json)


@commands.command(rich_help_panel=LEARN)
def train(
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
    seed: Seed = None,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Train a model on the training part, and keep it with all that it was trained on."""
    from annotate.workflows import learn as steps

    place = workspace_or_none(workspace)
    done = steps.train(
        place,
        recipe_name=recipe,
        name=name or recipe,
        seed=seed_of(place, seed),
        examples=examples,
        output=output,
    )
    made = done.manifest
    what = f"{counted(made.examples, 'sentence')} of {counted(len(made.groups), 'group')}"
    lines = [
        f"Trained {done.name!r} ({recipe}) on {what}: {made.split}",
        f"kept in {done.folder}. Next: annotate evaluate {done.name}",
    ]
    data = {"name": done.name, "folder": done.folder, "examples": made.examples}
    show(lines, data | {"groups": len(made.groups), "split": made.split}, as_json=as_json)


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
    from annotate.workflows import learn as steps

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


def seed_of(workspace: "Workspace | None", seed: int | None) -> int:
    """The seed of the command line, else the workspace's, else 0."""
    if seed is not None:
        return seed
    return workspace.settings.seed if workspace else 0
