"""How well people do what the model does, by the very same yardstick."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from annotate.evaluation.columns import Columns
from annotate.evaluation.comparison import Comparison, compare
from annotate.evaluation.intervals import Figure
from annotate.evaluation.measures import basics
from annotate.evaluation.results import Scored

PEOPLE = "annotators"
"""What a comparison calls them."""


@dataclass(frozen=True, slots=True)
class Ceiling:
    """Annotators and the model, both held against what the other annotators said.

    Each vote on an example is scored against the label that most of the other votes give it, and
    so is the model's answer. Where the others tie, both are left out.

    Attributes:
        people: macro-F1 of the annotators.
        model: macro-F1 of the model on the same examples against the same references.
        f1_people: F1 of each label, of the annotators.
        f1_model: F1 of each label, of the model.
        labels: the labels.
        examples: number of examples with a reference.
        votes: number of votes that were scored.
        ties: votes left out because the others tie.
        divided: sentences of the same groups that have no gold label because the annotators
            disagree; where there are some, both figures are too high.
        groups: number of groups.
        comparison: the model against the annotators.
        blind: whether it is known that no vote was given with a pre-label in sight.
    """

    people: Figure
    model: Figure
    f1_people: tuple[Figure, ...]
    f1_model: tuple[Figure, ...]
    labels: tuple[str, ...]
    examples: int
    votes: int
    ties: int
    divided: int
    groups: int
    comparison: Comparison
    blind: bool


def ceiling(
    items: Sequence[Scored],
    votes: Mapping[str, Sequence[str]],
    *,
    labels: Sequence[str],
    name: str,
    seed: int,
    resamples: int,
    blind: bool,
    divided: int = 0,
) -> Ceiling | None:
    """Score annotators and a model against leave-one-annotator-out references.

    Args:
        items: what the model said.
        votes: the labels that annotators gave each example, by its id, one an annotator.
        labels: the labels in the order of every table; votes for others are left out.
        name: of the model.
        seed: of the draws of groups.
        resamples: number of draws.
        blind: whether the votes were given without a pre-label in sight.
        divided: sentences of the same groups that are left out because the annotators disagree.

    Returns:
        None where no example has two votes with a reference.

    Source:
        Measured as "human performance" in Nangia and Bowman (2019), Human vs. Muppet, with the
        others' majority as the reference; both sides against one reference, so that neither has a
        part in it.
    """
    asked: list[tuple[Scored, str, str]] = []
    ties = 0
    for item in items:
        given = [vote for vote in votes.get(item.id, ()) if vote in labels]
        for vote, reference in _references(given):
            ties += reference is None
            if reference is not None:
                asked.append((item, vote, reference))
    if not asked:
        return None
    place = {label: number for number, label in enumerate(labels)}
    model, people = (
        _columns(asked, [place[answer] for answer in answers], place)
        for answers in ([item.predicted for item, _, _ in asked], [vote for _, vote, _ in asked])
    )
    ours, theirs = (basics(each, seed=seed, resamples=resamples) for each in (model, people))
    return Ceiling(
        people=theirs.macro_f1,
        model=ours.macro_f1,
        f1_people=theirs.f1,
        f1_model=ours.f1,
        labels=tuple(labels),
        examples=len({item.id for item, _, _ in asked}),
        votes=len(asked),
        ties=ties,
        divided=divided,
        groups=model.clusters,
        comparison=compare(model, people, names=(name, PEOPLE), seed=seed),
        blind=blind,
    )


def _references(votes: Sequence[str]) -> list[tuple[str, str | None]]:
    """Each vote with what most of the others say; None where they tie. Lone votes are left out."""
    counts = Counter(votes)
    found: list[tuple[str, str | None]] = []
    for vote in votes:
        others = counts - Counter([vote])
        ranked = others.most_common(2)
        if not ranked:
            continue
        tied = len(ranked) > 1 and ranked[0][1] == ranked[1][1]
        found.append((vote, None if tied else ranked[0][0]))
    return found


def _columns(
    asked: Sequence[tuple[Scored, str, str]], predicted: Sequence[int], place: Mapping[str, int]
) -> Columns:
    names, cluster = np.unique([item.group for item, _, _ in asked], return_inverse=True)
    return Columns(
        labels=tuple(place),
        gold=np.array([place[reference] for _, _, reference in asked], dtype=np.intp),
        predicted=np.array(predicted, dtype=np.intp),
        scores=None,
        cluster=cluster.astype(np.intp),
        clusters=len(names),
    )
