"""Learn: the data set."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from annotate.cli.options import (
    HERE,
    LEARN,
    AsJson,
    Examples,
    Seed,
    WorkspaceFolder,
    open_workspace,
    seed_of,
)
from annotate.cli.output import counted, show, table

if TYPE_CHECKING:
    from annotate.workflows.datasets import DatasetMade

commands = typer.Typer()

SplitBy = Literal["family", "time", "outlet", "given"]


@commands.command(rich_help_panel=LEARN)
def dataset(  # noqa: PLR0913, PLR0917  one parameter for each option
    examples: Examples = None,
    split: Annotated[
        SplitBy | None,
        typer.Option(
            "--split",
            help="What decides: family (at random), time (with --before), outlet (with --outlets) "
            "or given (the field `split`). Default: as in annotate.toml.",
            show_default=False,
        ),
    ] = None,
    before: Annotated[
        datetime | None,
        typer.Option(
            "--before",
            formats=["%Y-%m-%d"],
            metavar="DATE",
            help="Learn from articles before this day (UTC), test on the later ones.",
        ),
    ] = None,
    outlets: Annotated[
        str | None,
        typer.Option("--outlets", metavar="A,B", help="Test on the articles of these outlets."),
    ] = None,
    allow_single: Annotated[
        bool,
        typer.Option(
            "--allow-single", help="Let one independent label do in test; the card says so."
        ),
    ] = False,
    afresh: Annotated[
        bool,
        typer.Option(
            "--afresh", help="Split anew: what was in test need not stay there. Not for a routine."
        ),
    ] = False,
    seed: Seed = None,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Build train, validation and test from the gold labels; no article stands in two."""
    from annotate.workflows.datasets import make_dataset
    from annotate.workflows.splitting import SplitWish

    place = open_workspace(workspace)
    wish = SplitWish(
        by=split,
        before=before.date() if before else None,
        outlets=tuple(name.strip() for name in (outlets or "").split(",") if name.strip()),
        allow_single=True if allow_single else None,
        afresh=afresh,
    )
    made = make_dataset(place, seed=seed_of(place, seed), examples=examples, wish=wish)
    show(_in_words(made, place.scheme.label_names), _as_data(made), as_json=as_json)


def _in_words(made: "DatasetMade", labels: Sequence[str]) -> list[str]:
    rows = [("", "sentences", "groups", *labels)]
    rows += [
        (name, *(f"{n:,}" for n in (split.examples, split.groups, *split.labels.values())))
        for name, split in made.summary.splits.items()
    ]
    lines = [*table(rows, indent=""), f"grouped by {made.grouped_by}; written to {made.folder}"]
    if made.renewed:
        lines.append(f"Families found anew ({made.renewed}); annotate families lists them")
    if made.undecided:
        lines.append(f"{counted(made.undecided, 'open tie')} left out")
    return [*lines, *(f"Careful: {remark}" for remark in made.remarks), "Next: annotate train"]


def _as_data(made: "DatasetMade") -> dict[str, Any]:
    reasons = Counter(one.reason for one in made.excluded)
    return {
        "splits": {name: asdict(split) for name, split in made.summary.splits.items()},
        "split_by": made.split_by,
        "grouped_by": made.grouped_by,
        "undecided": made.undecided,
        "excluded": dict(reasons),
        "remarks": list(made.remarks),
        "folder": made.folder,
        "renewed": made.renewed,
    }
