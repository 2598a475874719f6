"""The agreement of a set of annotations as a whole."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from annotate.agreement.alpha import Agreement, krippendorff_alpha
from annotate.records import Annotation


@dataclass(frozen=True, slots=True)
class Confusion:
    """Two labels given to one task by two annotators, and how often that happened."""

    labels: tuple[str, str]
    pairs: int


@dataclass(frozen=True, slots=True)
class AgreementReport:
    """Agreement beyond chance, what it rests on, and where annotators part ways."""

    agreement: Agreement
    annotators: tuple[str, ...]
    unanimous: int
    """Tasks on which all of at least two annotators agree."""
    skipped: int
    with_prelabel: int
    """Annotations left out since a pre-label was shown: they are not independent."""
    confusions: tuple[Confusion, ...]
    """Pairs of differing labels, the most frequent first."""

    @property
    def unanimous_share(self) -> float:
        """Share in [0, 1] of the tasks with several labels on which all agree."""
        return self.unanimous / self.agreement.tasks


def measure_agreement(annotations: Iterable[Annotation]) -> AgreementReport:
    """Agreement of annotators who did not see a pre-label.

    Args:
        annotations: at most one per (task, annotator); any order.

    Raises:
        NoOverlapError: no task has independent labels from two annotators.
        UndefinedAgreementError: only one label was ever used.
    """
    everything = list(annotations)
    independent = [a for a in everything if not a.prelabel_shown]
    votes: defaultdict[str, list[str]] = defaultdict(list)
    for annotation in independent:
        if annotation.label is not None:
            votes[annotation.task_id].append(annotation.label)
    several = [labels for labels in votes.values() if len(labels) > 1]
    return AgreementReport(
        agreement=krippendorff_alpha(independent),
        annotators=tuple(sorted({a.annotator for a in independent})),
        unanimous=sum(len(set(labels)) == 1 for labels in several),
        skipped=sum(a.skipped for a in independent),
        with_prelabel=len(everything) - len(independent),
        confusions=_confusions(several),
    )


def _confusions(votes: Sequence[Sequence[str]]) -> tuple[Confusion, ...]:
    found: Counter[tuple[str, str]] = Counter()
    for labels in votes:
        for one, other in combinations(sorted(labels), 2):
            if one != other:
                found[one, other] += 1
    return tuple(Confusion(labels, pairs) for labels, pairs in found.most_common())
