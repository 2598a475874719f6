"""Learn: what more articles would bring."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotate.cli.options import (
    HERE,
    LEARN,
    AsJson,
    Examples,
    Recipe,
    Seed,
    WorkspaceFolder,
    seed_of,
    workspace_or_none,
)
from annotate.cli.output import counted, figure, progress, show, table

if TYPE_CHECKING:
    from annotate.curves import Forecast, Pace, Point
    from annotate.workflows.curve import CurveMade

commands = typer.Typer()


@commands.command(rich_help_panel=LEARN)
def curve(
    recipe: Recipe = "linear",
    points: Annotated[
        int, typer.Option("--points", min=1, max=12, help="Sizes, each half of the next.")
    ] = 6,
    seeds: Annotated[
        int, typer.Option("--seeds", min=1, max=50, help="Times the articles are divided anew.")
    ] = 3,
    examples: Examples = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Default: reports/curve.json; with --examples none.",
        ),
    ] = None,
    seed: Seed = None,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Say how much better a model gets with more articles, in how many hours, or that it does not.

    Models are trained on ever more families of articles and scored on families left out. The test
    part of the data set is never touched.
    """
    from annotate.workflows import curve as steps

    place = workspace_or_none(workspace)
    with progress("Training") as advance:
        made = steps.make_curve(
            place,
            recipe_name=recipe,
            points=points,
            seeds=seeds,
            seed=seed_of(place, seed),
            examples=examples,
            advance=advance,
        )
    file = output
    if file is None and place is not None and examples is None:  # else it would be in the report
        file = place.root / "reports" / steps.FILENAME
    lines = list(_in_words(made))
    if file:
        steps.keep_curve(made, file)
        lines.append(f"Kept in {file}")
    show(lines, steps.as_data(made), as_json=as_json)


def _in_words(made: "CurveMade") -> Iterator[str]:
    found = made.curve
    where = (
        f"{counted(found.sentences, 'sentence')} of {counted(found.families, 'family', 'families')}"
    )
    yield (
        f"Learning curve of {made.recipe!r} on {where}, {counted(found.seeds, 'seed')}, scored on "
        "families left out"
    )
    labels = list(found.points[-1].per_label)
    rows = [("families", "sentences", "macro-F1", "95 %", *(f"F1 {label}" for label in labels))]
    rows += [_row(point, labels) for point in found.points]
    yield from table(rows)
    yield _verdict(made)
    yield from _further(made.forecast, made.pace, found.families)


def _row(point: "Point", labels: list[str]) -> tuple[str, ...]:
    from annotate.resampling import Interval

    spread = point.interval
    band = f"{spread.low:.3f} to {spread.high:.3f}" if isinstance(spread, Interval) else "–"
    shown = (figure(point.per_label[label]) for label in labels)
    families, sentences = f"{point.families:,}", f"{point.sentences:,.0f}"
    return families, sentences, figure(point.macro_f1), band, *shown


def _verdict(made: "CurveMade") -> str:
    from annotate.resampling import Interval

    gain, spread = made.curve.gain, made.curve.gain_interval
    if gain is None:
        return "One size says nothing of the next: label more articles, or ask for more --points"
    band = f" ({spread.low:+.3f} to {spread.high:+.3f})" if isinstance(spread, Interval) else ""
    brought = f"the last doubling of the articles brought {gain:+.3f}{band} of macro-F1"
    return {
        "flat": f"Flat: {brought}. More of the same will not help: work on the guideline, and look "
        "at what people disagree on (annotate agreement)",
        "rising": f"Rising: {brought}",
        "unclear": f"Not clear yet: {brought}",
    }[made.forecast.verdict]


def _further(found: "Forecast", pace: "Pace | None", families: int) -> Iterator[str]:
    """What the fitted law says of more articles, and what they would cost."""
    if found.law is None or found.now is None or found.doubled is None:
        yield "No forecast: a curve is fitted to 4 sizes or more"
        return
    law = found.law
    yield (
        f"Fitted: {law.ceiling:.3f} - {law.scale:.3f} * families^-{law.exponent:.2f}; "
        f"all {families:,} families {found.now:.3f}, twice as many {found.doubled:.3f}"
    )
    if found.families is None or found.sentences is None:
        yield "Another .02 is beyond what this curve reaches"
        return
    more = (
        f"{counted(found.families, 'more family', 'more families')} "
        f"(about {counted(found.sentences, 'sentence')})"
    )
    if pace is None or found.hours is None:
        yield f"Another .02 takes {more}; no timing, so no hours"
        return
    yield (
        f"Another .02 takes {more}: {found.hours:,.1f} hours at {pace.seconds:.0f} seconds a label "
        f"(median of {pace.timed:,}), {pace.labels_a_sentence:.1f} labels a sentence"
    )
