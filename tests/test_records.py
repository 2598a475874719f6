import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from annotate.records import (
    Annotation,
    Document,
    Example,
    GoldLabel,
    Prediction,
    Relation,
    Span,
    Task,
)
from strategies import TEXTS, annotation, document, task


def test_document_id_is_the_digest_of_its_text():
    import hashlib

    assert Document.id_of("news") == hashlib.sha256(b"news").hexdigest()[:16]
    with pytest.raises(ValidationError, match="not the digest"):
        Document(id="0" * 16, key="k", text="news")


@pytest.mark.parametrize("text", ["cafe\u0301", "one\r\ntwo"])
def test_document_text_must_be_normalised(text):
    with pytest.raises(ValidationError, match="not normalised"):
        document(text)


def test_group_is_the_family_else_the_key():
    assert document("a", key="k").group == "k"
    assert document("a", key="k", family="f").group == "f"


@given(TEXTS)
def test_documents_survive_json(text):
    found = document(text, title="T", metadata={"section": "sport", "rank": 3})
    assert Document.model_validate_json(found.model_dump_json()) == found


def test_task_id_says_where_it_stands():
    assert task("No.", start=4).id == "d1:body:4-7"
    assert task("No.", start=4, repeat=2).id == "d1:body:4-7:2"
    with pytest.raises(ValidationError, match="does not say where"):
        Task(id="x", document_id="d1", part="body", start=0, end=2, text="No")
    with pytest.raises(ValidationError, match="does not fit"):
        Task(id="d1:body:0-3", document_id="d1", part="body", start=0, end=3, text="No")


@given(st.integers(0, 9), st.integers(0, 9))
def test_spans_are_never_empty_or_backward(start, end):
    if start < end:
        assert Span(start=start, end=end, label="cue").end > start
    else:
        with pytest.raises(ValidationError, match="is empty"):
            Span(start=start, end=end, label="cue")


def test_relations_point_at_spans_or_out_of_the_corpus():
    span = Span(start=0, end=1, label="cue")
    unresolved = Relation(label="denies", head=0, tail=None)
    assert annotation("t", "a", None, spans=(span,), relations=(unresolved,)).relations
    beyond = Relation(label="denies", head=0, tail=1)
    with pytest.raises(ValidationError, match="beyond the 1 spans"):
        annotation("t", "a", None, spans=(span,), relations=(beyond,))


def test_a_skipped_task_has_no_label():
    with pytest.raises(ValidationError, match="skipped"):
        annotation("t", "a", "claim", skipped=True)


def test_times_are_utc_and_must_have_a_zone():
    found = annotation("t", "a", None, created="2026-01-01T01:00:00+01:00")
    assert found.created.isoformat() == "2026-01-01T00:00:00+00:00"
    with pytest.raises(ValidationError, match="timezone"):
        annotation("t", "a", None, created="2026-01-01T01:00:00")


@pytest.mark.parametrize(
    ("scores", "message"),
    [({"claim": 0.5, "denial": 0.4}, "sum to"), ({"denial": 1.0}, "has no score")],
)
def test_prediction_scores_are_a_distribution(scores, message):
    with pytest.raises(ValidationError, match=message):
        Prediction(
            id="d:body:0-2", document_id="d", part="body", start=0, end=2, text="No",
            label="claim", scores=scores, model="m",
        )  # fmt: skip


@pytest.mark.parametrize("record", [Document, Task, Annotation, GoldLabel, Example, Prediction])
def test_records_are_closed_and_frozen(record):
    assert record.model_config["frozen"]
    assert record.model_config["extra"] == "forbid"
    assert record.filename.endswith(".jsonl")


def test_an_example_needs_four_fields():
    found = Example(id="1", text="No.", label="denial", group="g", title="T")
    assert (found.input.text, found.input.title, found.split) == ("No.", "T", None)
