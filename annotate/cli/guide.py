"""Help: where the work stands, whether files are sound."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotate.cli.options import (
    HELP,
    HERE,
    AsJson,
    WorkspaceFolder,
    open_workspace,
    workspace_or_none,
)
from annotate.cli.output import counted, show, table

if TYPE_CHECKING:
    from annotate.workflows.standing import Standing

commands = typer.Typer()


@commands.command(rich_help_panel=HELP)
def status(workspace: WorkspaceFolder = HERE, as_json: AsJson = False) -> None:
    """Where the work stands and what comes next."""
    from annotate.workflows.standing import standing

    found = standing(open_workspace(workspace))
    rows = [
        ("documents", f"{found.documents:,}", ""),
        ("tasks", f"{found.tasks:,}", ""),
        ("labelled", f"{found.annotated:,}", f"of {counted(found.tasks, 'task')}"),
        *_progress(found),
        ("gold labels", f"{found.gold:,}", f"and {counted(found.ties, 'open tie')}"),
        *_referred(found),
        ("data set", "yes" if found.dataset else "no", ""),
        ("models", str(len(found.models)), ", ".join(found.models)),
        *(("", "", f"{name} knows kin of test articles: train it again") for name in found.spoiled),
        ("reports", str(len(found.reports)), ", ".join(found.reports)),
        ("predictions", f"{found.predictions:,}", ""),
    ]
    lines = list(table(rows, indent=""))
    where = "" if workspace == HERE else f", in {workspace}"
    show([*lines, f"Next{where}: {found.following}"], asdict(found), as_json=as_json)


def _progress(found: "Standing") -> Iterator[tuple[str, str, str]]:
    """Who has labelled how much, and how many tasks have as many labels as are wanted."""
    if found.overlap > 1:
        yield "", f"{found.finished:,}", f"of them by {found.overlap} or more, as is wanted"
    for name, done in found.annotators.items():
        skipped = f", {done.skipped:,} skipped" if done.skipped else ""
        yield "", f"{done.labelled:,}", f"by {name}{skipped}"


def _referred(found: "Standing") -> Iterator[tuple[str, str, str]]:
    """What a referee was asked for, and how much of it still waits."""
    if found.referred:
        told = f"of {counted(found.referred, 'task')} given to a referee wait to be decided"
        yield "", f"{found.undecided:,}", told


@commands.command(rich_help_panel=HELP)
def check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Record files. Default: all of the workspace.", show_default=False),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(
            "--kind", help="document, family, task, annotation, goldlabel, example, prediction."
        ),
    ] = None,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Validate record files and list every problem with its file and line."""
    from annotate.workflows.checking import check_file, check_places, record_files

    place = workspace_or_none(workspace) if files else open_workspace(workspace)
    paths = files or (record_files(place) if place else [])
    scheme = place.scheme if place else None
    checked = [check_file(path, scheme=scheme, kind=kind) for path in paths]
    problems = [problem for entry in checked for problem in entry.problems]
    if place and not files and not problems:
        problems = list(check_places(place))
    lines = [*problems]
    lines += [] if paths else ["There are no record files yet. Next: annotate import FOLDER"]
    lines += [
        f"{entry.path}: {counted(entry.lines, 'line')}, "
        + (counted(len(entry.problems), "problem") if entry.problems else "sound")
        for entry in checked
    ]
    show(lines, {"problems": len(problems), "files": checked}, as_json=as_json)
    if problems:
        raise typer.Exit(1)
