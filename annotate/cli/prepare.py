"""Prepare: a workspace, and documents in it."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotate.cli.options import HERE, PREPARE, AsJson, WorkspaceFolder, open_workspace
from annotate.cli.output import counted, note, progress, show

if TYPE_CHECKING:
    from annotate.workflows.importing import Imported

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
    place = "this folder" if folder.resolve() == Path.cwd() else folder
    line = f"Made a workspace in {place}. Labels: {labels}. Next: annotate import FOLDER"
    data = {"folder": folder, "labels": workspace.scheme.label_names}
    show([line], data, as_json=as_json)


@commands.command("import", rich_help_panel=PREPARE)
def import_(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...",
            help="Files, folders, archives, or hf:NAME[/CONFIG][:SPLIT] for a data set.",
        ),
    ],
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="OURS=THEIRS",
            help="Which of their fields holds what: text=body,published=date. Default: a guess, "
            "which is said.",
            show_default=False,
        ),
    ] = None,
    timezone: Annotated[
        str,
        typer.Option("--timezone", metavar="ZONE", help="Of dates without one: Europe/Paris."),
    ] = "UTC",
    strict: Annotated[
        bool, typer.Option("--strict", help="Import nothing if anything would be skipped.")
    ] = False,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Read articles into documents.jsonl; copies of one text become one document.

    Read are .txt, .md, .html, .json, .jsonl, .csv, .tsv, .parquet, task files of Label Studio,
    data sets of Hugging Face, all of these in .zip, .tar and .tar.gz, and .gz of any.
    """
    from annotate.documents import reading_options
    from annotate.workflows.importing import import_documents

    options = reading_options(mapping or [], timezone)
    place = open_workspace(workspace)
    skipped: list[str] = []
    tell = skipped.append if as_json else note
    with progress("Reading articles") as advance:
        found = import_documents(
            place,
            paths,
            strict=strict,
            options=options,
            on_skipped=lambda entry: tell(str(entry) if as_json else f"skipped {entry}"),
            on_document=advance,
        )
    for remark in found.remarks:
        note(remark)
    data = {**asdict(found), "skipped": skipped if as_json else found.skipped}
    show([_of_import(found)], data, as_json=as_json)


def _of_import(found: "Imported") -> str:
    """What an import found, in a line."""
    parts = [f"{counted(found.added, 'new article')}"]
    parts += [f"{found.revised} of them a revision"] if found.revised else []
    parts += [f"{found.merged} already there, with a new source"] if found.merged else []
    parts += [f"{found.unchanged} already there"] if found.unchanged else []
    parts += [f"{found.skipped} skipped"] if found.skipped else []
    return (
        f"{', '.join(parts)}; {counted(found.documents, 'document')} in all. Next: annotate tasks"
    )
