"""Help: where the work stands, whether files are sound, the whole line on the seed corpus."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from annotate.cli.options import (
    HELP,
    HERE,
    AsJson,
    WorkspaceFolder,
    open_workspace,
    workspace_or_none,
)
from annotate.cli.output import counted, figure, note, progress, show, table

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
        *(("", f"{count:,}", f"by {name}") for name, count in found.annotators.items()),
        ("gold labels", f"{found.gold:,}", f"and {counted(found.ties, 'open tie')}"),
        ("data set", "yes" if found.dataset else "no", ""),
        ("models", str(len(found.models)), ", ".join(found.models)),
        ("reports", str(len(found.reports)), ", ".join(found.reports)),
        ("predictions", f"{found.predictions:,}", ""),
    ]
    lines = list(table(rows, indent=""))
    show([*lines, f"Next: {found.following}"], asdict(found), as_json=as_json)


@commands.command(rich_help_panel=HELP)
def check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Record files. Default: all of the workspace.", show_default=False),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option("--kind", help="document, task, annotation, goldlabel, example, prediction."),
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


@commands.command(rich_help_panel=HELP)
def demo(
    folder: Annotated[Path, typer.Argument(help="Where it works; made if missing.")] = Path("demo"),
    studio: Annotated[
        bool,
        typer.Option("--studio/--no-studio", help="Through a real Label Studio, or without."),
    ] = True,
    seed: Annotated[int, typer.Option("--seed", min=0)] = 0,
    as_json: AsJson = False,
) -> None:
    """Run the whole line on the seed corpus, from articles to a held-out score."""
    from annotate.workflows.demo import CAVEATS, run_demo

    with progress("labels") as advance:
        done = run_demo(folder, studio=studio, seed=seed, say=note, advance=advance)
    evaluation, agreed = done.evaluation, done.agreement
    floor = evaluation.floor
    rows = [
        ("documents", f"{done.documents:,}"),
        ("tasks", f"{done.tasks:,}"),
        ("recorded passes", f"{len(agreed.annotators)}, {done.labels:,} labels"),
        ("alpha", figure(agreed.agreement.alpha)),
        ("held-out articles", f"{done.held_out}, {counted(evaluation.n, 'sentence')}"),
        ("macro-F1", figure(evaluation.scores.macro_f1)),
        *((f"F1 {entry.label}", figure(entry.f1)) for entry in evaluation.scores.per_label),
        (f"macro-F1 of always saying {floor.label}", figure(floor.scores.macro_f1)),
    ]
    lines = ["", *table(rows), "", *CAVEATS, "", f"Report: {done.report.resolve().as_uri()}"]
    if done.project_url:
        lines.append(
            f"Label Studio: {done.project_url} (login: annotate studio status --show-login)"
        )
    data = {
        "documents": done.documents,
        "tasks": done.tasks,
        "recorded_passes": len(agreed.annotators),
        "labels": done.labels,
        "alpha": agreed.agreement.alpha,
        "held_out_articles": done.held_out,
        "held_out_sentences": evaluation.n,
        "macro_f1": evaluation.scores.macro_f1,
        "f1": {entry.label: entry.f1 for entry in evaluation.scores.per_label},
        "floor": floor.scores.macro_f1,
        "notes": CAVEATS,
        "report": done.report,
        "label_studio": done.project_url,
    }
    show(lines, data, as_json=as_json)
