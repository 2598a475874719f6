"""Label: the local Label Studio."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from annotate.cli.options import HERE, AsJson, RetrainEvery, WorkspaceFolder, open_workspace
from annotate.cli.output import note, show, table

commands = typer.Typer(
    help="A Label Studio of your own on this machine: start, stop, invite, status.",
    no_args_is_help=True,
)


@commands.command()
def start(
    served: Annotated[
        str | None,
        typer.Option(
            "--with",
            metavar="NAME",
            help="Serve this model beside it, and let it answer in the workspace's project.",
        ),
    ] = None,
    retrain_every: RetrainEvery = None,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Start Label Studio; the first time it is installed, which takes a minute or two."""
    from annotate.labelstudio import server

    if served is not None:
        _start_with(served, retrain_every, workspace, as_json=as_json)
        return
    if retrain_every is not None:
        message = "--retrain-every and --with go together."
        raise typer.BadParameter(message)
    studio = server.start(progress=note)
    lines = [
        f"Label Studio runs at {studio.url} and goes on until `annotate studio stop`.",
        f"Log in as {studio.email}; the password: annotate studio status --show-login",
        "Next: annotate push",
    ]
    show(lines, {"url": studio.url, "email": studio.email}, as_json=as_json)


def _start_with(name: str, every: int | None, folder: Path, *, as_json: bool) -> None:
    from annotate.workflows.serving_beside import start_with

    wired = start_with(open_workspace(folder), name, retrain_every=every, progress=note)
    lines = [
        f"Label Studio runs at {wired.studio.url}, and the model {wired.name} answers in it.",
        f"Log in as {wired.studio.email}; the password: annotate studio status --show-login",
        f"Label at {wired.project}",
        "Both go on until `annotate studio stop`.",
    ]
    data = {"url": wired.studio.url, "email": wired.studio.email, "project": wired.project}
    show(lines, data | {"model": wired.name, "model_url": wired.url}, as_json=as_json)


@commands.command()
def stop(as_json: AsJson = False) -> None:
    """Stop it, and the model that is served beside it; tasks and annotations stay."""
    from annotate.labelstudio import server
    from annotate.labelstudio.beside import stop_beside
    from annotate.labelstudio.home import StudioHome

    stop_beside(StudioHome.default())
    stopped = server.stop()
    line = "Label Studio is stopped." if stopped else "Label Studio was not running."
    show([line], {"stopped": stopped}, as_json=as_json)


@commands.command()
def invite(as_json: AsJson = False) -> None:
    """Print the link by which annotators make accounts of their own."""
    from annotate.errors import StudioError
    from annotate.labelstudio import server, users

    local = server.local_studio()
    if local is None:
        message = "Label Studio does not run. Start it with `annotate studio start`."
        raise StudioError(message)
    link = users.invite_link(local.credentials)
    lines = [link, "Whoever opens it on this machine can sign up and label."]
    show(lines, {"link": link}, as_json=as_json)


@commands.command()
def status(
    show_login: Annotated[
        bool, typer.Option("--show-login", help="Print the password of its administrator too.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Whether it runs, where, and with which login."""
    from annotate.labelstudio import server

    found = server.status()
    local = server.local_studio() if show_login else None
    rows = [
        ("installed", "yes" if found.installed else "no"),
        ("running", "yes" if found.healthy else "starting" if found.running else "no"),
        ("version", found.version),
        ("folder", str(found.folder)),
    ]
    rows += [("url", found.url)] if found.url else []
    data = asdict(found)
    if found.model:
        from annotate.workflows.serving_beside import answers

        data |= {"model_answers": answers()}
        how = "answers" if data["model_answers"] else "runs, but does not answer"
        rows += [("model", f"{found.model} {how}")]
    if local:
        rows += [("email", local.email), ("password", local.password)]
        data |= {"email": local.email, "password": local.password}
    elif show_login:
        note("The login is shown while Label Studio runs: annotate studio start")
    show(table(rows, indent=""), data, as_json=as_json)
