"""How much annotators agree on where in a text something stands."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotate.agreement.coefficients import alphas, coincidences
from annotate.agreement.figures import SHARE, Figure, Resampling, figures
from annotate.agreement.votes import Counts
from annotate.records import Annotation, Span, Task

TOKEN: Final = re.compile(r"\w+|[^\w\s]")
"""The unit of `SpanAgreement.alpha`: a run of letters, digits and ``_``, or one other mark."""

_NOTHING_MARKED = "undefined (0/0): nobody marked any"
_ALL_ALIKE = "undefined (0/0): all tokens are marked alike"


@dataclass(frozen=True, slots=True)
class SpanLabelAgreement:
    """Agreement on the spans of one label, or of all.

    Attributes:
        label: the label of the spans; None for all together.
        spans: how many were marked in texts that several annotators marked.
        alpha: Krippendorff's alpha over tokens: of being in such a span or not; for all labels
            together, of being in spans of the same labels.
        strict: span F1 in [0, 1] between annotators: same label, same start and end.
        relaxed: the same where spans of one label match if they share a character.
    """

    label: str | None
    spans: int
    alpha: Figure
    strict: Figure
    relaxed: Figure


@dataclass(frozen=True, slots=True)
class SpanAgreement:
    """Agreement on spans.

    Attributes:
        texts: texts that at least two annotators marked, without a pre-label.
        tokens: tokens of these texts.
        families: families of articles that they are from.
        labels: all labels together, then each label of the scheme.
    """

    texts: int
    tokens: int
    families: int
    labels: tuple[SpanLabelAgreement, ...]


@dataclass(frozen=True, slots=True)
class _Text:
    """A text that several annotators marked: what each of them marked, and its tokens' marks.

    ``codes`` has a row an annotator and a column a token: one bit for each label it is marked as.
    """

    family: str
    marked: tuple[frozenset[Span], ...]
    codes: NDArray[np.int64]


def span_agreement(
    annotations: Iterable[Annotation],
    tasks: Iterable[Task],
    *,
    labels: Sequence[str],
    families: Mapping[str, str],
    how: Resampling,
) -> SpanAgreement | None:
    """Agreement on spans; None where no text was marked by two annotators.

    An annotation without spans says that there is nothing to mark. Skips, annotations made with a
    pre-label in sight, repeated tasks, and spans whose label is not in the scheme do not count.

    Args:
        annotations: at most one for each task and annotator.
        tasks: at least those of the annotations.
        labels: the span labels of the scheme.
        families: family of each document, by its id; one that is not here stands alone.
        how: how intervals are made.

    Source:
        Tokens: Krippendorff (2011) with the token as unit, as in Artstein and Poesio (2008),
        Inter-coder agreement for computational linguistics, Computational Linguistics 34. F1 as
        agreement: Hripcsak and Rothschild (2005), Agreement, the F-measure, and reliability in
        information retrieval, Journal of the American Medical Informatics Association 12.
    """
    given: defaultdict[str, dict[str, frozenset[Span]]] = defaultdict(dict)
    for made in annotations:
        if not made.skipped and not made.prelabel_shown:
            known = frozenset(span for span in made.spans if span.label in labels)
            given[made.task_id][made.annotator] = known
    texts = [
        _text(task, tuple(given[task.id].values()), labels, families)
        for task in tasks
        if task.repeat == 0 and len(given.get(task.id, ())) > 1
    ]
    if not texts:
        return None
    names = sorted({text.family for text in texts})
    kinds, met = _coincidences(texts, names, len(labels))
    return SpanAgreement(
        texts=len(texts),
        tokens=sum(text.codes.shape[1] for text in texts),
        families=len(names),
        labels=_by_label(texts, names, labels, _token_alphas(met, kinds, how), how),
    )


def _text(
    task: Task,
    marked: tuple[frozenset[Span], ...],
    labels: Sequence[str],
    families: Mapping[str, str],
) -> _Text:
    found = list(TOKEN.finditer(task.text))
    starts = np.array([token.start() for token in found], np.int64)
    ends = np.array([token.end() for token in found], np.int64)
    codes = np.zeros((len(marked), len(found)), np.int64)
    for row, spans in zip(codes, marked, strict=True):
        for span in spans:
            row[(starts < span.end) & (ends > span.start)] |= 1 << labels.index(span.label)
    return _Text(families.get(task.document_id, task.document_id), marked, codes)


def _coincidences(
    texts: Sequence[_Text], names: Sequence[str], labels: int
) -> tuple[NDArray[np.bool_], Counts]:
    """For each label the kinds of marking that include it, and how often kinds meet in a token."""
    codes = np.unique(np.concatenate([text.codes.ravel() for text in texts]))
    place_of = {name: place for place, name in enumerate(names)}
    met = np.zeros((len(names), len(codes) ** 2))
    for text in texts:
        kinds = np.searchsorted(codes, text.codes)
        counts = np.stack([(kinds == kind).sum(axis=0) for kind in range(len(codes))], axis=1)
        met[place_of[text.family]] += coincidences(counts.astype(np.float64)).sum(axis=0)
    return (codes >> np.arange(labels)[:, None] & 1).astype(bool), met


def _token_alphas(met: Counts, kinds: NDArray[np.bool_], how: Resampling) -> tuple[Figure, ...]:
    whole = figures(met, alphas, how, undefined=(_ALL_ALIKE,))
    why = [_ALL_ALIKE if kind.any() else _NOTHING_MARKED for kind in kinds]
    return whole + figures(met, lambda sums: alphas(sums, kinds), how, undefined=why)


def _by_label(
    texts: Sequence[_Text],
    names: Sequence[str],
    labels: Sequence[str],
    token_alphas: Sequence[Figure],
    how: Resampling,
) -> tuple[SpanLabelAgreement, ...]:
    place_of = {name: place for place, name in enumerate(names)}
    cells = np.zeros((len(labels) + 1, len(names), 3))
    spans = [0] * (len(labels) + 1)
    for text in texts:
        for place, label in enumerate((None, *labels)):
            marked = [_of(found, label) for found in text.marked]
            spans[place] += sum(map(len, marked))
            for one, other in combinations(marked, 2):
                cells[place, place_of[text.family]] += _matches(one, other)
    found = []
    for label, count, alpha, sums in zip((None, *labels), spans, token_alphas, cells, strict=True):
        undefined = (_NOTHING_MARKED, _NOTHING_MARKED)
        strict, relaxed = figures(sums, _f1, how, undefined=undefined, within=SHARE)
        found.append(SpanLabelAgreement(label, count, alpha, strict, relaxed))
    return tuple(found)


def _of(spans: frozenset[Span], label: str | None) -> frozenset[Span]:
    return spans if label is None else frozenset(span for span in spans if span.label == label)


def _matches(one: frozenset[Span], other: frozenset[Span]) -> tuple[int, int, int]:
    """Spans of two annotators: all; those with an equal; those that share a character with one."""
    touching = sum(any(_touch(a, b) for b in other) for a in one)
    touching += sum(any(_touch(a, b) for b in one) for a in other)
    return len(one) + len(other), 2 * len(one & other), touching


def _touch(one: Span, other: Span) -> bool:
    return one.label == other.label and one.start < other.end and other.start < one.end


def _f1(sums: Counts) -> Counts:
    """Strict and relaxed F1: 2 x matching / (spans of the one + spans of the other)."""
    share: Counts = sums[:, 1:] / np.where(sums[:, :1] > 0, sums[:, :1], np.nan)
    return share
