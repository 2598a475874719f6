"""Label: what to label next."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from annotate.cli.options import (
    HERE,
    LABEL,
    AsJson,
    Seed,
    WorkspaceFolder,
    open_workspace,
    seed_of,
)
from annotate.cli.output import counted, show

if TYPE_CHECKING:
    from annotate.workflows.suggesting import Suggested

commands = typer.Typer()

Strategy = Literal["balanced", "random", "uncertainty", "disagreement"]


@commands.command(rich_help_panel=LABEL)
def suggest(
    n: Annotated[int, typer.Option("--n", min=1, max=100_000, help="How many sentences.")] = 200,
    strategy: Annotated[
        Strategy,
        typer.Option(
            "--strategy",
            help="balanced: half looks for rare labels, half is where the model is unsure; without"
            " a model the rules look for every label. uncertainty: where it is least sure."
            " disagreement: where rules and model differ. random: any.",
        ),
    ] = "balanced",
    model: Annotated[
        str | None,
        typer.Option(
            "--model", metavar="NAME", help="Default: the only one there is.", show_default=False
        ),
    ] = None,
    seed: Seed = None,
    workspace: WorkspaceFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Choose the sentences to label next; the following push sends them.

    No sentence of an audit family is ever chosen (annotate tasks --audit), no story gives many, and
    of sentences that are nearly the same one is enough. The chosen ones are for training only.
    """
    from annotate.workflows.suggesting import suggest_tasks

    place = open_workspace(workspace)
    found = suggest_tasks(place, n, strategy=strategy, model=model, seed=seed_of(place, seed))
    show(_in_words(found), asdict(found), as_json=as_json)


def _in_words(found: "Suggested") -> Iterator[str]:
    where = f"{counted(found.families, 'family', 'families')} of articles"
    yield (
        f"{counted(found.tasks, 'sentence')} to label next, from {where}, at most "
        f"{found.most_of_family} of each"
    )
    yield f"Next: {found.following}"
    yield (
        f"In Label Studio they have the tab 'suggested {found.batch}': open it, then Label Tasks "
        "As Displayed"
    )
    by = f"by {found.model!r}" if found.model else "without a model"
    yield f"Chosen from {found.candidates:,} ({found.strategy}, {by}, seed {found.seed})"
    if found.likely:
        labels = ", ".join(f"{label} {count:,}" for label, count in found.likely.items())
        yield f"The {'model' if found.model else 'rules'} would call them: {labels}"
    if found.model:
        yield f"To have it label them first: annotate tasks --prelabel {found.model}, then push"
    if found.tasks < found.asked:
        yield (
            f"Fewer than the {found.asked:,} asked for: the rest are of stories that gave enough, "
            "or repeat what is there"
        )
    if found.waiting:
        earlier = counted(found.waiting, "sentence")
        yield f"Careful: {earlier} of an earlier batch still wait for a label (annotate pull?)"
