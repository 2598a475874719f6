"""Judge: what the label is."""

from collections.abc import Iterator
from dataclasses import asdict
from enum import StrEnum
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

if TYPE_CHECKING:
    from annotate.workflows.gold import GoldDecided

commands = typer.Typer()


class MethodName(StrEnum):
    """The methods, for the help page."""

    MAJORITY = "majority"
    DAWID_SKENE = "dawid-skene"
    MACE = "mace"


@commands.command(rich_help_panel=JUDGE)
def gold(
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
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Decide each task's label from the votes; an open tie is left without one and reported."""
    from annotate.workflows.gold import decide_gold

    place = open_workspace(workspace)
    made = decide_gold(place, method=method.value if method else None, seed=seed_of(place, seed))
    show(_told(made), asdict(made), as_json=as_json)


def _told(made: "GoldDecided") -> Iterator[str]:
    counts = ", ".join(f"{label} {count}" for label, count in made.per_label.items())
    how = f"by {made.method}, {counts}"
    yield f"{counted(made.decided, 'task')} decided ({how}). Next: annotate dataset"
    if made.open_ties:
        yield f"{counted(made.open_ties, 'open tie')}: no label; see gold.jsonl"
    if made.single:
        yield f"{made.single} rest on one annotator alone"
    if made.with_prelabel:
        told = f"{made.with_prelabel:,} of {counted(made.votes, 'vote')}"
        yield f"{told} were given where a pre-label was shown: they count, but are not independent"
    yield from made.cautions
