"""Label: the local Label Studio."""


import typer

from annotate.cli.options import AsJson
from annotate.cli.output import note, show

commands = typer.Typer(
    help="A Label Studio of your own on this machine: start, stop, status.", no_args_is_help=True
)


@commands.command()
def start(as_json: AsJson = False) -> None:
    """Start Label Studio; the first time it is installed, which takes a minute or two."""
    from annotate.labelstudio import start_studio

    studio = start_studio(progress=note)
    lines = [
        f"Label Studio runs at {studio.url}",
        "Log in with what `annotate studio status --show-login` prints. Next: annotate push",
    ]
    show(lines, {"url": studio.url, "pid": studio.pid}, as_json=as_json)
