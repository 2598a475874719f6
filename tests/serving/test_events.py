"""Webhook payloads as Label Studio 1.23 sends them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.serving.events import Event, events_in, project_in

ANNOTATION = {
    "id": 10023, "result": [], "task": 54634, "project": 21, "completed_by": 4, "lead_time": 1.0,
    "unique_id": "2b6c", "updated_at": "2026-11-28T21:30:43.123456Z",
}  # fmt: skip


def test_an_annotation_that_was_made():
    payload = {"action": "ANNOTATION_CREATED", "annotation": ANNOTATION, "project": {"id": 21}}
    moment = "2026-11-28T21:30:43.123456+00:00"
    assert list(events_in(payload)) == [Event("written", "2b6c", 10023, moment, 54634)]
    assert project_in(payload) == 21


def test_the_moment_is_the_same_in_any_zone_and_precision():
    times = (
        "2026-01-01T12:00:00Z",
        "2026-01-01T12:00:00.000000+00:00",
        "2026-01-01T13:00:00+01:00",
    )
    payloads = [
        {"action": "ANNOTATION_UPDATED", "annotation": ANNOTATION | {"updated_at": time}}
        for time in times
    ]
    assert len({event.key for payload in payloads for event in events_in(payload)}) == 1


def test_several_at_once_and_deletions():
    made = {"action": "ANNOTATIONS_CREATED", "annotation": [ANNOTATION, ANNOTATION | {"id": 2}]}
    assert [event.number for event in events_in(made)] == [10023, 2]
    gone = {"action": "ANNOTATIONS_DELETED", "annotations": [{"id": 5}, {"id": 6}], "project": {}}
    assert list(events_in(gone)) == [Event("deleted", "", 5), Event("deleted", "", 6)]


@pytest.mark.parametrize("action", ["TASKS_CREATED", "PROJECT_UPDATED", "START_TRAINING", None, 3])
def test_other_news_tells_of_no_event(action):
    assert list(events_in({"action": action, "tasks": [{"id": 1}], "annotation": ANNOTATION})) == []


@pytest.mark.parametrize("told", [None, {}, [], "x", {"id": "7"}, {"id": -1}, {"id": 2**70}, [3]])
def test_an_annotation_without_a_number_is_refused(told):
    with pytest.raises(ValueError, match="without the number"):
        list(events_in({"action": "ANNOTATION_CREATED", "annotation": told}))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "task", "unique_id", "updated_at"]), inner)
    ),
    max_leaves=6,
)


@given(annotation=JSON, action=st.sampled_from(["ANNOTATION_CREATED", "ANNOTATIONS_DELETED"]))
def test_whatever_is_sent_is_taken_or_refused(annotation, action):
    payload = {"action": action, "annotation": annotation}
    found = [annotation] if isinstance(annotation, dict) else annotation
    told = found if isinstance(found, list) else [None]
    numbered = [isinstance(each, dict) and type(each.get("id")) is int for each in told]
    if all(numbered) and told and all(0 <= each["id"] < 2**63 for each in told):
        assert len({event.key for event in events_in(payload)}) <= len(told)
    else:
        with pytest.raises(ValueError, match="without the number"):
            list(events_in(payload))
