"""All that follows from an evaluation: figures with intervals, what stands beside it, its parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from annotate.evaluation.behaviour import Behaviour
from annotate.evaluation.ceiling import Ceiling, ceiling
from annotate.evaluation.columns import Columns
from annotate.evaluation.comparison import Comparison, compare, holm
from annotate.evaluation.measures import Basics, Curve, Measures, basics, curves, measure
from annotate.evaluation.results import Evaluation
from annotate.evaluation.slices import Slice, slices

RESAMPLES: Final = 2_000

Role = Literal["floor", "rival"]
"""A floor stands beside every evaluation; a rival was asked for."""


@dataclass(frozen=True, slots=True)
class Rival:
    """Another system on the same examples.

    Attributes:
        evaluation: what it said of them, in the same order.
        about: what it is, in words.
        role: a floor or a rival.
    """

    evaluation: Evaluation
    about: str
    role: Role


@dataclass(frozen=True, slots=True)
class Beside:
    """A system that stands beside the evaluated one.

    Attributes:
        name: of the system; no two that stand beside one another are called the same.
        about: what it is, in words.
        role: a floor or a rival.
        figures: its figures, with intervals.
        comparison: of the evaluated system with it.
    """

    name: str
    about: str
    role: Role
    figures: Basics
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Votes:
    """What annotators said of the scored examples.

    Attributes:
        of: the labels given to each example, by its id, one an annotator.
        blind: whether it is known that no pre-label was in sight.
        divided: of each group, how many sentences are no examples because annotators disagree.
    """

    of: Mapping[str, Sequence[str]]
    blind: bool
    divided: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Learnt:
    """A point of the learning curve of the model's recipe.

    Attributes:
        groups: families of articles that were learnt from.
        macro_f1: on others, in [0, 1].
        low: lower end of its 95% interval; None without one.
        high: upper end.
    """

    groups: int
    macro_f1: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Findings:
    """What was worked out from an evaluation.

    Attributes:
        measures: every figure with its interval.
        curves: precision and recall of each label at every threshold; empty without scores.
        beside: floors and rivals, compared with the evaluated system.
        ceiling: how annotators do by the same yardstick; None where nothing is known of that.
        slices: parts of the examples.
        behaviour: the behavioural tests; None where they do not fit.
        missing: what could not stand beside, a sentence each, and why.
        learning: the learning curve of the recipe, where one was measured; else empty.
    """

    measures: Measures
    curves: tuple[Curve, ...]
    beside: tuple[Beside, ...]
    ceiling: Ceiling | None
    slices: tuple[Slice, ...]
    behaviour: Behaviour | None = None
    missing: tuple[str, ...] = ()
    learning: tuple[Learnt, ...] = ()

    @property
    def rivals(self) -> tuple[Beside, ...]:
        """Those that were asked for."""
        return tuple(entry for entry in self.beside if entry.role == "rival")


def study(  # noqa: PLR0913  what a report is made of
    evaluation: Evaluation,
    *,
    rivals: Sequence[Rival],
    seed: int,
    votes: Votes | None = None,
    traits: Mapping[str, Sequence[str]] | None = None,
    behaviour: Behaviour | None = None,
    missing: Sequence[str] = (),
    learning: Sequence[Learnt] = (),
    resamples: int = RESAMPLES,
) -> Evaluation:
    """Work out everything that a report shows.

    Args:
        evaluation: what was scored.
        rivals: other systems on the same examples.
        seed: of the draws of groups and of the swaps.
        votes: of annotators, for the ceiling.
        traits: more traits to slice by, with the value of each item.
        behaviour: the behavioural tests of the model.
        missing: what could not stand beside, a sentence each.
        learning: the learning curve of the recipe.
        resamples: number of draws of groups.

    Returns:
        The evaluation with its findings.

    Raises:
        EvaluationError: a rival was scored on other examples.
    """
    columns = Columns.of(evaluation.items, evaluation.labels)
    found = Findings(
        measures=measure(columns, seed=seed, resamples=resamples),
        curves=curves(columns),
        beside=_beside(evaluation, columns, rivals, seed=seed, resamples=resamples),
        ceiling=_ceiling(evaluation, votes, seed=seed, resamples=resamples) if votes else None,
        slices=slices(evaluation.items, labels=evaluation.labels, more=traits or {}),
        behaviour=behaviour,
        missing=tuple(missing),
        learning=tuple(learning),
    )
    return replace(evaluation, findings=found)


def _ceiling(evaluation: Evaluation, votes: Votes, *, seed: int, resamples: int) -> Ceiling | None:
    return ceiling(
        evaluation.items,
        votes.of,
        labels=evaluation.labels,
        name=evaluation.model,
        seed=seed,
        resamples=resamples,
        blind=votes.blind,
        divided=sum(votes.divided.get(group, 0) for group in {i.group for i in evaluation.items}),
    )


def _beside(
    evaluation: Evaluation,
    columns: Columns,
    rivals: Sequence[Rival],
    *,
    seed: int,
    resamples: int,
) -> tuple[Beside, ...]:
    _, *names = _distinct([evaluation.model, *(rival.evaluation.model for rival in rivals)])
    others = [Columns.of(rival.evaluation.items, evaluation.labels) for rival in rivals]
    compared = holm(
        [
            compare(columns, other, names=(evaluation.model, name), seed=seed)
            for name, other in zip(names, others, strict=True)
        ]
    )
    return tuple(
        Beside(
            name=comparison.theirs,
            about=rival.about,
            role=rival.role,
            figures=basics(other, seed=seed, resamples=resamples),
            comparison=comparison,
        )
        for rival, other, comparison in zip(rivals, others, compared, strict=True)
    )


def _distinct(names: Sequence[str]) -> list[str]:
    """The names; one that another has already gets the least number that makes it its own."""
    found: list[str] = []
    for name in names:
        others = (name, *(f"{name} ({number})" for number in range(2, len(names) + 1)))
        found.append(next(each for each in others if each not in found))
    return found
