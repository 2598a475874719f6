"""Learn: how good a model is on articles that it has never seen."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotate.cli.options import (
    HERE,
    LEARN,
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
from annotate.cli.output import counted, figure, progress, show, table

if TYPE_CHECKING:
    from annotate.evaluation import Evaluation
    from annotate.evaluation.intervals import Figure
    from annotate.models import RecipeOptions

commands = typer.Typer()


@commands.command(rich_help_panel=LEARN)
def evaluate(  # noqa: PLR0913, PLR0917  one parameter for each option
    model: Annotated[
        str | None,
        typer.Argument(help="Name of a model, or its folder. Not with --folds or --predictions."),
    ] = None,
    examples: Examples = None,
    folds: Annotated[
        int | None,
        typer.Option("--folds", min=2, help="Cross-validate a recipe, articles kept together."),
    ] = None,
    recipe: Recipe = "linear",
    predictions: Annotated[
        Path | None,
        typer.Option(
            "--predictions",
            metavar="FILE",
            help="Score what anything else said: .jsonl or .csv with id, label and, if there are "
            "any, scores.",
        ),
    ] = None,
    against: Annotated[
        list[str] | None,
        typer.Option(
            "--against",
            metavar="NAME",
            help="Compare with this model, with --folds this recipe, or a file of predictions. "
            "May be repeated.",
        ),
    ] = None,
    behaviour: Annotated[
        bool | None,
        typer.Option(
            "--behaviour/--no-behaviour",
            help="Ask the 425 behavioural test sentences too. Default: with the claim/denial "
            "scheme of a workspace.",
            show_default=False,
        ),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="FOLDER", help="Of the report. Default: reports/NAME."),
    ] = None,
    encoder: Encoder = None,
    trainings: Trainings = None,
    epochs: Epochs = None,
    learning_rate: LearningRate = None,
    batch_size: BatchSize = None,
    max_length: MaxLength = None,
    half: Half = None,
    seed: Seed = None,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Score a model on articles that it has never seen, and write a report to read.

    Beside it stand the commonest label, the cue rules, TF-IDF with logistic regression and, where
    several people labelled the same sentences, how well they do. Each figure has an interval.
    """
    from annotate.evaluation import to_json
    from annotate.models import RecipeOptions
    from annotate.workflows import evaluating as steps

    _one_of(model, folds, predictions)
    place = workspace_or_none(workspace)
    options = RecipeOptions(encoder, trainings, epochs, learning_rate, batch_size, max_length, half)
    _only_with_folds(options, folds)
    wanted = steps.Wanted(seed_of(place, seed), examples, tuple(against or ()), behaviour, options)
    if predictions is not None:
        found = steps.evaluate_file(place, wanted, predictions=predictions)
        name = found.model
    elif model is not None:
        found = steps.evaluate(place, wanted, name=model)
        name = found.model
    else:
        with progress("folds") as advance:
            found = steps.cross_validated(
                place, wanted, recipe_name=recipe, folds=folds or 0, on_fold=advance
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


def _only_with_folds(options: "RecipeOptions", folds: int | None) -> None:
    """Refuse options of a recipe where none is trained."""
    if options.asked and folds is None:
        message = "--encoder and its kin are for the recipes that --folds trains."
        raise typer.BadParameter(message)


def _one_of(model: str | None, folds: int | None, predictions: Path | None) -> None:
    """Refuse more than one thing to evaluate, or none."""
    if model is not None and folds is not None:
        message = "A model or --folds, not both: --folds trains models of its own."
        raise typer.BadParameter(message)
    if predictions is not None and (model is not None or folds is not None):
        message = "--predictions FILE is what is scored: leave out the model and --folds."
        raise typer.BadParameter(message)
    if model is None and folds is None and predictions is None:
        message = (
            "Name a model, say --folds to cross-validate a recipe, or --predictions FILE to score "
            "what something else said."
        )
        raise typer.BadParameter(message)


def in_words(found: "Evaluation") -> list[str]:
    """The score of an evaluation, what stands beside it, and what to be careful about."""
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
        *table(_beside(found)),
        *verdict(found).sentences,
        *(f"Careful: {warning}" for warning in found.warnings),
    ]


def _beside(found: "Evaluation") -> list[tuple[str, ...]]:
    """Macro-F1 of the system and of those beside it, with intervals."""
    if found.findings is None:
        return []
    beside = [(entry.name, entry.figures.macro_f1) for entry in found.findings.beside]
    rows = [(found.model, found.findings.measures.macro_f1), *beside]
    if ceiling := found.findings.ceiling:
        rows.append(("annotators, against one another", ceiling.people))
    return [(name, figure(each.value), _ends(each)) for name, each in rows]


def _ends(each: "Figure") -> str:
    interval = each.interval
    return f"{interval.low:.3f} to {interval.high:.3f}" if interval else "no interval"
