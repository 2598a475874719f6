"""Judge: how much annotators agree."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from annotate.cli.options import HERE, JUDGE, AsJson, Seed, WorkspaceFolder, open_workspace, seed_of
from annotate.cli.output import counted, show, table

if TYPE_CHECKING:
    from annotate.workspace import Workspace

commands = typer.Typer()


By = Literal["label", "annotator", "pair", "week", "version"]


@commands.command(rich_help_panel=JUDGE)
def agreement(
    quiz: Annotated[
        bool, typer.Option("--quiz", help="How each annotator did in the quiz, instead.")
    ] = False,
    pass_mark: Annotated[
        float, typer.Option("--pass-mark", min=0, max=1, help="Share of the quiz that passes.")
    ] = 0.8,
    by: Annotated[
        By | None, typer.Option("--by", help="One table instead of the whole page: of what.")
    ] = None,
    seed: Seed = None,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """How much annotators agree, how sure that is, and where they part ways."""
    from annotate.cli.agreement_lines import BY, whole
    from annotate.workflows.agreement import agreement_of

    here = open_workspace(workspace)
    if quiz:
        _show_quiz(here, pass_mark, as_json=as_json)
        return
    report = agreement_of(here, seed=seed_of(here, seed))
    lines = BY[by](report) if by else whole(report)
    data = {"alpha": report.overall.alpha.value, "skipped": report.skipped} | asdict(report)
    show(lines, data, as_json=as_json)


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
