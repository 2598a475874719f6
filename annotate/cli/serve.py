"""Label: a model that answers inside Label Studio."""

import os
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from annotate.cli.options import HERE, LABEL, AsJson, RetrainEvery, WorkspaceFolder, open_workspace
from annotate.cli.output import counted, note, show

if TYPE_CHECKING:
    from annotate.workflows.serving_run import Ready

commands = typer.Typer()


@commands.command(rich_help_panel=LABEL)
def serve(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of a model: annotate train.")],
    host: Annotated[
        str,
        typer.Option(
            "--host",
            help="Address to listen on. One that other machines can reach needs the secret "
            "ANNOTATE_SERVE_SECRET.",
        ),
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="0 for any that is free.")
    ] = 9090,
    retrain_every: RetrainEvery = None,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Let a model answer inside Label Studio, as its machine learning backend, until Ctrl-C.

    It fills in what it would say of a task, never on tasks that are to be labelled without help,
    nor on those of articles that it has learnt from. What Label Studio tells of annotations is
    written down. At the start, and before each retraining, annotations are pulled.
    """
    from annotate.workflows import serving_run as steps

    def ready(found: "steps.Ready") -> None:
        show(_in_words(found), asdict(found), as_json=as_json)

    place = open_workspace(workspace)
    stopped = steps.serve(
        place,
        name,
        host=host,
        port=port,
        environment=os.environ,
        retrain_every=retrain_every,
        ready=ready,
        say=note,
    )
    if stopped == "interrupted":
        raise KeyboardInterrupt


def _in_words(found: "Ready") -> list[str]:
    every = found.retrain_every
    retraining = (
        f"Trained anew at every {every:,} new gold labels, and taken if not worse on audit-dev"
        if every
        else "Never trained anew (--retrain-every N)"
    )
    secret = "basic authentication, user annotate" if found.secret else "none, this machine only"
    return [
        f"{found.version} answers for {counted(found.tasks, 'task')} at {found.url} until Ctrl-C",
        f"Secret: {secret}. {counted(found.events, 'event')} in {found.queue}",
        retraining,
        "In Label Studio: Settings, Model, Connect Model, with this address",
    ]
