"""How much annotators agree: altogether, on each label, and by who, when and which scheme."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from annotate.agreement.coefficients import (
    ac1,
    ac1_cells,
    agreeing_pairs,
    alphas,
    coincidences,
    contingency,
    kappa,
    raw_agreement,
)
from annotate.agreement.figures import SHARE, Figure, Resampling, figures
from annotate.agreement.votes import Counts, Votes

_NO_OVERLAP = "undefined: no task has two labels"


@dataclass(frozen=True, slots=True)
class Coefficients:
    """Agreement on some tasks, in three figures that make different things of chance.

    Attributes:
        tasks: tasks with at least two labels.
        labels: labels of these.
        families: families of articles that these tasks are from.
        alpha: Krippendorff's alpha: 1 perfect, 0 chance, below 0 systematic disagreement.
        agreement: mean share of pairs of labels of a task that agree, in [0, 1].
        ac1: Gwet's AC1, which a rare label lowers less than alpha.
    """

    tasks: int
    labels: int
    families: int
    alpha: Figure
    agreement: Figure
    ac1: Figure


@dataclass(frozen=True, slots=True)
class LabelAgreement:
    """Agreement on one label against all others.

    Attributes:
        label: the label.
        alpha: Krippendorff's alpha of this label against the rest.
        labels: how often it was given, on tasks with at least two labels.
        families: families of articles in which it was.
    """

    label: str
    alpha: Figure
    labels: int
    families: int


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """Agreement of two annotators on the tasks that both labelled."""

    annotators: tuple[str, str]
    tasks: int
    families: int
    kappa: Figure
    """Cohen's kappa."""
    agreement: Figure
    """Share of tasks in [0, 1] with the same label."""


@dataclass(frozen=True, slots=True)
class AnnotatorAgreement:
    """What one annotator did, and how it fits what the others did.

    Attributes:
        annotator: the pseudonym.
        labels: labels given without a pre-label.
        compared: those on tasks that somebody else labelled too.
        skipped: tasks skipped.
        agreement: share in [0, 1] of the others' labels of the same tasks that are the same.
        use: share in [0, 1] of each label among those that can be compared.
        others_use: share of each label that the others gave to these tasks.
        seconds: median working time a label; None where none was measured.
    """

    annotator: str
    labels: int
    compared: int
    skipped: int
    agreement: Figure
    use: Mapping[str, float]
    others_use: Mapping[str, float]
    seconds: float | None


@dataclass(frozen=True, slots=True)
class PartAgreement:
    """Agreement on the tasks of a week or of a version of the scheme."""

    name: str
    coefficients: Coefficients


def coefficients(votes: Votes, how: Resampling) -> Coefficients:
    """Alpha, raw agreement and AC1.

    Args:
        votes: at most one row for each annotator and place.
        how: how intervals are made.
    """
    return _coefficients(votes, how, _coincidences(votes))


def _coefficients(votes: Votes, how: Resampling, met: Counts) -> Coefficients:
    sums = votes.by_family(agreeing_pairs(votes.counts))
    (agreement,) = figures(sums, raw_agreement, how, undefined=(_NO_OVERLAP,), within=SHARE)
    (chance_free,) = figures(
        votes.by_family(ac1_cells(votes.counts)), ac1, how, undefined=(_NO_OVERLAP,)
    )
    (alpha,) = figures(met, alphas, how, undefined=(_why_undefined(votes),))
    return Coefficients(
        tasks=votes.tasks,
        labels=votes.compared,
        families=int(sums.any(axis=1).sum()),
        alpha=alpha,
        agreement=agreement,
        ac1=chance_free,
    )


def _coincidences(votes: Votes) -> Counts:
    return votes.by_family(coincidences(votes.counts))


def _why_undefined(votes: Votes) -> str:
    """Why alpha of these labels has no value, where it has none."""
    if not votes.tasks:
        return _NO_OVERLAP
    used = votes.counts[votes.per_place > 1].sum(axis=0)
    return f"undefined (0/0): every label is {votes.labels[int(used.argmax())]!r}"


def per_label(votes: Votes, how: Resampling) -> tuple[LabelAgreement, ...]:
    """Alpha of each label against the rest, in the order of the scheme.

    Args:
        votes: at most one row for each annotator and place.
        how: how intervals are made.
    """
    width = len(votes.labels)
    met = _coincidences(votes)
    use = np.rint(met.reshape(-1, width, width).sum(axis=2))
    given = use.sum(axis=0)
    why = [
        "undefined (0/0): nobody gave it" if not count else "undefined (0/0): nobody gave another"
        for count in given
    ]
    kinds = np.eye(width, dtype=bool)
    found = figures(met, lambda sums: alphas(sums, kinds), how, undefined=why)
    counts, families = given.astype(int).tolist(), (use > 0).sum(axis=0).tolist()
    return tuple(map(LabelAgreement, votes.labels, found, counts, families))


