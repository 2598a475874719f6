"""Options that several commands share."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from annotate.workspace import Workspace

PREPARE, LABEL, JUDGE, LEARN, USE, HELP = "Prepare", "Label", "Judge", "Learn", "Use", "Help"
"""Panels of the help page, in the order of the work."""

WorkspaceFolder = Annotated[
    Path,
    typer.Option(
        "--workspace",
        "-w",
        metavar="DIR",
        help="The workspace. Default: this folder or the nearest above it that is one.",
        show_default=False,
    ),
]
HERE = Path()
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object for machines.")]
Examples = Annotated[
    Path | None,
    typer.Option(
        "--examples",
        metavar="FILE",
        help="Labelled sentences from elsewhere (.jsonl, .csv, .parquet) in place of the data set.",
    ),
]
Seed = Annotated[
    int | None,
    typer.Option(
        "--seed", min=0, help="Of every random draw. Default: the workspace's.", show_default=False
    ),
]

Recipe = Annotated[
    str,
    typer.Option(
        "--recipe",
        help="How to learn: linear, embedding, encoder, ensemble (of linear and encoder), tfidf, "
        "rules or majority.",
    ),
]

NEURAL = "With the extra neural"
Encoder = Annotated[
    str | None,
    typer.Option(
        "--encoder",
        metavar="NAME_OR_FOLDER",
        help="Pretrained encoder: a name on the Hugging Face hub, or a folder. Default: "
        "sentence-transformers/all-MiniLM-L6-v2.",
        show_default=False,
        rich_help_panel=NEURAL,
    ),
]
Trainings = Annotated[
    int | None,
    typer.Option(
        "--trainings",
        min=1,
        max=8,
        help="Fine-tune an encoder so often, for the mean of what is learnt: better and steadier "
        "scores, for so many times the time.",
        rich_help_panel=NEURAL,
    ),
]
Epochs = Annotated[
    int | None,
    typer.Option(
        "--epochs", min=1, help="Passes over the sentences at most.", rich_help_panel=NEURAL
    ),
]
LearningRate = Annotated[
    float | None,
    typer.Option("--learning-rate", help="The highest of the training.", rich_help_panel=NEURAL),
]
BatchSize = Annotated[
    int | None,
    typer.Option("--batch-size", min=1, help="Sentences a step.", rich_help_panel=NEURAL),
]
MaxLength = Annotated[
    int | None,
    typer.Option(
        "--max-length",
        min=8,
        help="Word pieces of a sentence and its context that are looked at.",
        rich_help_panel=NEURAL,
    ),
]
Half = Annotated[
    bool | None,
    typer.Option(
        "--half/--no-half",
        help="Compute in 16 bits (bfloat16). Default: on a GPU that can.",
        show_default=False,
        rich_help_panel=NEURAL,
    ),
]
RetrainEvery = Annotated[
    int | None,
    typer.Option(
        "--retrain-every",
        metavar="N",
        min=1,
        help="Train anew, in a process beside, when N gold labels are new, and let the new "
        "model answer if it is not worse on audit-dev. Needs annotate tasks --audit.",
        show_default=False,
    ),
]


def open_workspace(folder: Path) -> "Workspace":
    """The workspace that a command shall work in: the one named, else the nearest.

    Raises:
        NoWorkspaceError: the folder named is none, or there is none near.
    """
    from annotate.workspace import Workspace

    return Workspace.find(folder) if folder == HERE else Workspace(folder)


def workspace_or_none(folder: Path) -> "Workspace | None":
    """The workspace if there is one; commands that take `--examples` can do without."""
    from annotate.errors import NoWorkspaceError

    try:
        return open_workspace(folder)
    except NoWorkspaceError:
        if folder != HERE:
            raise
        return None


def seed_of(workspace: "Workspace | None", seed: int | None) -> int:
    """The seed of the command line, else the workspace's, else 0."""
    if seed is not None:
        return seed
    return workspace.settings.seed if workspace else 0
