"""Which examples a model may learn from, and which it may be scored on."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Protocol

from annotate.errors import EvaluationError, SplitError
from annotate.records import Document, Example, Split
from annotate.splits.groups import split_groups
from annotate.splits.sentences import NO_SENTENCES, Digests, known_groups

_SHARES: Final[Mapping[Split, float]] = {"train": 0.8, "test": 0.2}
"""Of examples that come without splits."""


class TrainedOn(Protocol):
    """What a model has seen; the manifest of a model is one."""

    @property
    def groups(self) -> Collection[str]:
        """The groups of the training examples."""

    @property
    def documents(self) -> Collection[str]:
        """The ids of the documents they came from, as far as known."""


@dataclass(frozen=True, slots=True)
class TrainingPart:
    """The examples to train on, and in words how they were chosen."""

    examples: tuple[Example, ...]
    how: str


def training_part(examples: Sequence[Example], *, seed: int) -> TrainingPart:
    """Choose what to train on: the split "train", or without splits 80 % of the examples.

    Args:
        examples: with a split each, or none with one.
        seed: of the 80/20 split by groups.

    Raises:
        SplitError: some examples have a split and others none, none is for training, one group
            stands in two splits, or there are fewer than 2 groups.
    """
    if has_splits(examples):
        chosen = tuple(example for example in examples if example.split == "train")
        if not chosen:
            msg = 'No example has the split "train". Give some, or leave the splits out.'
            raise SplitError(msg)
        return TrainingPart(chosen, 'the split "train" that the examples came with')
    split_of = split_groups(examples, shares=_SHARES, seed=seed)
    chosen = tuple(example for example in examples if split_of[example.group] == "train")
    return TrainingPart(chosen, f"the train groups of an 80/20 split by group, seed {seed}")


def unseen_part(
    examples: Sequence[Example],
    trained_on: TrainedOn,
    *,
    kin: Mapping[str, Collection[str]] = MappingProxyType({}),
    sentences: Digests = NO_SENTENCES,
) -> list[Example]:
    """Choose what a model may be scored on: only groups and documents that it has not seen.

    Args:
        examples: with a split each (then those of "test" are chosen), or none with one.
        trained_on: what the model has seen, such as its manifest.
        kin: for documents, by id, the ids of all documents of their family today. A model that
            was trained on one before the family was known has seen the whole family.
        sentences: digests of those that it was trained on. A group that is known by these alone
            (`annotate.splits.sentences.known_groups`) is left out, in a test split too.

    Raises:
        SplitError: some examples have a split and others none, or one group stands in two.
        EvaluationError: there is no test split, the model was trained on one of its groups or
            documents, or it has seen every group.
    """
    seen = _seen_groups(examples, trained_on, kin)
    chosen = list(examples)
    if has_splits(examples):
        chosen = [example for example in examples if example.split == "test"]
        if not chosen:
            msg = 'No example has the split "test". Give some, or use `--folds`.'
            raise EvaluationError(msg)
        if leaked := sorted({example.group for example in chosen} & seen):
            msg = (
                f"The model was trained on {len(leaked)} of the test groups, such as "
                f"{leaked[0]!r}, so its score would be too good. Train again with these splits, "
                "then evaluate."
            )
            raise EvaluationError(msg)
    seen |= known_groups(chosen, sentences)
    if unseen := [example for example in chosen if example.group not in seen]:
        return unseen
    msg = (
        "The model was trained on every group of these examples, so a score would say nothing. "
        "Evaluate on other articles, or use `--folds`."
    )
    raise EvaluationError(msg)


def assign(examples: Sequence[Example], splits: Mapping[str, Split]) -> list[Example]:
    """The examples with the split of their group, in the same order.

    Raises:
        SplitError: a group is in no split.
    """
    if missing := sorted({example.group for example in examples} - splits.keys()):
        msg = f"Group {missing[0]!r} was given to no split. Split these examples afresh."
        raise SplitError(msg)
    return [example.model_copy(update={"split": splits[example.group]}) for example in examples]


def has_splits(examples: Sequence[Example]) -> bool:
    """Whether the examples come with their splits.

    Raises:
        SplitError: some have one and others none, or one group stands in two splits.
    """
    without = [example.id for example in examples if example.split is None]
    if len(without) == len(examples):
        return False
    if without:
        msg = (
            f"{len(without)} of {len(examples)} examples have no split, such as {without[0]!r}. "
            "Give one to all or to none."
        )
        raise SplitError(msg)
    split_of: dict[str, Split | None] = {}
    for example in examples:
        if split_of.setdefault(example.group, example.split) != example.split:
            msg = (
                f"Group {example.group!r} is in {split_of[example.group]} and in {example.split} "
                f"(example {example.id!r}). Keep each group in one split."
            )
            raise SplitError(msg)
    return True


def _seen_groups(
    examples: Sequence[Example], trained_on: TrainedOn, kin: Mapping[str, Collection[str]]
) -> frozenset[str]:
    """Groups that the model knows, by name or by one of their documents."""
    groups, documents = frozenset(trained_on.groups), frozenset(trained_on.documents)
    return frozenset(
        example.group
        for example in examples
        if example.group in groups
        or example.document_id in documents
        or not documents.isdisjoint(kin.get(example.document_id or "", ()))
    )


def seen_in_training(
    documents: Iterable[Document], trained_on: TrainedOn
) -> Callable[[Document], bool]:  # fmt: skip
    """A function that says whether a model knows a document, or another of its family.

    Args:
        documents: with their families.
        trained_on: the model's manifest.
    """
    groups, ids = set(trained_on.groups), set(trained_on.documents)
    group_of = {document.id: document.group for document in documents}
    groups |= {group for name, group in group_of.items() if name in ids}
    return lambda document: (
        document.id in ids or group_of.get(document.id, document.group) in groups
    )
