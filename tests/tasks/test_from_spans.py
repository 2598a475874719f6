"""Marked articles to labelled sentences."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from studio_strategies import DEFAULT, marks

from annotate.errors import SchemeError
from annotate.records import Relation, Span
from annotate.segments import load_segmenter
from annotate.tasks import annotations_from_spans, build_tasks, sentences_in
from strategies import TEXTS, annotation, document

news = load_segmenter("news", language="en")


def divided(text, **fields):
    """An article task and the tasks over its sentences."""
    found = document(text)
    (article,) = build_tasks(found, segment=news, of="article")
    article = article.model_copy(update=fields)
    return article, list(sentences_in(article, build_tasks(found, segment=news)))


def marked(article, spans, relations=(), **fields):
    """An annotation of an article; spans are (label, quotation), relations (label, from, to)."""
    places = [(article.text.index(quote), quote, label) for label, quote in spans]
    return annotation(
        article.id, "ann", None,
        spans=tuple(Span(start=at, end=at + len(quote), label=name) for at, quote, name in places),
        relations=tuple(Relation(label=label, head=a, tail=b) for label, a, b in relations),
        **fields,
    )  # fmt: skip


def derived(article, sentences, made, scheme=DEFAULT):
    return list(annotations_from_spans(made, article, sentences, scheme=scheme))


def labels(text, spans, relations=()):
    article, sentences = divided(text)
    return [vote.label for vote in derived(article, sentences, marked(article, spans, relations))]


SAID = "The mayor said 😀 that the bridge is safe. A report says it is not. He denied it. It rains."


def test_a_sentence_is_a_denial_where_one_starts_a_claim_where_something_is_said_else_neither():
    spans = [("content", "the bridge is safe"), ("content", "it is not"), ("cue", "denied"),
             ("target", "it")]  # fmt: skip
    assert labels(SAID, spans, [("denies", 2, 1)]) == ["claim", "claim", "denial", "neither"]
    assert labels(SAID, spans, [("denies", 2, None)]) == ["claim", "claim", "denial", "neither"]


def test_what_is_denied_does_not_make_its_own_sentence_a_denial():
    spans = [("target", "the bridge is safe"), ("cue", "denied")]
    assert labels(SAID, spans, [("denies", 1, 0)]) == ["neither", "neither", "denial", "neither"]


def test_who_says_it_and_the_cue_alone_say_nothing():
    spans = [("source", "The mayor"), ("cue", "said"), ("cue", "denied"), ("target", "It rains")]
    assert labels(SAID, spans) == ["neither"] * 4


def test_a_quotation_over_two_sentences_makes_both_of_them_what_it_is():
    text = "“It never happened. It is invented,” he said. It rains."
    spans = [("content", "It never happened. It is invented")]
    assert labels(text, spans) == ["claim", "claim", "neither"]
    assert labels(text, spans, [("denies", 0, None)]) == ["denial", "denial", "neither"]


def test_blanks_at_the_end_of_a_span_do_not_reach_into_the_next_sentence():
    text = "He denied it.\n\nIt rains."
    assert labels(text, [("content", "denied it.\n\n")]) == ["claim", "neither"]
    assert labels(text, [("content", "\n\nIt")]) == ["neither", "claim"]


def test_nothing_marked_is_neither_and_a_skip_is_no_vote():
    article, sentences = divided(SAID)
    votes = derived(article, sentences, annotation(article.id, "ann", None))
    assert [vote.label for vote in votes] == ["neither"] * 4
    assert derived(article, sentences, annotation(article.id, "ann", None, skipped=True)) == []


def test_spans_are_cut_to_the_sentence_and_relations_stay_where_both_ends_do():
    article, sentences = divided("He denied it. It was “so. Not so”, she said.")
    made = marked(
        article,
        [("source", "she"), ("content", "so. Not so"), ("cue", "denied"), ("cue", "said")],
        [("said_by", 1, 0), ("signals", 3, 1), ("denies", 2, 1), ("denies", 2, None)],
    )
    first, second, third = derived(article, sentences, made)
    assert [[s.text[m.start : m.end] for m in vote.spans]
            for s, vote in zip(sentences, (first, second, third), strict=True)] == [
        ["denied"], ["so."], ["she", "Not so", "said"],
    ]  # fmt: skip
    assert first.relations == (Relation(label="denies", head=0, tail=None),)
    assert second.relations == ()
    assert third.relations == (
        Relation(label="said_by", head=1, tail=0),
        Relation(label="signals", head=2, tail=1),
    )


def test_what_is_of_the_article_alone_stays_there():
    article, sentences = divided(SAID, stream="audit-test", repeat=1, prelabel_held_out=True)
    made = marked(
        article, [], flags=("unsure",), seconds=90.0, prelabel_shown=True, from_prediction=True
    )
    assert sentences[0].id == f"{article.document_id}:body:0-41:1"
    assert {(s.stream, s.repeat, s.prelabel_held_out) for s in sentences} == {
        ("audit-test", 1, True)
    }
    for vote, sentence in zip(derived(article, sentences, made), sentences, strict=True):
        assert (vote.task_id, vote.annotator, vote.created) == (sentence.id, "ann", made.created)
        assert (vote.flags, vote.seconds) == ((), None)
        assert vote.prelabel_shown
        assert vote.from_prediction


def test_a_part_of_a_document_holds_its_own_sentences_only():
    found = document(SAID, title="A headline.")
    headline, article = build_tasks(found, segment=news, of="article")
    sentences = list(build_tasks(found, segment=news))
    assert [s.text for s in sentences_in(headline, sentences)] == ["A headline."]
    assert [s.text for s in sentences_in(article, sentences)] == [s.text for s in sentences[1:]]
    second = sentences[2]
    assert list(sentences_in(second, sentences)) == [second]


def test_a_scheme_without_the_rule_is_refused():
    article, sentences = divided(SAID)
    bare = DEFAULT.model_copy(update={"from_spans": ()})
    with pytest.raises(SchemeError, match="from_spans"):
        derived(article, sentences, marked(article, []), scheme=bare)


@settings(max_examples=150, deadline=None)
@given(TEXTS, st.data())
def test_every_character_that_is_marked_counts_in_the_sentence_it_stands_in(text, data):
    article, sentences = divided(text)
    found = data.draw(marks(DEFAULT, text))
    made = annotation(article.id, "ann", None, spans=found.spans, relations=found.relations)
    votes = derived(article, sentences, made)
    assert [vote.task_id for vote in votes] == [sentence.id for sentence in sentences]
    for vote, sentence in zip(votes, sentences, strict=True):
        here = set(range(sentence.start, sentence.end))
        touched = {
            place
            for place, span in enumerate(found.spans)
            if any(not text[at].isspace() for at in here & set(range(span.start, span.end)))
        }
        starts = {r.head for r in found.relations if r.label == "denies"}
        said = {place for place in touched if found.spans[place].label == "content"}
        assert vote.label == ("denial" if starts & touched else "claim" if said else "neither")
        expected = sorted(
            (at, found.spans[place].label)
            for place in touched
            for at in here & set(range(found.spans[place].start, found.spans[place].end))
        )
        assert expected == sorted(
            (sentence.start + at, span.label)
            for span in vote.spans
            for at in range(span.start, span.end)
        )
        DEFAULT.check_marks(vote, "here")
