"""Prepare: a workspace, documents in it, tasks made of them."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotate.cli.options import HERE, PREPARE, AsJson, WorkspaceFolder, open_workspace
from annotate.cli.output import counted, note, progress, show

if TYPE_CHECKING:
    from annotate.workflows.importing import Imported
    from annotate.workflows.prelabels import Prelabelled
    from annotate.workspace import Workspace

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


_MOST_SHOWN = 5
"""Lines of a file of labels that are named; of the others the number is said."""


@commands.command(rich_help_panel=PREPARE)
def tasks(
    prelabel: Annotated[
        str | None,
        typer.Option(
            "--prelabel",
            metavar="rules|none|FILE|MODEL",
            help="Where pre-labels come from: cue rules, a .jsonl or .csv file of any other system,"
            " or a model of this workspace. Default: rules, until there is a model.",
            show_default=False,
        ),
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option(
            "--export",
            metavar="FILE",
            help="Also write the JSON file that Label Studio's own Import button takes.",
        ),
    ] = None,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Divide the documents into sentences to be labelled, with their context and pre-labels."""
    from annotate.workflows.prelabels import make_prelabels
    from annotate.workflows.prepare import make_tasks

    place = open_workspace(workspace)
    made = make_tasks(place)
    prelabels = make_prelabels(place, prelabel)
    line = f"{counted(made.tasks, 'task')} from {counted(made.documents, 'document')}"
    line += f" ({made.new} new)" if made.new != made.tasks else ""
    lines = [f"{line}. Next: annotate studio start, then annotate push"]
    if made.kept_for_labels:
        stay = counted(made.kept_for_labels, "older task")
        lines.append(f"{stay} kept: labelled already, or perhaps in Label Studio")
    if made.carried_over:
        labels = counted(made.carried_over, "label")
        lines.append(f"{labels} carried over to the corrected articles")
    lines += _of_prelabels(prelabels, place)
    for line in prelabels.unmatched[:_MOST_SHOWN]:
        note(line)
    if export:
        from annotate.workflows.label import write_import_file

        write_import_file(place, export)
        lines.append(f"For Label Studio's Import button: {export}")
    show(lines, {**asdict(made), "prelabels": asdict(prelabels)}, as_json=as_json)


def _of_prelabels(found: "Prelabelled", workspace: "Workspace") -> Iterator[str]:
    """What became of the pre-labels, a line each."""
    if found.remark:
        yield found.remark
        return
    held_out = f", {found.held_out:,} of them held out" if found.held_out else ""
    yield f"{counted(found.made, 'pre-label')} by {found.model or 'nothing'}{held_out}"
    if found.learnt_from:
        yield f"{counted(found.learnt_from, 'task')} without: the model learnt from their articles"
    if found.unmatched:
        yield f"{counted(len(found.unmatched), 'line')} of the file are of none of the tasks"
    settings = workspace.settings.label_studio
    if found.made and settings.overlap > 1 and not settings.prelabel_holdout:
        yield (
            "Careful: agreement is measured on labels given without a pre-label, and no task is "
            "held out: set prelabel_holdout in annotate.toml"
        )
