"""Gold labels to a data set, and the labelled sentences to learn from."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from annotate.dataset import (
    DatasetSummary,
    Making,
    build_examples,
    read_dataset,
    read_examples,
    unfit_for_test,
    write_dataset,
)
from annotate.errors import MissingFileError, NoWorkspaceError
from annotate.evaluation import Grouping
from annotate.models import recipe as recipe_of
from annotate.records import Annotation, Document, Example, Family, GoldLabel, Task
from annotate.scheme import Scheme
from annotate.settings import SplitBy
from annotate.sidecar import write_sidecar
from annotate.splits import has_splits
from annotate.splits.excluded import Excluded
from annotate.workflows.certificate import Advance, certify
from annotate.workflows.families import group_documents
from annotate.workflows.labelling import UNKNOWN, labelling
from annotate.workflows.sentences import labelled_tasks
from annotate.workflows.splitting import Divided, Material, SplitWish, divide, settled_wish
from annotate.workspace import Workspace

BY_FAMILY: Final = "family"
BY_FILE: Final = "the file's groups"
"""What keeps sentences in one split, in the words of the card."""
AS_SETTLED: Final = SplitWish()
"""The splits as the settings want them."""


@dataclass(frozen=True, slots=True)
class DatasetMade:
    """The data set of a workspace, and how it came about."""

    examples: tuple[Example, ...]
    summary: DatasetSummary
    making: Making
    split_by: SplitBy
    excluded: tuple[Excluded, ...]
    folder: Path
    renewed: str | None = None
    """Why the families of the documents had to be found anew; None if they had not."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """Labelled sentences: those of a workspace's data set, or of a file.

    ``kin`` holds, for the documents that have a family, the ids of all its documents.
    """

    examples: list[Example]
    labels: tuple[str, ...]
    grouping: Grouping
    scheme: Scheme | None
    kin: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Found:
    """What a data set is made of."""

    material: Material
    inputs: Sequence[Path]
    grouped_by: str
    wish: SplitWish = AS_SETTLED
    remarks: tuple[str, ...] = ()
    undecided: int = 0
    without_gold: int = 0
    renewed: str | None = None


def make_dataset(
    workspace: Workspace,
    *,
    seed: int,
    examples: Path | None,
    wish: SplitWish = AS_SETTLED,
    licence: str | None = None,
    scored_by: str | None = None,
    advance: Advance = lambda _done, _total: None,
) -> DatasetMade:
    """Build the data set from the gold labels, or from a file of labelled sentences.

    Args:
        workspace: whose data set it is.
        seed: of the random draws.
        examples: a file of labelled sentences in place of the gold labels.
        wish: what is asked of the splits beside the settings.
        licence: of the labels, for the card.
        scored_by: name of the recipe by which the certificate says what careless splits would
            score; None leaves these scores out.
        advance: is told how many trainings for these scores are done, and of how many.
    """
    recipe = recipe_of(scored_by) if scored_by else None
    with workspace.locked():
        found = _found(workspace, examples, wish)
    told = labelling(workspace, seed=seed) if examples is None else UNKNOWN
    with workspace.locked():
        divided = divide(workspace, found.material, found.wish, seed=seed)
        examples_made = divided.division.examples
        certificate = certify(
            examples_made,
            documents=found.material.documents,
            families=list(workspace.existing(Family)) if examples is None else (),
            recipe=recipe,
            labels=_occurring(examples_made, workspace.scheme.label_names),
            seed=seed,
            advance=advance,
        )
        making = Making(
            scheme=workspace.scheme,
            seed=seed,
            grouped_by=found.grouped_by,
            how=divided.how,
            undecided=found.undecided,
            without_gold=found.without_gold,
            notes=workspace.notes,
            remarks=(*found.remarks, *divided.remarks),
            agreement=told.agreement,
            annotators=told.annotators,
            licence=licence,
            certificate=certificate,
        )
        return _written(workspace, found, divided, making)


def _found(workspace: Workspace, path: Path | None, wish: SplitWish) -> _Found:
    settings = workspace.settings.split
    if path is None:
        wish = settled_wish(settings, wish, given=False)
        return replace(_from_gold(workspace, allow_single=bool(wish.allow_single)), wish=wish)
    examples = read_examples(path, labels=workspace.scheme.label_names)
    wish = settled_wish(settings, wish, given=has_splits(examples))
    return _Found(Material(examples), [path], BY_FILE, wish=wish)


def _occurring(examples: Sequence[Example], labels: Sequence[str]) -> tuple[str, ...]:
    """The labels of the scheme that occur: no model learns others."""
    found = {example.label for example in examples}
    return tuple(label for label in labels if label in found)


def _written(workspace: Workspace, found: _Found, divided: Divided, making: Making) -> DatasetMade:
    excluded = divided.division.excluded
    folder = workspace.dataset
    summary = write_dataset(folder, divided.division.examples, making=making, excluded=excluded)
    write_sidecar(
        folder, command="dataset", inputs=found.inputs, seed=making.seed, options=divided.options
    )
    return DatasetMade(
        examples=divided.division.examples,
        summary=summary,
        making=making,
        split_by=divided.by,
        excluded=excluded,
        folder=folder,
        renewed=found.renewed,
    )


def _from_gold(workspace: Workspace, *, allow_single: bool) -> _Found:
    """The examples that the gold labels make, and which of them may not count in test."""
    grouped = group_documents(workspace)
    gold = list(workspace.read(GoldLabel))
    built = build_examples(grouped.documents, labelled_tasks(workspace), gold)
    for made in built.examples:
        workspace.scheme.check_label(made.label, f"{workspace.path(GoldLabel)}, task {made.id}")
    annotators = _annotators(workspace, gold)
    unfit = unfit_for_test(gold, several=annotators > 1, allow_single=allow_single)
    return _Found(
        material=Material(built.examples, grouped.documents, unfit),
        inputs=[workspace.path(record) for record in (Document, Family, Task, GoldLabel)],
        grouped_by=BY_FAMILY,
        remarks=tuple(_of_annotators(annotators, allow_single=allow_single)),
        undecided=built.undecided,
        without_gold=built.without_gold,
        renewed=grouped.renewed,
    )


def _annotators(workspace: Workspace, gold: Sequence[GoldLabel]) -> int:
    """How many people labelled; as far as the votes say where no annotations are there."""
    names = {one.annotator for one in workspace.existing(Annotation) if not one.skipped}
    return len(names) or max((sum(one.votes.values()) for one in gold), default=0)


def _of_annotators(count: int, *, allow_single: bool) -> Iterator[str]:
    if count == 1:
        yield "One annotator labelled everything: nobody has checked the labels, in test neither."
    elif allow_single:
        yield (
            "One label without a pre-label was let do in test (`--allow-single`), though several "
            "people label: such labels were not checked."
        )


def labelled(
    workspace: Workspace | None, examples: Path | None, *, others: Iterable[str] = ()
) -> Labelled:
    """The examples of a file, or those of the workspace's data set.

    Outside a workspace there is no scheme: the labels are those that occur, and the others.

    Args:
        workspace: for its scheme and its data set.
        examples: labelled sentences in place of the data set.
        others: labels that count without a scheme though the file may not have them, such as those
            that a model knows.

    Raises:
        NoWorkspaceError: neither a file nor a workspace.
        MissingFileError: the data set has not been made yet.
    """
    scheme = workspace.scheme if workspace else None
    families = list(workspace.existing(Family)) if workspace else []
    kin = {name: family.documents for family in families for name in family.documents}
    if examples is not None:
        found = read_examples(examples, labels=scheme.label_names if scheme else None)
        occurring = tuple(sorted({*others, *(example.label for example in found)}))
        labels = scheme.label_names if scheme else occurring
        return Labelled(found, labels, "group", scheme, kin)
    if workspace is None or scheme is None:
        raise NoWorkspaceError(Path())
    if not workspace.dataset.is_dir():
        raise MissingFileError(workspace.dataset, "annotate dataset")
    found = read_dataset(workspace.dataset)
    grouping: Grouping = "family" if workspace.has(Family) else "article"
    return Labelled(found, scheme.label_names, grouping, scheme, kin)
