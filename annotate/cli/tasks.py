"""Prepare: tasks made of the documents, and the annotators' quiz."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotate.cli.options import HERE, PREPARE, AsJson, Seed, WorkspaceFolder, open_workspace
from annotate.cli.output import counted, note, show

if TYPE_CHECKING:
    from annotate.workflows.prelabels import Prelabelled
    from annotate.workflows.streams import AuditMade
    from annotate.workflows.tasks import Choice, TasksMade
    from annotate.workspace import Workspace

commands = typer.Typer()

_MOST_SHOWN = 5
"""Lines of a file of labels that are named; of the others the number is said."""
_ALL, _NONE = "all", "none"
_KINDS = (".json", ".spacy")
_MOST_DIGITS = 9


def _share(text: str) -> float:
    """A share in [0, 1] from ``20%`` or ``0.2``."""
    number = text.strip().removesuffix("%").strip()
    try:
        share = float(number) / (100 if text.strip().endswith("%") else 1)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        msg = f"{text!r} is not a share; write it as 20% or 0.2"
        raise typer.BadParameter(msg)
    return share


def _audit(text: str | None) -> float | None:
    share = None if text is None else _share(text)
    if share is not None and not 0 < share < 1:
        msg = f"{text!r} leaves nothing to measure with, or nothing to learn from; write 20%"
        raise typer.BadParameter(msg)
    return share


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for part in text.split(",") if (name := part.strip()) and name != _NONE)


@commands.command(rich_help_panel=PREPARE)
def tasks(  # noqa: PLR0913, PLR0917  one parameter for each option
    prelabel: Annotated[
        str | None,
        typer.Option(
            "--prelabel",
            metavar="rules|none|FILE|MODEL",
            help="Where pre-labels come from: cue rules, a .jsonl or .csv file of any other system,"
            " or a model of this workspace. Default: rules, until there is a model.",
            show_default=False,
        ),
    ] = None,
    sample: Annotated[
        str | None,
        typer.Option(
            "--sample",
            metavar="N|all",
            help="Draw this many at random, each outlet and month with its share. A larger sample"
            " holds every smaller one. Holds for later runs until changed.",
            show_default=False,
        ),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="outlet,month|none",
            help="What has its share in a sample. Default: outlet,month.",
            show_default=False,
        ),
    ] = None,
    annotators: Annotated[
        str | None,
        typer.Option(
            "--annotators",
            metavar="NAME,NAME|none",
            help="Give every article to one of these; push makes a tab for each in Label Studio.",
            show_default=False,
        ),
    ] = None,
    overlap: Annotated[
        str | None,
        typer.Option(
            "--overlap",
            metavar="N%",
            help="Share of the tasks that two of the annotators get, so that agreement is known.",
            show_default=False,
        ),
    ] = None,
    audit: Annotated[
        str | None,
        typer.Option(
            "--audit",
            metavar="N%",
            help="Draw this share of the families of articles to measure with: half for"
            " thresholds, half for the final score, never suggested, never pre-labelled. Once.",
            show_default=False,
        ),
    ] = None,
    seed: Seed = None,
    quiz: Annotated[
        bool,
        typer.Option("--quiz", help="Make the annotators' quiz instead, in the folder quiz/."),
    ] = False,
    quiz_file: Annotated[
        Path | None,
        typer.Option("--quiz-file", metavar="FILE", help="A quiz of your own (docs/tasks.md)."),
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option(
            "--export",
            metavar="FILE",
            help="Also write the tasks as .json for Label Studio's own Import button, or as .spacy"
            " (a DocBin of articles with their tasks and labels as spans).",
        ),
    ] = None,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Divide the documents into sentences to be labelled, with their context and pre-labels."""
    from annotate.workflows.prelabels import prelabeller
    from annotate.workflows.tasks import Choice, make_tasks

    place = open_workspace(workspace)
    if quiz or quiz_file:
        given = {"--prelabel": prelabel, "--sample": sample, "--by": by, "--export": export,
                 "--annotators": annotators, "--overlap": overlap, "--audit": audit}  # fmt: skip
        if others := [name for name, value in given.items() if value is not None]:
            msg = f"{', '.join(others)} cannot go with --quiz, which makes no tasks of yours"
            raise typer.BadParameter(msg)
        _make_quiz(place, quiz_file, seed=seed, as_json=as_json)
        return
    if export and export.suffix not in _KINDS:
        msg = f"--export writes {' and '.join(_KINDS)} files, so {export.name} must end in one"
        raise typer.BadParameter(msg)
    choice = _changed(Choice.of(place), sample, by, annotators, overlap, seed)
    make_prelabels = prelabeller(place, prelabel)
    made = make_tasks(place, choice, audit=_audit(audit))
    prelabels = make_prelabels()
    lines = [*_of_tasks(made), *_of_prelabels(prelabels, place)]
    for line in prelabels.unmatched[:_MOST_SHOWN]:
        note(line)
    if export:
        lines.append(_export(place, export))
    show(lines, {**asdict(made), "prelabels": asdict(prelabels)}, as_json=as_json)


