"""Events on the disk: each once, whatever is cut off, repeated or told out of order."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.errors import QueueError
from annotate.serving import Event, EventQueue

EVENTS = st.lists(
    st.builds(
        Event,
        action=st.just("written"),
        identity=st.sampled_from(["a", "b", "ü\ud800", "\n"]),
        number=st.integers(0, 3),
        updated=st.sampled_from(["2026-01-01", "2026-01-02", ""]),
        task=st.none() | st.integers(0, 9),
    )
    | st.builds(Event, action=st.just("deleted"), identity=st.just(""), number=st.integers(0, 3)),
    max_size=12,
)


def recorded(path):
    with EventQueue(path) as queue:
        return list(queue.events())


def written(identity, number=None, updated="2026-01-01", **fields):
    return Event("written", identity, number, updated, **fields)


@given(events=EVENTS, again=EVENTS)
def test_an_event_is_recorded_once_however_often_it_is_told(tmp_path_factory, events, again):
    path = tmp_path_factory.mktemp("q") / "events.jsonl"
    with EventQueue(path) as queue:
        new = [event for event in events if queue.record(event)]
        keys = [event.key for event in queue.events()]
        assert len(keys) == len(set(keys)) == len(new) == len(queue)
    with EventQueue(path) as queue:
        for event in (*(each for each in events if each.action == "written"), *again):
            queue.record(event)
        keys = [event.key for event in queue.events()]
        assert len(keys) == len(set(keys))


@given(data=st.data(), count=st.integers(1, 6))
def test_a_kill_at_any_byte_loses_only_what_was_not_answered_for(tmp_path_factory, data, count):
    path = tmp_path_factory.mktemp("q") / "events.jsonl"
    events = [written(f"annotation {n}", n) for n in range(count)]
    ends = []
    with EventQueue(path) as queue:
        for event in events:
            queue.record(event)
            ends.append(path.stat().st_size)
    cut = data.draw(st.integers(0, ends[-1]))
    os.truncate(path, cut)
    answered = [event for event, end in zip(events, ends, strict=True) if end <= cut]
    with EventQueue(path) as queue:
        assert list(queue.events()) == answered
        assert [queue.record(event) for event in events] == [e not in answered for e in events]
    assert recorded(path) == events


@given(data=st.data())
def test_what_follows_a_torn_line_is_written_whole(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("q") / "events.jsonl"
    with EventQueue(path) as queue:
        queue.record(written("a"))
    whole = path.read_bytes()
    path.write_bytes(whole + whole[: data.draw(st.integers(0, len(whole) - 1))])
    with EventQueue(path) as queue:
        queue.record(written("b"))
    assert [event.identity for event in recorded(path)] == ["a", "b"]


def test_a_number_that_is_given_out_again_is_another_annotation(tmp_path):
    deleted = Event("deleted", "", 7)
    with EventQueue(tmp_path / "events.jsonl") as queue:
        told = [written("a", 7), deleted, deleted, written("b", 7, "2026-01-02"), deleted, deleted]
        assert [queue.record(event) for event in told] == [True, True, False, True, True, False]
        assert queue.standing() == {}


def test_what_stands_is_the_latest_of_each_annotation_in_whatever_order_it_is_told(tmp_path):
    late, early = written("a", 1, "2026-01-02"), written("a", 1, "2026-01-01")
    with EventQueue(tmp_path / "events.jsonl") as queue:
        assert queue.record(late)
        assert queue.record(early)
        assert queue.standing() == {"a": late}
        queue.record(Event("deleted", "", 1))
        queue.record(written("a", 1, "2026-01-03"))
        assert queue.standing() == {}


def test_a_pull_tells_of_the_same_event_as_the_webhook(tmp_path):
    with EventQueue(tmp_path / "events.jsonl") as queue:
        assert queue.record(written("a", 1, task=5))
        assert not queue.record(written("a", source="pull"))


def test_only_one_process_has_the_file(tmp_path):
    path = tmp_path / "events.jsonl"
    with EventQueue(path), pytest.raises(QueueError, match="another `annotate serve`"):
        EventQueue(path)
    assert recorded(path) == []


@pytest.mark.parametrize(
    "line", [b"{}\n", b"\n", b"nonsense\n", b'{"action": "written"}\n', b"\xff\n"]
)
def test_a_damaged_line_is_refused_by_its_number(tmp_path, line):
    path = tmp_path / "events.jsonl"
    with EventQueue(path) as queue:
        queue.record(written("a"))
    path.write_bytes(path.read_bytes() + line)
    with pytest.raises(QueueError, match="line 2 tells of no event"):
        EventQueue(path)


def test_a_full_disk_leaves_nothing_behind(tmp_path, monkeypatch):
    path = tmp_path / "events.jsonl"
    with EventQueue(path) as queue:
        queue.record(written("a"))
        before = path.read_bytes()

        def full(_handle):
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            with pytest.raises(QueueError, match="No space left"):
                queue.record(written("b"))
        assert path.read_bytes() == before
        assert len(queue) == 1
        assert queue.record(written("b"))
    assert len(recorded(path)) == 2


def test_memory_has_a_bound(tmp_path, monkeypatch):
    monkeypatch.setattr("annotate.serving.event_queue.REMEMBERED", 3)
    with EventQueue(tmp_path / "events.jsonl") as queue:
        for number in range(5):
            queue.record(written(str(number)))
        assert not queue.record(written("4"))
        assert queue.record(written("0"))


def test_the_file_is_its_owners_alone(tmp_path):
    with EventQueue(tmp_path / "new" / "events.jsonl") as queue:
        assert queue.path.stat().st_mode & 0o777 == 0o600
