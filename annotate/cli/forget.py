"""Label: a document that must go, everywhere."""

from contextlib import nullcontext
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from annotate.cli.options import HERE, LABEL, AsJson, WorkspaceFolder, open_workspace
from annotate.cli.output import counted, note, show

if TYPE_CHECKING:
    from annotate.workflows.forgetting import Traces

commands = typer.Typer()


@commands.command(rich_help_panel=LABEL)
def forget(
    document: Annotated[str, typer.Argument(help="Its id, key, or the address of a source.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go, and do nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    files_only: Annotated[
        bool, typer.Option("--files-only", help="Leave Label Studio alone.")
    ] = False,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Take a document out of the files, Label Studio and the data set."""
    from annotate.workflows.forgetting import forget as carry_out
    from annotate.workflows.forgetting import traces_of
    from annotate.workflows.label import connect

    place = open_workspace(workspace)
    traces = traces_of(place, document)
    data = {**asdict(traces), "documents": sorted(traces.ids)}
    if dry_run:
        show(_traces(traces), data, as_json=as_json)
        return
    if not yes:
        for line in _traces(traces):
            note(line)
        typer.confirm("This cannot be undone. Go on?", abort=True, err=True)
    with connect(place) if traces.pushed and not files_only else nullcontext() as studio:
        gone = carry_out(place, traces, studio, say=note)
    records = ", ".join(counted(n, name.removesuffix("s")) for name, n in gone.records.items() if n)
    lines = [f"Gone: {records or 'nothing more'}"]
    lines += (
        [f"Gone from Label Studio: {counted(gone.on_server, 'task')}"] if gone.on_server else []
    )
    lines += (
        [f"Gone from the data set: {counted(gone.examples, 'sentence')}"] if gone.examples else []
    )
    show([*lines, *_left(traces)], data | asdict(gone), as_json=as_json)


def _traces(traces: "Traces") -> list[str]:
    titles = ", ".join(d.title or d.text[:50] for d in traces.documents[-1:])
    revisions = len(traces.documents)
    counts = f"{counted(revisions, 'revision')}, {counted(traces.tasks, 'task')}"
    lines = [f"{titles!r}: {counts}, {counted(traces.examples, 'sentence')} of the data set"]
    lines += ["Its tasks and their annotations go from Label Studio too"] if traces.pushed else []
    return [*lines, *_left(traces)]


def _left(traces: "Traces") -> list[str]:
    lines = []
    if traces.models:
        lines.append(f"Trained with it, and not changed: models {', '.join(traces.models)}")
    if traces.reports:
        lines.append(f"Quoting it, and not changed: reports {', '.join(traces.reports)}")
    return lines
