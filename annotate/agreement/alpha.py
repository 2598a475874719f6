"""Krippendorff's alpha for nominal labels."""

from collections.abc import Iterable
from dataclasses import dataclass

from annotate.agreement.coefficients import alphas, coincidences
from annotate.agreement.votes import collect
from annotate.errors import NoOverlapError, UndefinedAgreementError
from annotate.records import Annotation


@dataclass(frozen=True, slots=True)
class Agreement:
    """A reliability estimate and what it rests on."""

    alpha: float
    """1 perfect, 0 chance, below 0 systematic disagreement."""
    tasks: int
    """Tasks with at least two labels."""
    annotations: int
    """Labels of those tasks."""


def krippendorff_alpha(annotations: Iterable[Annotation]) -> Agreement:
    """Krippendorff's alpha for nominal labels.

    Tasks with one label say nothing about agreement and are left out, as are skipped ones. Labels
    on top of a shown pre-label count too; `measure_agreement` tells them apart. Of a repeated task
    each annotator's first label counts.

    Args:
        annotations: at most one per (task, annotator); any order.

    Returns:
        Alpha in [-1, 1], unitless.

    Raises:
        NoOverlapError: no task has two labels.
        UndefinedAgreementError: only one label was ever used (0/0).

    Source:
        Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section C (nominal data).
    """
    given = [annotation for annotation in annotations if annotation.label is not None]
    labels = sorted({annotation.label for annotation in given if annotation.label})
    votes = collect(given, labels=labels, families={}).votes.first
    if not votes.tasks:
        raise NoOverlapError
    used = votes.counts[votes.per_place > 1].sum(axis=0)
    if (used > 0).sum() == 1:
        raise UndefinedAgreementError(labels[int(used.argmax())])
    sums = coincidences(votes.counts).sum(axis=0)[None]
    return Agreement(alpha=float(alphas(sums)[0, 0]), tasks=votes.tasks, annotations=votes.compared)
