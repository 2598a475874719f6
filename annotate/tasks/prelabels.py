"""Pre-labels: what annotators find filled in, to be confirmed or corrected."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final

from annotate.predictions import prediction_of
from annotate.records import Document, Prediction, Span, Task
from annotate.rules import Precision, Rules, Verdict
from annotate.scheme import Scheme

_AT_ONCE: Final = 2048
"""Sentences labelled at once: the rules are quick only with many."""

FindSpans = Callable[[str], tuple[Span, ...]]


def prelabelled(pairs: Iterable[tuple[Document, Task]]) -> Iterator[tuple[Document, Task]]:
    """The tasks that a pre-label may be made for, one for each place.

    Tasks of an audit stream never get one: they measure what people say unaided. Those that are
    held out do get one, so that what they would have been shown can be compared; it is not sent.
    """
    seen: set[tuple[str, str, int, int]] = set()
    for document, task in pairs:
        place = (task.document_id, task.part, task.start, task.end)
        if not task.stream.startswith("audit-") and place not in seen:
            seen.add(place)
            yield document, task


def rule_prelabels(
    pairs: Iterable[tuple[Document, Task]],
    rules: Rules,
    precision: Precision,
    *,
    scheme: Scheme,
    find_spans: FindSpans | None = None,
) -> Iterator[Prediction]:
    """What the rules say of sentences; of whole articles they say nothing.

    Args:
        pairs: tasks with their documents.
        rules: their labels are labels of the scheme.
        precision: how often each rule is right, for the scores.
        scheme: which flags and spans there are; others are left out.
        find_spans: proposes spans for sentences in which somebody says something.
    """
    sentences = (pair for pair in prelabelled(pairs) if pair[1].kind != "article")
    while batch := list(islice(sentences, _AT_ONCE)):
        verdicts = rules.label([task.as_input(document.title) for document, task in batch])
        for (document, task), verdict in zip(batch, verdicts, strict=True):
            spans = find_spans(task.text) if find_spans and verdict.label != "neither" else ()
            known = {mark.name for mark in scheme.spans}
            yield prediction_of(
                document,
                task,
                label=verdict.label,
                model=rules.name,
                scores=dict(precision.scores(verdict, scheme.label_names)),
                reason=verdict.rule,
                flags=_known_flags(verdict, scheme),
                spans=tuple(span for span in spans if span.label in known),
            )


def _known_flags(verdict: Verdict, scheme: Scheme) -> tuple[str, ...]:
    return tuple(flag for flag in verdict.flags if flag in scheme.flag_names)
