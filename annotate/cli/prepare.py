"""Prepare: a workspace, and documents in it."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from annotate.cli.options import HERE, PREPARE, AsJson, WorkspaceFolder, open_workspace
from annotate.cli.output import counted, note, show

commands = typer.Typer()


@commands.command(rich_help_panel=PREPARE)
def init(
    folder: Annotated[Path, typer.Argument(help="The folder to make it in.")] = HERE,
    scheme: Annotated[
        Path | None,
        typer.Option("--scheme", metavar="FILE", help="Your own labels.yaml."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a workspace: settings, the label scheme, the guideline page."""
    from annotate.workflows.prepare import make_workspace

    workspace = make_workspace(folder, scheme=scheme)
    labels = ", ".join(workspace.scheme.label_names)
    line = f"Made a workspace in {folder}. Labels: {labels}. Next: annotate import FOLDER"
    data = {"folder": folder, "labels": workspace.scheme.label_names}
    show([line], data, as_json=as_json)


@commands.command("import", rich_help_panel=PREPARE)
def import_(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", help="Text files, JSON Lines, or folders of them."),
    ],
    strict: Annotated[
        bool, typer.Option("--strict", help="Import nothing if anything would be skipped.")
    ] = False,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Read articles into documents.jsonl; copies of one text become one document."""
    from annotate.workflows.prepare import import_documents

    found = import_documents(open_workspace(workspace), paths, strict=strict)
    for skipped in found.skipped:
        note(f"skipped {skipped}")
    parts = [f"{counted(found.added, 'new article')}"]
    parts += [f"{found.revised} of them a revision"] if found.revised else []
    parts += [f"{found.merged} already there, with a new source"] if found.merged else []
    parts += [f"{found.unchanged} already there"] if found.unchanged else []
    parts += [f"{len(found.skipped)} skipped"] if found.skipped else []
    line = (
        f"{', '.join(parts)}; {counted(found.documents, 'document')} in all. Next: annotate tasks"
    )
    data = {**asdict(found), "skipped": [str(entry) for entry in found.skipped]}
    show([line], data, as_json=as_json)
