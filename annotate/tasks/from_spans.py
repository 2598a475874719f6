"""Marked articles to labelled sentences: the label of a sentence follows from spans by a rule."""

from collections.abc import Iterable, Iterator, Sequence

from annotate.errors import SchemeError
from annotate.marks import Rule
from annotate.records import Annotation, Relation, Span, Task
from annotate.scheme import Scheme


def sentences_in(article: Task, sentences: Iterable[Task]) -> Iterator[Task]:
    """The sentences that lie in an article task, of the same stream and repeat as that.

    Args:
        article: a task over (part of) a document.
        sentences: tasks of that document, each over one sentence.
    """
    for sentence in sentences:
        same_part = (sentence.document_id, sentence.part) == (article.document_id, article.part)
        if same_part and article.start <= sentence.start and sentence.end <= article.end:
            place = (sentence.document_id, sentence.part, sentence.start, sentence.end)
            yield sentence.model_copy(
                update={
                    "id": Task.id_of(*place, article.repeat),
                    "stream": article.stream,
                    "repeat": article.repeat,
                    "prelabel_held_out": article.prelabel_held_out,
                }
            )


def annotations_from_spans(
    annotation: Annotation, article: Task, sentences: Iterable[Task], *, scheme: Scheme
) -> Iterator[Annotation]:
    """What an annotator who marked an article said of each of its sentences.

    The label is that of the first rule of ``scheme.from_spans`` that holds. A span lies in a
    sentence that holds at least one of its characters that is not blank. It is cut to the
    sentence; a relation stays where both its ends do, or where it leads to nothing in the text
    and its head does. Flags and working time are of the article and stay there.

    Args:
        annotation: of the article task. A skip says nothing of any sentence.
        article: the task.
        sentences: tasks over sentences of the article, from `sentences_in`.
        scheme: holds the rules.

    Raises:
        SchemeError: it holds none.
    """
    if not scheme.from_spans:
        problem = (
            "there is no `from_spans:`, which says how the label of a sentence follows from spans"
        )
        raise SchemeError(scheme.name, problem)
    if annotation.skipped:
        return
    kept = annotation.model_dump(include=_KEPT)
    for sentence in sentences:
        here = _cut(annotation.spans, article, sentence)
        heads = {relation.label for relation in annotation.relations if here[relation.head]}
        spans = {span.label for span in here if span}
        yield Annotation(
            task_id=sentence.id,
            label=_first(scheme.from_spans, spans, heads),
            spans=tuple(span for span in here if span),
            relations=_kept(annotation.relations, here),
            **kept,
        )


_KEPT = {
    "annotator", "created", "updated", "prelabel_shown", "from_prediction", "scheme_version",
}  # fmt: skip
"""What is as true of a sentence as of its article."""


def _cut(spans: Sequence[Span], article: Task, sentence: Task) -> list[Span | None]:
    """Each span as it lies in the sentence, in its offsets; None for one that does not."""
    start, end = sentence.start - article.start, sentence.end - article.start
    found: list[Span | None] = []
    for span in spans:
        cut = None
        if span.start < end and start < span.end:
            first, last = max(span.start, start), min(span.end, end)
            if not article.text[first:last].isspace():
                cut = Span(start=first - start, end=last - start, label=span.label)
        found.append(cut)
    return found


def _first(rules: Sequence[Rule], spans: set[str], heads: set[str]) -> str:
    """The label of the first rule that holds; the last one always does."""
    return next(
        rule.label for rule in rules if rule.always or rule.span in spans or rule.relation in heads
    )


def _kept(relations: Iterable[Relation], here: Sequence[Span | None]) -> tuple[Relation, ...]:
    """The relations within the sentence, by the places that its spans have there."""
    places: dict[int | None, int | None] = {None: None}
    for place, span in enumerate(here):
        if span:
            places[place] = len(places) - 1
    return tuple(
        Relation(label=each.label, head=head, tail=places[each.tail])
        for each in relations
        if (head := places.get(each.head)) is not None and each.tail in places
    )
