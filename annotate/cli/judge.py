"""Judge: how much annotators agree, and what the label is."""

from dataclasses import asdict

import typer

from annotate.cli.options import HERE, JUDGE, AsJson, WorkspaceFolder, open_workspace
from annotate.cli.output import counted, show, table

commands = typer.Typer()


@commands.command(rich_help_panel=JUDGE)
def agreement(workspace: WorkspaceFolder = HERE, as_json: AsJson = False) -> None:
    """How much annotators agree beyond chance (Krippendorff's alpha)."""
    from annotate.workflows.judge import agreement_of

    report = agreement_of(open_workspace(workspace))
    found = report.agreement
    basis = f"{counted(found.annotations, 'label')} by {len(report.annotators)} annotators"
    lines = [
        f"alpha {found.alpha:.3f} (1 is perfect, 0 is chance)",
        f"from {basis} on {counted(found.tasks, 'task')}",
        f"all annotators agree on {report.unanimous_share:.1%} of them",
    ]
    if report.with_prelabel:
        lines.append(f"{report.with_prelabel} labels left out: a pre-label was shown")
    if report.confusions:
        lines.append("where they differ:")
        rows = [(" / ".join(c.labels), counted(c.pairs, "pair")) for c in report.confusions]
        lines += table(rows)
    show(lines, {"alpha": found.alpha, **asdict(report)}, as_json=as_json)


@commands.command(rich_help_panel=JUDGE)
def gold(workspace: WorkspaceFolder = HERE, as_json: AsJson = False) -> None:
    """Decide each task's label by majority; an open tie is left without one and reported."""
    from annotate.workflows.judge import decide_gold

    made = decide_gold(open_workspace(workspace))
    counts = ", ".join(f"{label} {count}" for label, count in made.per_label.items())
    lines = [f"{counted(made.decided, 'task')} decided ({counts}). Next: annotate dataset"]
    if made.open_ties:
        lines.append(f"{counted(made.open_ties, 'open tie')}: no label; see gold.jsonl")
    if made.single:
        lines.append(f"{made.single} rest on one annotator alone")
    show(lines, asdict(made), as_json=as_json)
