"""Judge: how much annotators agree."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from annotate.cli.options import HERE, JUDGE, AsJson, WorkspaceFolder, open_workspace
from annotate.cli.output import counted, show, table

if TYPE_CHECKING:
    from annotate.workspace import Workspace

commands = typer.Typer()


@commands.command(rich_help_panel=JUDGE)
def agreement(
    quiz: Annotated[
        bool, typer.Option("--quiz", help="How each annotator did in the quiz, instead.")
    ] = False,
    pass_mark: Annotated[
        float, typer.Option("--pass-mark", min=0, max=1, help="Share of the quiz that passes.")
    ] = 0.8,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """How much annotators agree beyond chance (Krippendorff's alpha)."""
    from annotate.workflows.agreement import agreement_of

    if quiz:
        _show_quiz(open_workspace(workspace), pass_mark, as_json=as_json)
        return
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


_MOST_MISSED = 5


def _show_quiz(workspace: "Workspace", pass_mark: float, *, as_json: bool) -> None:
    from annotate.workflows.quiz import quiz_results

    report = quiz_results(workspace, pass_mark=pass_mark)
    rows = [("annotator", "right", "of", "share", "")]
    for result in report.results:
        left = result.asked - result.answered
        verdict = "passed" if result.passed else f"{left} to go" if left else "not passed"
        rows.append(
            (result.annotator, str(result.right), str(result.asked), f"{result.share:.0%}", verdict)
        )
    lines = [f"The quiz is passed with {pass_mark:.0%}:", *table(rows)]
    for result in report.results:
        for mistake in result.mistakes:
            given = mistake.given or "skipped"
            lines.append(f"{result.annotator}: {given}, not {mistake.right}: {mistake.text}")
            lines.append(f"  edge case {mistake.case}")
    if len(report.results) > 1 and report.missed:
        lines.append("missed most, so talk about these:")
        lines += table(
            [(case, counted(count, "time")) for case, count in report.missed[:_MOST_MISSED]]
        )
    show(lines, asdict(report), as_json=as_json)
