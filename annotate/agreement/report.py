"""Everything that can be said of the agreement of a set of annotations."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape

from annotate.agreement.anchoring import Anchoring, anchoring
from annotate.agreement.confusions import Confusion, confusions, with_examples
from annotate.agreement.consistency import SelfConsistency, self_consistency
from annotate.agreement.figures import Figure, Resampling
from annotate.agreement.measure import (
    AnnotatorAgreement,
    Coefficients,
    LabelAgreement,
    PairAgreement,
    PartAgreement,
    coefficients,
    per_annotator,
    per_label,
    per_pair,
    per_version,
    per_week,
)
from annotate.agreement.spans import SpanAgreement
from annotate.agreement.votes import Collected, Votes, collect
from annotate.errors import NoOverlapError
from annotate.notebook import html_table
from annotate.records import Annotation
from annotate.resampling import FEWEST, TRUSTED
from annotate.scheme import Scheme

ReadTexts = Callable[[Collection[str]], Mapping[str, str]]
"""From ids of tasks to their texts, of those that are known."""


@dataclass(frozen=True, slots=True)
class Prelabels:
    """What annotators were shown, or would have been.

    Attributes:
        label_of: the pre-label of each task's place, also of those that are held out.
        held_out: ids of the tasks that are shown without pre-labels.
    """

    label_of: Mapping[str, str]
    held_out: Collection[str]


@dataclass(frozen=True, slots=True)
class AgreementReport:
    """How much annotators agree, how sure that is, and where they part ways.

    Only labels made without a shown pre-label count, and of a repeated task each annotator's first,
    except where it says otherwise.

    Attributes:
        annotators: who gave such labels, by name.
        overall: agreement on all labels.
        unanimous: tasks on which all of at least two annotators agree.
        labels: agreement on each label against the rest.
        by_annotator: each annotator against the others.
        by_pair: every two annotators with a task in common.
        by_week: the tasks of each ISO week.
        by_version: the tasks of each version of the scheme.
        consistency: labels of repeated tasks: all annotators together, then each.
        with_prelabel: how many labels were made with a pre-label in sight: not independent.
        on_prelabels: agreement on these; None where no task has two of them.
        anchoring: whether annotators follow pre-labels; None where none was shown.
        spans: agreement on spans; None where no text has spans by two annotators.
        confusions: pairs of differing labels, the most frequent first.
        cautions: what a reader must know before believing the figures, a sentence each.
    """

    annotators: tuple[str, ...]
    overall: Coefficients
    unanimous: int
    labels: tuple[LabelAgreement, ...]
    by_annotator: tuple[AnnotatorAgreement, ...]
    by_pair: tuple[PairAgreement, ...]
    by_week: tuple[PartAgreement, ...]
    by_version: tuple[PartAgreement, ...]
    consistency: tuple[SelfConsistency, ...]
    with_prelabel: int
    on_prelabels: Coefficients | None
    anchoring: Anchoring | None
    spans: SpanAgreement | None
    confusions: tuple[Confusion, ...]
    cautions: tuple[str, ...]

    @property
    def unanimous_share(self) -> float | None:
        """Share in [0, 1] of the tasks with several labels on which all agree."""
        return self.unanimous / self.overall.tasks if self.overall.tasks else None

    @property
    def skipped(self) -> int:
        """How often a task was skipped."""
        return sum(entry.skipped for entry in self.by_annotator)

    def _repr_html_(self) -> str:
        """Alpha on all labels and on each against the rest, as a table for notebooks."""
        rows = [("all labels", *_told(self.overall.alpha), self.overall.labels)]
        rows += [(entry.label, *_told(entry.alpha), entry.labels) for entry in self.labels]
        cautions = "".join(f"<p>{escape(caution)}</p>" for caution in self.cautions)
        return html_table(("", "alpha", "interval", "times given"), rows) + cautions


def _told(figure: Figure) -> tuple[float | None, str | None]:
    """A figure, and its interval, or why there is none."""
    found = figure.interval
    return figure.value, f"{found.low:.2f} to {found.high:.2f}" if found else figure.reason


def measure_agreement(
    annotations: Iterable[Annotation],
    *,
    scheme: Scheme,
    families: Mapping[str, str],
    how: Resampling,
    prelabels: Prelabels | None = None,
    spans: SpanAgreement | None = None,
    read_texts: ReadTexts = lambda _: {},
) -> AgreementReport:
    """Measure agreement in every way that the annotations allow.

    Args:
        annotations: in any order; they are read once, and as columns take little memory.
        scheme: the label scheme. Labels that it does not have are left out, and the report says so.
        families: family of each document, by its id; one that is not here stands alone.
        how: how intervals are made.
        prelabels: for anchoring.
        spans: agreement on spans, where there are any; see `span_agreement`.
        read_texts: gives the texts of tasks that annotators differ on.

    Raises:
        NoOverlapError: no task has labels from two annotators, or two labels from one, so there
            is nothing to compare.
    """
    found = collect(annotations, labels=scheme.label_names, families=families)
    alone = found.votes.where(~found.votes.shown)
    votes, shown = alone.first, found.votes.where(found.votes.shown).first
    consistency = self_consistency(alone, how)
    if not (votes.tasks or shown.tasks or consistency or spans):
        raise NoOverlapError
    overall = coefficients(votes, how)
    by_annotator = per_annotator(votes, how, skipped=found.skipped)
    differing = confusions(votes)
    texts = read_texts({name for each in differing for name in each.tasks}) if differing else {}
    anchored = None
    if prelabels is not None:
        anchored = anchoring(found.votes.first, prelabels.label_of, prelabels.held_out, how)
    return AgreementReport(
        annotators=tuple(sorted(entry.annotator for entry in by_annotator if entry.labels)),
        overall=overall,
        unanimous=_unanimous(votes),
        labels=per_label(votes, how),
        by_annotator=by_annotator,
        by_pair=per_pair(votes, how),
        by_week=per_week(votes, how),
        by_version=per_version(votes, how),
        consistency=consistency,
        with_prelabel=int(found.votes.shown.sum()),
        on_prelabels=coefficients(shown, how) if shown.tasks else None,
        anchoring=anchored,
        spans=spans,
        confusions=with_examples(differing, votes, texts, scheme),
        cautions=tuple(_cautions(found, overall, by_annotator)),
    )


def _unanimous(votes: Votes) -> int:
    several = votes.per_place > 1
    return int((votes.counts[several].max(axis=1) == votes.per_place[several]).sum())


def _cautions(
    found: Collected, overall: Coefficients, by_annotator: Iterable[AnnotatorAgreement]
) -> Iterator[str]:
    if not overall.tasks:
        yield (
            "No task has labels from two annotators that were given without a pre-label, so there "
            "is no agreement of annotators to report."
        )
    elif overall.families < TRUSTED:
        few = "no interval" if overall.families < FEWEST else "intervals are somewhat too narrow"
        yield (
            f"The tasks that can be compared are from {overall.families} "
            f"{'family' if overall.families == 1 else 'families'} of articles: {few} below "
            f"{FEWEST if overall.families < FEWEST else TRUSTED}."
        )
    if overall.tasks and overall.agreement.value == 1:
        yield (
            f"No disagreement was seen on {overall.tasks} tasks. That is not yet proof of perfect "
            "agreement: no interval can be had from data that never vary."
        )
    yield from _left_out(found)
    for entry in by_annotator:
        if entry.compared == 1:
            yield f"{entry.annotator} shares 1 task with others, which says next to nothing."


def _left_out(found: Collected) -> Iterator[str]:
    if shown := int(found.votes.shown.sum()):
        yield f"{_labels(shown)} left out: a pre-label was shown, so they are not independent."
    for label, count in sorted(found.strangers.items()):
        yield (
            f"{_labels(count)} left out: {label!r} is not in the scheme. If it was renamed, name "
            "it under `renamed_from` in labels.yaml."
        )
    if found.doubled:
        yield (
            f"{_labels(found.doubled)} left out: the same annotator labelled the same task again, "
            "and the newer label counts."
        )


def _labels(count: int) -> str:
    return "1 label is" if count == 1 else f"{count:,} labels are"
