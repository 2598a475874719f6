"""Judge: what the label is."""

from dataclasses import asdict

import typer

from annotate.cli.options import HERE, JUDGE, AsJson, WorkspaceFolder, open_workspace
from annotate.cli.output import counted, show

commands = typer.Typer()


@commands.command(rich_help_panel=JUDGE)
def gold(workspace: WorkspaceFolder = HERE, as_json: AsJson = False) -> None:
    """Decide each task's label by majority; an open tie is left without one and reported."""
    from annotate.workflows.gold import decide_gold

    made = decide_gold(open_workspace(workspace))
    counts = ", ".join(f"{label} {count}" for label, count in made.per_label.items())
    lines = [f"{counted(made.decided, 'task')} decided ({counts}). Next: annotate dataset"]
    if made.open_ties:
        lines.append(f"{counted(made.open_ties, 'open tie')}: no label; see gold.jsonl")
    if made.single:
        lines.append(f"{made.single} rest on one annotator alone")
    show(lines, asdict(made), as_json=as_json)
