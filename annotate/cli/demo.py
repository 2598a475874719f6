"""Help: the whole line on the seed corpus."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from annotate.cli.options import HELP, AsJson
from annotate.cli.output import counted, figure, note, own_name, progress, show, table

if TYPE_CHECKING:
    from annotate.workflows.demo import DemoResult

commands = typer.Typer()


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
    lines = ["", *table(rows(done)), "", *CAVEATS, ""]
    lines.append(f"Report: {done.report.resolve().as_uri()}")
    if done.project_url:
        login = f"{own_name()} studio status --show-login"
        lines.append(f"Label Studio: {done.project_url} (login: {login})")
    show(lines, figures(done) | {"notes": CAVEATS}, as_json=as_json)


def rows(done: "DemoResult") -> list[tuple[str, str]]:
    """The closing table."""
    evaluation, agreed = done.evaluation, done.agreement
    floor = evaluation.floor
    stories = counted(evaluation.groups, "story", "stories")
    return [
        ("documents", f"{done.documents:,}"),
        ("tasks", f"{done.tasks:,}"),
        ("recorded passes", f"{len(agreed.annotators)}, {agreed.overall.labels:,} labels"),
        ("alpha", figure(agreed.overall.alpha.value)),
        ("held-out articles", f"{done.held_out}, on {stories}"),
        ("held-out sentences", f"{evaluation.n:,}"),
        ("macro-F1", figure(evaluation.scores.macro_f1)),
        *((f"F1 {entry.label}", figure(entry.f1)) for entry in evaluation.scores.per_label),
        (f"macro-F1 of always saying {floor.label}", figure(floor.scores.macro_f1)),
    ]


def figures(done: "DemoResult") -> dict[str, Any]:
    """The same for machines."""
    evaluation, agreement = done.evaluation, done.agreement.overall
    return {
        "documents": done.documents,
        "tasks": done.tasks,
        "recorded_passes": len(done.agreement.annotators),
        "labels": agreement.labels,
        "alpha": agreement.alpha.value,
        "held_out_articles": done.held_out,
        "held_out_groups": evaluation.groups,
        "held_out_sentences": evaluation.n,
        "macro_f1": evaluation.scores.macro_f1,
        "f1": {entry.label: entry.f1 for entry in evaluation.scores.per_label},
        "floor": evaluation.floor.scores.macro_f1,
        "report": done.report,
        "label_studio": done.project_url,
    }
