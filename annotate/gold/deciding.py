"""Gold labels by any method, with what must be known before they are believed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np

from annotate.errors import GoldError
from annotate.gold.ballots import Ballots, ballots, gold_label
from annotate.gold.dawid_skene import dawid_skene
from annotate.gold.mace import mace
from annotate.gold.majority import majority
from annotate.gold.votes import Table, VoteTable
from annotate.records import Annotation, GoldLabel
from annotate.scheme import Scheme

VoteMethod = Literal["majority", "dawid-skene", "mace"]
METHODS: Final[tuple[VoteMethod, ...]] = get_args(VoteMethod)
"""How votes can be made into labels."""


@dataclass(frozen=True, slots=True)
class Decided:
    """Gold labels, and how they were decided.

    Attributes:
        gold: one a task that somebody labelled, in the order of the task ids.
        method: how votes were made into labels.
        votes: labels that annotators gave.
        with_prelabel: those of them that were given where a pre-label was shown. They count, and
            ``GoldLabel.independent`` leaves them out.
        skipped: annotations without a label; they do not count.
        cautions: what must be known before the labels are believed, a sentence each.
    """

    gold: tuple[GoldLabel, ...]
    method: VoteMethod
    votes: int
    with_prelabel: int
    skipped: int
    cautions: tuple[str, ...] = ()


def decide(
    annotations: Iterable[Annotation], *, scheme: Scheme, method: VoteMethod, seed: int
) -> Decided:
    """Decide the label of each task that somebody labelled.

    Args:
        annotations: at most one per (task, annotator); any order.
        scheme: the label scheme; ``scores`` covers its labels.
        method: `majority`, or a model of the annotators (`dawid_skene`, `mace`).
        seed: of the beginnings that MACE tries; the other methods draw nothing.

    Raises:
        UnknownLabelError: an annotation's label is not in the scheme.
        GoldError: two annotations of one task by one annotator; or a model is asked for, and no
            task has two labels to compare.
    """
    everything = list(annotations)
    labelled = [vote for vote in everything if vote.label is not None]
    gold: Iterable[GoldLabel]
    cautions: tuple[str, ...] = ()
    if method == "majority":
        gold = majority(labelled, scheme=scheme)
    else:
        gold, cautions = _by_model(ballots(labelled, scheme=scheme), scheme, method, seed)
    return Decided(
        gold=tuple(gold),
        method=method,
        votes=len(labelled),
        with_prelabel=sum(vote.prelabel_shown for vote in labelled),
        skipped=len(everything) - len(labelled),
        cautions=cautions,
    )


def _by_model(
    votes: Ballots, scheme: Scheme, method: VoteMethod, seed: int
) -> tuple[Iterator[GoldLabel], tuple[str, ...]]:
    table = VoteTable.from_annotations((v for on in votes.values() for v in on), scheme.label_names)
    _check_overlap(table, method)
    cautions = list(_cautions(table))
    scores: Table
    if method == "mace":
        scores = mace(table, seed=seed).scores
    else:
        found = dawid_skene(table)
        scores = found.scores
        if not found.converged:
            cautions.append(f"The scores had not come to rest after {found.rounds} rounds.")
    rows = zip(table.tasks, scores.tolist(), strict=True)
    labels = (
        gold_label(
            name, votes[name], dict(zip(table.labels, row, strict=True)),
            method=method, scheme=scheme,
        )
        for name, row in rows
    )  # fmt: skip
    return labels, tuple(cautions)


def _check_overlap(table: VoteTable, method: VoteMethod) -> None:
    """A model learns who errs from tasks that two annotators labelled."""
    remedy = "Have a second person label some of the tasks, or use --method majority."
    if len(table.annotators) == 1:
        msg = (
            f"{table.annotators[0]} alone has labelled, and {method} compares annotators. {remedy}"
        )
        raise GoldError(msg)
    if len(table.task) == len(table.tasks):
        msg = f"No task has labels of two annotators, and {method} compares annotators. {remedy}"
        raise GoldError(msg)


def _cautions(table: VoteTable) -> Iterator[str]:
    if len(table.labels) == 1:
        yield f"Every label is {table.labels[0]!r}, so its score of 1 says nothing."
    elif bool((table.shares.max(axis=1) == 1).all()):
        yield "All annotators agree on every task, so nothing shows who of them errs more often."
    tasks = np.bincount(table.annotator)
    few = [name for name, count in zip(table.annotators, tasks.tolist(), strict=True) if count == 1]
    if few:
        who = few[0] if len(few) == 1 else f"{few[0]} and {len(few) - 1} more"
        yield f"{who} labelled one task alone: how often they err is not known from that."
