"""Use: label new articles."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from annotate.cli.options import HERE, USE, AsJson, WorkspaceFolder, workspace_or_none
from annotate.cli.output import counted, note, progress, show

if TYPE_CHECKING:
    from annotate.workflows.training import NamedModel
    from annotate.workflows.use import Predicted
    from annotate.workspace import Workspace

commands = typer.Typer()


@commands.command(rich_help_panel=USE)
def predict(  # noqa: PLR0913, PLR0917  one parameter for each option
    model: Annotated[str, typer.Argument(help="Name of a model of the workspace, or its folder.")],
    articles: Annotated[
        str | None,
        typer.Argument(
            metavar="[ARTICLES]",
            help="File or folder as for import, or an address: s3://bucket/folder. Default: the "
            "workspace's documents.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output", "-o", metavar="PATH",
            help="Ends in .jsonl, .csv or .parquet, or is a folder for the parts of a large "
            "result; also s3://bucket/folder. Default: predictions.jsonl of the workspace.",
        ),
    ] = None,
    only: Annotated[
        str | None, typer.Option("--only", metavar="LABEL", help="Write this label alone.")
    ] = None,
    top: Annotated[
        int | None, typer.Option("--top", min=1, help="Write the surest N, best first.")
    ] = None,
    form: Annotated[
        str | None,
        typer.Option(
            "--format", metavar="KIND",
            help="Of the files in a folder: parquet (default), jsonl, csv, jsonl.gz or csv.gz.",
            show_default=False,
        ),
    ] = None,
    processes: Annotated[
        int | None,
        typer.Option(
            "--processes", min=1, metavar="N", show_default=False,
            help="How many label at the same time. Default: one a core, fewer for small files.",
        ),
    ] = None,
    engine: Annotated[
        str | None,
        typer.Option(
            "--engine", metavar="NAME", show_default=False,
            help="processes (default) or ray (extra scale), for a cluster.",
        ),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            "--cluster", metavar="ADDRESS", show_default=False,
            help="Of a Ray cluster that this machine is part of: auto, or HOST:6379. Default: one "
            "that is started here.",
        ),
    ] = None,
    gpus: Annotated[
        float | None,
        typer.Option(
            "--gpus", min=0, metavar="N", show_default=False,
            help="GPUs for each process of --engine ray. Default: its share of those that Ray "
            "sees, for models that use one.",
        ),
    ] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="OURS=THEIRS", show_default=False,
            help="Which of their fields holds what, as for import: text=body,published=date.",
        ),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--prevalence", metavar="FIELDS", show_default=False,
            help="Also say how common each label is, by outlet, year, month, week, day or part "
            "(outlet,month for both), corrected by the audit-test labels of the workspace.",
        ),
    ] = None,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="With --prevalence: refuse cells with too few audited."),
    ] = False,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Label every sentence of new articles, with a score for each label.

    Files with an article a row (.jsonl, .csv, .parquet, or a folder of these) are labelled piece by
    piece by several processes. A run that was cut off goes on where it stopped when the command is
    given again.
    """
    from annotate.cli.prevalence_lines import lines_of, say_notes
    from annotate.prediction.engines import Engine, as_engine
    from annotate.prediction.parts import as_form
    from annotate.prevalence import parse_fields
    from annotate.stores import as_place
    from annotate.workflows.prevalence import make_shares, read_audit
    from annotate.workflows.use import Choice, predict_articles

    if strict and by is None:
        msg = "It goes with --prevalence."
        raise typer.BadParameter(msg, param_hint="--strict")
    if engine != "ray" and (cluster is not None or gpus is not None):
        msg = "It goes with --engine ray."
        raise typer.BadParameter(msg, param_hint="--gpus" if cluster is None else "--cluster")
    place = workspace_or_none(workspace)
    found = _model(place, model)
    who = Engine(as_engine(engine), processes, cluster, gpus)
    choice = Choice(only, top, as_form(form), who, tuple(mapping or ()))
    audit = read_audit(place, found, choice, by=parse_fields(by)) if by is not None else None
    with progress("articles", rate=True) as advance:
        made = predict_articles(
            found,
            workspace=place,
            articles=None if articles is None else as_place(articles),
            output=None if output is None else as_place(output),
            choice=choice,
            on_document=advance,
        )
    lines = list(_in_words(made, found.name))
    data = _data(made)
    shares = None
    if audit is not None:
        shares = make_shares(audit, made, model=found, choice=choice, strict=strict)
        lines += lines_of(shares)
        data["prevalence"] = str(shares.path)
    show(lines, data, as_json=as_json)
    if shares:
        say_notes(shares)


def _model(place: "Workspace | None", name: str) -> "NamedModel":
    """The model; if the scheme was changed since its training, that is said at once."""
    from annotate.workflows.training import find_model

    found = find_model(place, name)
    if caution := found.caution(place.scheme if place else None):
        note(caution)
    return found


def _in_words(made: "Predicted", model: str) -> Iterator[str]:
    """What was labelled; what could not be is said at once."""
    for skipped in made.skipped:
        note(f"skipped {skipped}")
    if made.skipped_file:
        note(f"{counted(made.all_skipped, 'article')} not labelled, listed in {made.skipped_file}")
    what = counted(made.written, "sentence")
    before = f", {made.resumed:,} of them before" if made.resumed else ""
    yield f"{what} from {counted(made.documents, 'article')} labelled by {model}{before}"
    yield f"written to {made.path}"


def _data(made: "Predicted") -> dict[str, Any]:
    """The result for machines; a place in a store is told by its address."""
    data = asdict(made) | {"path": str(made.path)}
    if made.skipped_file:
        data["skipped_file"] = str(made.skipped_file)
    return data
