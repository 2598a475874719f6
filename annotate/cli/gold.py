"""Judge: what the label is."""

from collections.abc import Iterator
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotate.cli.options import (
    HERE,
    JUDGE,
    AsJson,
    Seed,
    WorkspaceFolder,
    open_workspace,
    seed_of,
)
from annotate.cli.output import counted, show
from annotate.cli.review import Asked, ask_referee, list_suspects

if TYPE_CHECKING:
    from annotate.workflows.gold import GoldDecided
    from annotate.workspace import Workspace

commands = typer.Typer()


class MethodName(StrEnum):
    """The methods, for the help page."""

    MAJORITY = "majority"
    DAWID_SKENE = "dawid-skene"
    MACE = "mace"


@commands.command(rich_help_panel=JUDGE)
def gold(  # noqa: PLR0913, PLR0917  one parameter for each option
    method: Annotated[
        MethodName | None,
        typer.Option(
            "--method",
            help="How votes become labels: most votes, or weighed by how often each annotator "
            "errs. Default: as last time, else majority.",
            show_default=False,
        ),
    ] = None,
    seed: Seed = None,
    review: Annotated[
        bool,
        typer.Option(
            "--review",
            help="Instead, ask a referee about open ties and doubtful labels, in a Label Studio "
            "project of their own. `annotate pull` brings the decisions, which win.",
        ),
    ] = False,
    below: Annotated[
        float | None,
        typer.Option(
            "--below", min=0, max=1, metavar="SCORE",
            help="With --review: labels with a lower score are doubtful. Default: 0.6.",
            show_default=False,
        ),
    ] = None,
    suspects: Annotated[
        int | None,
        typer.Option(
            "--suspects",
            min=1,
            metavar="N",
            help="Instead, list the N labels that a model doubts most which was trained on other "
            "articles. With --review: ask the referee about them too.",
            show_default=False,
        ),
    ] = None,
    blind: Annotated[
        bool, typer.Option("--blind", help="With --review: show the referee no votes.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With --review: say what would be done, do nothing.")
    ] = False,
    explain: Annotated[
        str | None,
        typer.Option(
            "--explain", metavar="TASK_ID", help="Instead, how the label of a task came about."
        ),
    ] = None,
    log: Annotated[
        Path | None,
        typer.Option("--log", metavar="FILE", help="Instead, write that of every task, as JSONL."),
    ] = None,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Decide each task's label from the votes; an open tie is left without one and reported."""
    place = open_workspace(workspace)
    drawn = seed_of(place, seed)
    asked = Asked(below=below, blind=blind, dry_run=dry_run)
    instead = (review, explain is not None, log is not None, not review and suspects is not None)
    _refuse_mixtures(method=method is not None, instead=sum(instead), asked=asked, review=review)
    if review:
        ask_referee(place, asked, suspects=suspects or 0, seed=drawn, as_json=as_json)
    elif suspects is not None:
        list_suspects(place, suspects, seed=drawn, as_json=as_json)
    elif explain is not None:
        _explain(place, explain, as_json=as_json)
    elif log is not None:
        _log(place, log, as_json=as_json)
    else:
        chosen = method.value if method else None
        _decide(place, chosen, drawn, as_json=as_json)


def _refuse_mixtures(*, method: bool, instead: int, asked: Asked, review: bool) -> None:
    if method + instead > 1:
        msg = "--method, --review, --suspects without it, --explain and --log go one at a time."
        raise typer.BadParameter(msg)
    if asked != Asked() and not review:
        msg = "--below, --blind and --dry-run go with --review."
        raise typer.BadParameter(msg)


def _decide(place: "Workspace", method: str | None, seed: int, *, as_json: bool) -> None:
    from annotate.gold import METHODS
    from annotate.workflows.gold import decide_gold

    chosen = next((name for name in METHODS if name == method), None)
    made = decide_gold(place, method=chosen, seed=seed)
    show(_told(made), asdict(made), as_json=as_json)


def _told(made: "GoldDecided") -> Iterator[str]:
    counts = ", ".join(f"{label} {count}" for label, count in made.per_label.items())
    how = f"by {made.method}, {counts}"
    yield f"{counted(made.decided, 'task')} decided ({how}). Next: annotate dataset"
    if made.adjudicated:
        yield f"{made.adjudicated} of them by a referee"
    if made.own_decisions:
        yield f"{made.own_decisions} of these by somebody who had voted on the task before"
    if made.open_ties:
        yield f"{counted(made.open_ties, 'open tie')}: no label; ask a referee with --review"
    if made.referees_differ:
        yield f"{counted(made.referees_differ, 'task')} without a label: referees differ"
    if made.strangers:
        yield f"{counted(made.strangers, 'decision')} of a referee on tasks that have no vote now"
    if made.single:
        yield f"{made.single} rest on one annotator alone"
    if made.with_prelabel:
        told = f"{made.with_prelabel:,} of {counted(made.votes, 'vote')}"
        yield f"{told} were given where a pre-label was shown: they count, but are not independent"
    yield from made.cautions


def _explain(place: "Workspace", task_id: str, *, as_json: bool) -> None:
    from annotate.workflows.trail import explain_gold

    trail = explain_gold(place, task_id)
    show([task_id, *trail.lines], trail.model_dump(mode="json"), as_json=as_json)


def _log(place: "Workspace", path: Path, *, as_json: bool) -> None:
    from annotate.workflows.trail import write_trails

    count = write_trails(place, path)
    data = {"labels": count, "file": str(path)}
    show([f"How {counted(count, 'label')} came about is in {path}"], data, as_json=as_json)