def per_pair(votes: Votes, how: Resampling) -> tuple[PairAgreement, ...]:
    """Every two annotators with a task in common, those with the most tasks first.

    Args:
        votes: at most one row for each annotator and place.
        how: how intervals are made.
    """
    rows = [votes.where(votes.annotator == place) for place in range(len(votes.annotators))]
    found = [
        _pair(votes, one, other, how.without_draws)
        for one, other in combinations(sorted(rows, key=_name), 2)
        if len(one) and len(other) and np.isin(one.place, other.place).any()
    ]
    return tuple(sorted(found, key=lambda pair: (-pair.tasks, pair.annotators)))


def _name(rows: Votes) -> str:
    return rows.annotators[rows.annotator[0]] if len(rows) else ""


def _pair(votes: Votes, one: Votes, other: Votes, how: Resampling) -> PairAgreement:
    sums = contingency(one, other)
    same = np.eye(len(votes.labels), dtype=bool).ravel()
    compared = np.column_stack([sums.sum(axis=1), sums[:, same].sum(axis=1)])
    undefined = "undefined (0/0): both gave one and the same label throughout"
    (found,) = figures(sums, kappa, how, undefined=(undefined,))
    (agreement,) = figures(compared, raw_agreement, how, undefined=(_NO_OVERLAP,), within=SHARE)
    return PairAgreement(
        annotators=(_name(one), _name(other)),
        tasks=int(sums.sum()),
        families=len(sums),
        kappa=found,
        agreement=agreement,
    )


def per_annotator(
    votes: Votes, how: Resampling, *, skipped: Mapping[str, int]
) -> tuple[AnnotatorAgreement, ...]:
    """Everybody who gave or skipped a label, by name.

    Args:
        votes: at most one row for each annotator and place.
        how: how intervals are made.
        skipped: tasks that each annotator skipped.
    """
    names = sorted({*votes.annotators, *(name for name, count in skipped.items() if count)})
    place_of = {name: place for place, name in enumerate(votes.annotators)}
    return tuple(
        _annotator(votes, name, place_of.get(name, -1), how.without_draws, skipped.get(name, 0))
        for name in names
    )


def _annotator(
    votes: Votes, name: str, place: int, how: Resampling, skipped: int
) -> AnnotatorAgreement:
    own = votes.where(votes.annotator == place)
    compared = own.where(votes.per_place[own.place] > 1)
    others = votes.counts[compared.place].sum(axis=0) - np.bincount(
        compared.label, minlength=len(votes.labels)
    )
    partners = votes.per_place[compared.place] - 1
    same = votes.counts[compared.place, compared.label] - 1
    sums = compared.rows_by_family(np.column_stack([partners, same]))
    undefined = "undefined: nobody else labelled the same tasks"
    (agreement,) = figures(sums, raw_agreement, how, undefined=(undefined,), within=SHARE)
    measured = own.seconds[~np.isnan(own.seconds)]
    return AnnotatorAgreement(
        annotator=name,
        labels=len(own),
        compared=len(compared),
        skipped=skipped,
        agreement=agreement,
        use=_shares(votes.labels, np.bincount(compared.label, minlength=len(votes.labels))),
        others_use=_shares(votes.labels, others),
        seconds=float(np.median(measured)) if len(measured) else None,
    )


def _shares(labels: Sequence[str], counts: Iterable[float]) -> dict[str, float]:
    listed = [float(count) for count in counts]
    total = sum(listed)
    return {label: count / total for label, count in zip(labels, listed, strict=True) if total}


def per_week(votes: Votes, how: Resampling) -> tuple[PartAgreement, ...]:
    """Agreement on the tasks of each ISO week: that in which their last label was made.

    Args:
        votes: at most one row for each annotator and place.
        how: how intervals are made.
    """
    order = np.argsort(np.argsort(votes.weeks)) if votes.weeks else np.zeros(0, np.int64)
    last = np.full(len(votes.places), -1)
    np.maximum.at(last, votes.place, order[votes.week])
    names = sorted(votes.weeks)
    return _parts(votes, [names[place] if place >= 0 else "" for place in last.tolist()], how)


def per_version(votes: Votes, how: Resampling) -> tuple[PartAgreement, ...]:
    """Agreement on the tasks of each version of the scheme, or mixture of versions.

    Args:
        votes: at most one row for each annotator and place.
        how: how intervals are made.
    """
    used = np.zeros((len(votes.places), len(votes.versions)), bool)
    used[votes.place, votes.version] = True
    patterns, which = np.unique(used, axis=0, return_inverse=True)
    names = [
        " and ".join(sorted(np.array(votes.versions)[pattern].tolist())) for pattern in patterns
    ]
    return _parts(votes, [names[place] for place in which.ravel().tolist()], how)


def _parts(votes: Votes, name_of: Sequence[str], how: Resampling) -> tuple[PartAgreement, ...]:
    """Agreement on the places of each name; those without one, and without overlap, are left."""
    names = np.array(name_of)
    found = []
    for name in sorted({name for name in name_of if name}):
        part = votes.where(names[votes.place] == name)
        if part.tasks:
            found.append(PartAgreement(name, coefficients(part, how.without_draws)))
    return tuple(found)
