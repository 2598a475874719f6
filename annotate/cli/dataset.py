"""Learn: the data set."""

from dataclasses import asdict

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

commands = typer.Typer()


@commands.command(rich_help_panel=LEARN)
def dataset(
    examples: Examples = None,
    seed: Seed = None,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Build train, validation and test from the gold labels; no article stands in two."""
    from annotate.workflows.datasets import make_dataset

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
