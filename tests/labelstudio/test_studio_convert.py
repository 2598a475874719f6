"""Tasks as Label Studio takes them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from studio_strategies import DEFAULT

from annotate.errors import SyncError, UnknownLabelError
from annotate.labelstudio.config import label_config
from annotate.labelstudio.convert import export_tasks, takes_prelabel, to_studio_task
from annotate.records import Prediction, Relation, Source, Span, Task
from annotate.settings import SENTENCES, UnitSettings
from strategies import TEXTS, document, task

TEXT = "The bridge is shut. It stays so."
SOURCE = Source(outlet="The Post", published=datetime(2024, 5, 1, 23, tzinfo=UTC))
DOCUMENT = document(TEXT, title="Bridge shut", sources=(SOURCE,))
FIRST = task(TEXT[:19], DOCUMENT.id, after="It stays so.")
SECOND = task(TEXT[20:], DOCUMENT.id, start=20, before=TEXT[:19])


def predicted(of=FIRST, label="claim", **fields):
    place = {name: getattr(of, name) for name in ("document_id", "part", "start", "end", "text")}
    return Prediction(id=of.id, label=label, model="rules-1", **place, **fields)


def test_a_task_carries_our_id_and_everything_that_the_page_shows():
    assert to_studio_task(FIRST, DOCUMENT, scheme=DEFAULT) == {
        "data": {
            "annotate_id": f"{DOCUMENT.id}:body:0-19",
            "text": "The bridge is shut.",
            "before": "",
            "after": "It stays so.",
            "headline": "Bridge shut",
            "outlet": "The Post",
            "published": "2024-05-01",
        }
    }


def test_a_headline_that_is_the_task_is_not_shown_twice():
    title = Task(
        id=Task.id_of(DOCUMENT.id, "title", 0, 11), document_id=DOCUMENT.id, part="title",
        start=0, end=11, text="Bridge shut", kind="headline",
    )  # fmt: skip
    assert to_studio_task(title, DOCUMENT, scheme=DEFAULT)["data"]["headline"] == ""


@settings(max_examples=50, deadline=None)
@given(TEXTS)
def test_no_field_of_any_task_is_missing_or_null(text):
    # A null or missing field makes Label Studio refuse the whole request.
    from label_studio_sdk.label_interface import LabelInterface

    bare = document(text)
    sent = to_studio_task(task(text, bare.id), bare, scheme=DEFAULT)
    assert all(isinstance(value, str) for value in sent["data"].values())
    assert LabelInterface(label_config(DEFAULT)).validate_task(sent)


def test_a_prediction_becomes_a_pre_label_with_its_score():
    scores = {"claim": 0.7, "denial": 0.2, "neither": 0.1}
    prediction = predicted(scores=scores, flags=("nested",))
    sent = to_studio_task(FIRST, DOCUMENT, prediction=prediction, scheme=DEFAULT)
    (prelabel,) = sent["predictions"]
    assert (prelabel["model_version"], prelabel["score"]) == ("rules-1", 0.7)
    assert [item["value"] for item in prelabel["result"]] == [
        {"choices": ["claim"]},
        {"choices": ["nested"]},
    ]


@pytest.mark.parametrize(
    "fields", [{"stream": "audit-test"}, {"stream": "audit-dev"}, {"prelabel_held_out": True}]
)
def test_no_pre_label_where_none_may_be_shown(fields):
    apart = FIRST.model_copy(update=fields)
    assert not takes_prelabel(apart)
    assert "predictions" not in to_studio_task(
        apart, DOCUMENT, prediction=predicted(), scheme=DEFAULT
    )


@pytest.mark.parametrize(
    ("prediction", "error"),
    [
        (predicted(label="lie"), UnknownLabelError),
        (predicted(flags=("angry",)), UnknownLabelError),
        (predicted(of=SECOND), SyncError),
        (predicted(spans=(Span(start=0, end=20, label="cue"),)), SyncError),
    ],
)
def test_a_prediction_that_does_not_fit_is_refused_before_anything_is_sent(prediction, error):
    with pytest.raises(error, match=FIRST.id):
        to_studio_task(FIRST, DOCUMENT, prediction=prediction, scheme=DEFAULT)


MARKS = {
    "spans": (Span(start=0, end=10, label="content"), Span(start=11, end=13, label="cue")),
    "relations": (Relation(label="denies", head=1, tail=None),),
    "flags": ("nested", "unsure"),
}


@pytest.mark.parametrize(
    ("units", "controls"),
    [
        (SENTENCES, ["label", "flags"]),
        (UnitSettings(spans=True), ["label", "flags", "spans", "spans", "unresolved"]),
        (UnitSettings(of="article"), ["label", "flags"]),
        (UnitSettings(of="article", spans=True), ["flags", "spans", "spans", "unresolved"]),
    ],
)
def test_a_pre_label_holds_what_the_page_can_show(units, controls):
    prediction = predicted(**MARKS)
    sent = to_studio_task(FIRST, DOCUMENT, prediction=prediction, scheme=DEFAULT, units=units)
    (prelabel,) = sent["predictions"]
    assert [item["from_name"] for item in prelabel["result"]] == controls
    flags = [item["value"] for item in prelabel["result"] if item["from_name"] == "flags"]
    shown = ["unsure"] if units.derive_labels else ["nested", "unsure"]
    assert flags == [{"choices": shown}]
    from label_studio_sdk.label_interface import LabelInterface

    page = LabelInterface(label_config(DEFAULT, units=units))
    assert page.validate_prediction(prelabel, return_errors=True) == []


def test_a_model_of_sentences_does_not_say_that_there_is_nothing_to_mark():
    units = UnitSettings(of="article", spans=True)
    sent = to_studio_task(FIRST, DOCUMENT, prediction=predicted(), scheme=DEFAULT, units=units)
    assert "predictions" not in sent


def test_an_export_keeps_the_order_and_gives_repeats_the_same_pre_label():
    again = task(TEXT[:19], DOCUMENT.id, repeat=1)
    sent = export_tasks(
        [SECOND, FIRST, again], [DOCUMENT], predictions=[predicted()], scheme=DEFAULT
    )
    assert [entry["data"]["annotate_id"] for entry in sent] == [SECOND.id, FIRST.id, again.id]
    assert ["predictions" in entry for entry in sent] == [False, True, True]


def test_an_export_without_a_document_or_with_a_task_twice_is_refused():
    with pytest.raises(SyncError, match=r"not in documents\.jsonl"):
        export_tasks([FIRST], [], scheme=DEFAULT)
    with pytest.raises(SyncError, match="twice"):
        export_tasks([FIRST, FIRST], [DOCUMENT], scheme=DEFAULT)
