"""Learn: the data set."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from annotate.cli.options import (
    HERE,
    LEARN,
    AsJson,
    Examples,
    Seed,
    WorkspaceFolder,
    open_workspace,
    seed_of,
)
from annotate.cli.output import counted, figure, progress, show, table

if TYPE_CHECKING:
    from annotate.dataset import DatasetSummary
    from annotate.workflows.datasets import DatasetMade
    from annotate.workflows.release import TextPutBack
    from annotate.workspace import Workspace

commands = typer.Typer()

_SHOWN = 10
"""Articles named that are not there."""

SplitBy = Literal["family", "time", "outlet", "given"]


@commands.command(rich_help_panel=LEARN)
def dataset(  # noqa: PLR0913, PLR0917  one parameter for each option
    examples: Examples = None,
    split: Annotated[
        SplitBy | None,
        typer.Option(
            "--split",
            help="What decides: family (at random), time (with --before), outlet (with --outlets) "
            "or given (the field `split`). Default: as in annotate.toml.",
            show_default=False,
        ),
    ] = None,
    before: Annotated[
        datetime | None,
        typer.Option(
            "--before",
            formats=["%Y-%m-%d"],
            metavar="DATE",
            help="Learn from articles before this day (UTC), test on the later ones.",
        ),
    ] = None,
    outlets: Annotated[
        str | None,
        typer.Option("--outlets", metavar="A,B", help="Test on the articles of these outlets."),
    ] = None,
    allow_single: Annotated[
        bool,
        typer.Option(
            "--allow-single", help="Let one independent label do in test; the card says so."
        ),
    ] = False,
    afresh: Annotated[
        bool,
        typer.Option(
            "--afresh", help="Split anew: what was in test need not stay there. Not for a routine."
        ),
    ] = False,
    scores: Annotated[
        bool,
        typer.Option(
            "--scores/--no-scores",
            help="Train sixteen linear models to say what careless splits would score.",
        ),
    ] = True,
    licence: Annotated[
        str | None,
        typer.Option(
            "--license", metavar="NAME", help="Of the labels, such as cc-by-4.0; for the card."
        ),
    ] = None,
    no_text: Annotated[
        bool,
        typer.Option(
            "--no-text", help="Also write release/: places, digests and labels without any text."
        ),
    ] = False,
    rehydrate: Annotated[
        Path | None,
        typer.Option(
            "--rehydrate",
            metavar="FOLDER",
            help="Make the data set from a release without text and your own documents.jsonl.",
        ),
    ] = None,
    push_to_hub: Annotated[
        str | None,
        typer.Option(
            "--push-to-hub",
            metavar="NAME",
            help="Upload it to the Hugging Face Hub, private; with --no-text the release. Needs "
            "--license, else it is asked for.",
        ),
    ] = None,
    seed: Seed = None,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Build train, validation and test from the gold labels; no article stands in two."""
    from annotate.workflows import release
    from annotate.workflows.datasets import make_dataset
    from annotate.workflows.splitting import SplitWish

    place = open_workspace(workspace)
    if rehydrate is not None:
        _show_text(release.put_text_back(place, rehydrate), place, as_json=as_json)
        return
    if push_to_hub and not licence:
        licence = _asked_licence()
    wish = SplitWish(
        by=split,
        before=before.date() if before else None,
        outlets=tuple(name.strip() for name in (outlets or "").split(",") if name.strip()),
        allow_single=True if allow_single else None,
        afresh=afresh,
    )
    with progress("trainings for the certificate") as advance:
        made = make_dataset(
            place,
            seed=seed_of(place, seed),
            examples=examples,
            wish=wish,
            licence=licence,
            scored_by="linear" if scores else None,
            advance=advance,
        )
    lines = _in_words(made, place.scheme.label_names)
    if no_text:
        lines.append(f"without text in {release.release(place, made)}")
    if push_to_hub:
        lines.append(f"uploaded: {release.publish(made, push_to_hub, no_text=no_text)}")
    show([*lines, "Next: annotate train"], _as_data(made), as_json=as_json)


def _asked_licence() -> str:
    """The licence that somebody who publishes must choose."""
    if not sys.stdin.isatty():
        message = "say what others may do with the labels: --license cc-by-4.0, for example"
        raise typer.BadParameter(message, param_hint="--push-to-hub")
    return str(typer.prompt("Licence of the labels (such as cc-by-4.0)", err=True))


def _show_text(done: "TextPutBack", place: "Workspace", *, as_json: bool) -> None:
    from annotate.workflows.release import in_words

    lines = [in_words(done.coverage)]
    if done.coverage.other_titles:
        lines.append(f"Careful: {counted(done.coverage.other_titles, 'headline')} are others now")
    lines += [f"not there: {key}" for key in done.coverage.missing[:_SHOWN]]
    rows = _rows(done.summary, place.scheme.label_names)
    lines += [*table(rows, indent=""), f"written to {done.folder}", "Next: annotate train"]
    data = {"coverage": done.coverage, "share": done.coverage.share, "folder": done.folder}
    show(lines, data, as_json=as_json)


def _in_words(made: "DatasetMade", labels: Sequence[str]) -> list[str]:
    rows = [("", "sentences", "groups", *labels)]
    rows += [
        (name, *(f"{n:,}" for n in (split.examples, split.groups, *split.labels.values())))
        for name, split in made.summary.splits.items()
    ]
    lines = [
        *table(rows, indent=""),
        f"grouped by {made.making.grouped_by}; written to {made.folder}",
    ]
    if made.renewed:
        lines.append(f"Families found anew ({made.renewed}); annotate families lists them")
    if made.making.undecided:
        lines.append(f"{counted(made.making.undecided, 'open tie')} left out")
    lines += [f"Careful: {remark}" for remark in made.making.remarks]
    return [*lines, *_certified(made)]


def _rows(summary: "DatasetSummary", labels: Sequence[str]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("", "sentences", "groups", *labels)]
    rows += [
        (name, *(f"{n:,}" for n in (split.examples, split.groups, *split.labels.values())))
        for name, split in summary.splits.items()
    ]
    return rows


def _certified(made: "DatasetMade") -> Iterator[str]:
    """What the certificate says, in two lines."""
    found = made.making.certificate
    if found is None:
        return
    closest = f"{found.most_similar.similarity:.0%}" if found.most_similar else "nothing"
    yield (
        f"Leakage: {found.families_across} of {counted(found.families, 'family', 'families')} on "
        f"both sides; the two most similar articles across share {closest}; "
        f"{counted(found.sentences, 'sentence')} of test word for word elsewhere"
    )
    scored = [
        f"by {one.split} {figure(one.macro_f1)}" for one in found.scores if one.macro_f1 is not None
    ]
    if scored:
        yield f"macro-F1 of {found.recipe} if split {', '.join(scored)}"


def _as_data(made: "DatasetMade") -> dict[str, Any]:
    found = made.making.certificate
    reasons = Counter(one.reason for one in made.excluded)
    return {
        "splits": {name: asdict(split) for name, split in made.summary.splits.items()},
        "split_by": made.split_by,
        "grouped_by": made.making.grouped_by,
        "undecided": made.making.undecided,
        "excluded": dict(reasons),
        "remarks": list(made.making.remarks),
        "certificate": found.model_dump(mode="json") if found else None,
        "folder": made.folder,
        "renewed": made.renewed,
    }