def _changed(
    choice: "Choice",
    sample: str | None,
    by: str | None,
    annotators: str | None,
    overlap: str | None,
    seed: int | None,
) -> "Choice":
    """What was chosen before, with what is said now."""
    from annotate.tasks.sampling import STRATA

    if sample is not None:
        number = sample.isdecimal() and len(sample) <= _MOST_DIGITS and int(sample) > 0
        if sample != _ALL and not number:
            msg = f"--sample {sample!r} is not a number of tasks, nor `all`"
            raise typer.BadParameter(msg)
        choice = replace(choice, sample=None if sample == _ALL else int(sample))
    if by is not None:
        if unknown := set(_names(by)) - set(STRATA):
            msg = f"--by knows {', '.join(STRATA)} and none, not {', '.join(sorted(unknown))}"
            raise typer.BadParameter(msg)
        choice = replace(choice, by=tuple(name for name in STRATA if name in _names(by)))
    if annotators is not None:
        choice = replace(choice, annotators=_names(annotators))
        choice = choice if choice.annotators else replace(choice, shared=0.0)
    if overlap is not None:
        choice = replace(choice, shared=_share(overlap))
    return choice if seed is None else replace(choice, seed=seed)


def _of_tasks(made: "TasksMade") -> Iterator[str]:
    line = f"{counted(made.tasks, 'task')} from {counted(made.documents, 'document')}"
    line += f" ({made.new} new)" if made.new != made.tasks else ""
    yield f"{line}. Next: annotate studio start, then annotate push"
    choice = made.choice
    if choice.sample is not None:
        shares = f", {' and '.join(choice.by)} by their share" if choice.by else ""
        yield (
            f"A sample of {min(choice.sample, made.drawn_from):,} of {made.drawn_from:,}{shares} "
            f"(seed {made.seed}); "
            "`--sample all` takes every one"
        )
    if made.batches:
        batches = ", ".join(f"{name} {count:,}" for name, count in made.batches.items())
        yield f"For {batches}; {counted(made.shared, 'task')} for two of them, without pre-labels"
    if made.audit:
        yield from _of_audit(made.audit)
    if made.kept_for_labels:
        stay = counted(made.kept_for_labels, "older task")
        yield f"{stay} kept: labelled already, or perhaps in Label Studio"
    if made.carried_over:
        labels = counted(made.carried_over, "label")
        yield f"{labels} carried over to the corrected articles"


def _of_audit(audit: "AuditMade") -> Iterator[str]:
    halves = " and ".join(
        f"{counted(audit.tasks[half], 'task')} of {counted(n, 'family', 'families')} ({half})"
        for half, n in audit.families.items()
    )
    yield f"Set aside to measure with: {halves}; shown without pre-labels"
    if audit.labelled:
        shown = counted(audit.labelled, "task")
        yield f"Careful: {shown} of these had been labelled with a pre-label in view"
    if audit.left:
        yield (
            f"No longer set aside: {', '.join(audit.left)}, which came to include articles with "
            "suggested tasks"
        )


def _of_prelabels(found: "Prelabelled", workspace: "Workspace") -> Iterator[str]:
    """What became of the pre-labels, a line each."""
    if found.remark:
        yield found.remark
        return
    held_out = f", {found.held_out:,} of them held out" if found.held_out else ""
    made = f"{counted(found.made, 'pre-label')} by {found.model}{held_out}"
    yield made if found.made else "No pre-labels were made"
    if found.learnt_from:
        yield f"{counted(found.learnt_from, 'task')} without: the model learnt from their articles"
    if found.unmatched:
        yield f"{counted(len(found.unmatched), 'line')} of the file: no such task"
    settings = workspace.settings.label_studio
    if found.made and settings.overlap > 1 and not settings.prelabel_holdout:
        yield (
            "Careful: agreement is measured on labels given without a pre-label, and no task is "
            "held out: set prelabel_holdout in annotate.toml"
        )


def _export(workspace: "Workspace", path: Path) -> str:
    """Write the tasks to a file of the kind that its name says; returns what to say of it."""
    if path.suffix == ".spacy":
        from annotate.workflows.spacy_export import write_spacy_file

        count = write_spacy_file(workspace, path)
        return f"{counted(count, 'article')} for spaCy: {path}"
    from annotate.workflows.label import write_import_file

    write_import_file(workspace, path)
    return f"For Label Studio's Import button: {path}"


def _make_quiz(
    workspace: "Workspace", file: Path | None, *, seed: int | None, as_json: bool
) -> None:
    from annotate.workflows.quiz import make_quiz

    made = make_quiz(workspace, file, seed=workspace.settings.seed if seed is None else seed)
    what = f"{counted(made.tasks, 'sentence')} on {counted(made.cases, 'edge case')}"
    lines = [
        f"A quiz of {what} in {made.folder}. Everybody answers all of it:",
        f"  annotate push --workspace {made.folder}",
        f"  annotate pull --workspace {made.folder}",
        "  annotate agreement --quiz",
    ]
    show(lines, asdict(made), as_json=as_json)
