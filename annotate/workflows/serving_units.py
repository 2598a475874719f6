"""Predictions for tasks of any unit: labels for sentences, spans where the page marks them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from annotate.models import Model
from annotate.prediction import predict
from annotate.predictions import prediction_of
from annotate.records import Document, Prediction, Relation, Span, Task
from annotate.rules import Rules, SpanFinder
from annotate.scheme import Scheme
from annotate.settings import Settings
from annotate.tasks import sentences_in
from annotate.workflows.tasks import task_builder

Pair = tuple[Document, Task]
Predict = Callable[[Sequence[Pair], str], Iterable[Prediction]]
"""Predictions for tasks with their documents, in their order, signed with a name."""

FindSpans = Callable[[str], tuple[Span, ...]]


def predictor(model: Model, scheme: Scheme, settings: Settings) -> Predict:
    """The function that predicts for the tasks of a workspace.

    Where a task is a sentence, it gets the model's label, and on a page for spans those that the
    cue rules propose. Where articles are marked, every sentence is given a label, and the article
    those spans and relations of its sentences from which their labels follow by the scheme.

    Args:
        model: gives labels to sentences, or to whole articles where these are labelled.
        scheme: which spans there are, and how labels follow from them.
        settings: what one task is, and how articles are divided.
    """
    if not settings.units.spans:
        return lambda pairs, name: predict(pairs, model, name=name)
    marking = _Marking(scheme, settings.language)
    if not settings.units.derive_labels:
        return lambda pairs, name: (
            each.model_copy(update={"spans": marking.spans(each)})
            for each in predict(pairs, model, name=name)
        )
    build = task_builder(settings, of="sentence")

    def of_articles(pairs: Sequence[Pair], name: str) -> Iterator[Prediction]:
        divided = [list(sentences_in(article, build(document))) for document, article in pairs]
        flat = [(pair[0], each) for pair, some in zip(pairs, divided, strict=True) for each in some]
        made = iter(list(predict(flat, model, name=name)))
        for (document, article), some in zip(pairs, divided, strict=True):
            yield _of_article(document, article, list(islice(made, len(some))), marking, name)

    return of_articles


class _Marking:
    """Spans and relations for a labelled sentence."""

    def __init__(self, scheme: Scheme, language: str) -> None:
        self._scheme = scheme
        self.rest = scheme.label_names[-1]
        self._known = {mark.name for mark in scheme.spans}
        self._rules = {rule.label: rule for rule in scheme.from_spans if not rule.always}
        english = language == "en"
        self._find: FindSpans = SpanFinder(Rules.load().book).find if english else _nothing

    def spans(self, prediction: Prediction) -> tuple[Span, ...]:
        """The spans of a sentence that has a label for which there are any."""
        if self._rules and prediction.label not in self._rules:
            return ()
        return tuple(s for s in self._find(prediction.text) if s.label in self._known)

    def relations(self, label: str, spans: Sequence[Span]) -> Iterator[Relation]:
        """The relation from which the label follows, leading out of the text."""
        rule = self._rules.get(label)
        for each in self._scheme.relations if rule else ():
            if rule and each.name == rule.relation:
                heads = (n for n, span in enumerate(spans) if each.fits(span.label, None))
                yield from (Relation(label=each.name, head=n, tail=None) for n in list(heads)[:1])


def _of_article(
    document: Document, article: Task, inside: Sequence[Prediction], marking: _Marking, name: str
) -> Prediction:
    """The marks of all sentences of an article, in its offsets."""
    spans: list[Span] = []
    relations: list[Relation] = []
    for sentence in inside:
        here = marking.spans(sentence)
        relations += (
            each.model_copy(update={"head": each.head + len(spans)})
            for each in marking.relations(sentence.label, here)
        )
        shift = sentence.start - article.start
        spans += (
            Span(start=span.start + shift, end=span.end + shift, label=span.label) for span in here
        )
    return prediction_of(
        document,
        article,
        label=marking.rest,  # every article must have one; on this page none is shown
        model=name,
        scores={},
        spans=tuple(spans),
        relations=tuple(relations),
    )


def _nothing(_text: str) -> tuple[Span, ...]:
    return ()
