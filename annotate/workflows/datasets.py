"""Gold labels to a data set, and the labelled sentences to learn from."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from annotate.dataset import (
    DatasetSummary,
    build_examples,
    read_dataset,
    read_examples,
    write_dataset,
)
from annotate.errors import MissingFileError, NoWorkspaceError
from annotate.evaluation import Grouping
from annotate.records import Document, Example, Family, GoldLabel, Task
from annotate.scheme import Scheme
from annotate.sidecar import write_sidecar
from annotate.splits import assign, has_splits, split_groups
from annotate.workflows.families import group_documents
from annotate.workflows.sentences import labelled_tasks
from annotate.workspace import Workspace

BY_FAMILY: Final = "family"
BY_FILE: Final = "the file's groups"
"""What keeps sentences in one split, in the words of the card."""


@dataclass(frozen=True, slots=True)
class DatasetMade:
    """The data set of a workspace. ``undecided`` counts open ties, which are left out."""

    summary: DatasetSummary
    grouped_by: str
    undecided: int
    folder: Path
    renewed: str | None = None
    """Why the families of the documents had to be found anew; None if they had not."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """Labelled sentences: those of a workspace's data set, or of a file."""

    examples: list[Example]
    labels: tuple[str, ...]
    grouping: Grouping
    scheme: Scheme | None


def make_dataset(workspace: Workspace, *, seed: int, examples: Path | None) -> DatasetMade:
    """Build the data set from the gold labels, or from a file of labelled sentences."""
    with workspace.locked():
        return _make_dataset(workspace, seed=seed, examples=examples)


def _make_dataset(workspace: Workspace, *, seed: int, examples: Path | None) -> DatasetMade:
    scheme, grouped_by, undecided, without_gold = workspace.scheme, BY_FILE, 0, 0
    renewed = None
    if examples is not None:
        inputs, found = [examples], read_examples(examples, labels=scheme.label_names)
    else:
        grouped = group_documents(workspace)
        inputs = [workspace.path(record) for record in (Document, Family, Task, GoldLabel)]
        renewed = grouped.renewed
        built = build_examples(
            grouped.documents, labelled_tasks(workspace), workspace.read(GoldLabel)
        )
        found, grouped_by = built.examples, BY_FAMILY
        undecided, without_gold = built.undecided, built.without_gold
    if not has_splits(found):
        shares = workspace.settings.split.shares
        found = assign(found, split_groups(found, shares=shares, seed=seed))
    summary = write_dataset(
        workspace.dataset,
        found,
        scheme=scheme,
        seed=seed,
        grouped_by=grouped_by,
        undecided=undecided,
        without_gold=without_gold,
        notes=workspace.notes,
    )
    write_sidecar(workspace.dataset, command="dataset", inputs=inputs, seed=seed)
    return DatasetMade(summary, grouped_by, undecided, workspace.dataset, renewed)


def labelled(workspace: Workspace | None, examples: Path | None) -> Labelled:
    """The examples of a file, or those of the workspace's data set.

    Outside a workspace there is no scheme: the labels are those that occur, in order.

    Raises:
        NoWorkspaceError: neither a file nor a workspace.
        MissingFileError: the data set has not been made yet.
    """
    scheme = workspace.scheme if workspace else None
    if examples is not None:
        found = read_examples(examples, labels=scheme.label_names if scheme else None)
        occurring = tuple(sorted({example.label for example in found}))
        labels = scheme.label_names if scheme else occurring
        return Labelled(found, labels, "group", scheme)
    if workspace is None or scheme is None:
        raise NoWorkspaceError(Path())
    if not workspace.dataset.is_dir():
        raise MissingFileError(workspace.dataset, "annotate dataset")
    found = read_dataset(workspace.dataset)
    grouping: Grouping = "family" if workspace.has(Family) else "article"
    return Labelled(found, scheme.label_names, grouping, scheme)
