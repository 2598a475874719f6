"""Events held against what a pull found."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.serving import Event, EventQueue, Reconciled, reconcile

STATES = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 4))


def written(identity, day=1, **fields):
    return Event("written", identity, ord(identity), f"2026-01-0{day}", **fields)


@pytest.fixture
def queue(tmp_path):
    with EventQueue(tmp_path / "events.jsonl") as queue:
        yield queue


def test_what_no_event_told_is_recorded_once(queue):
    queue.record(written("a"))
    there = [written(name, source="pull") for name in "abc"]
    assert reconcile(queue, there, queue.standing(), since=len(queue)) == Reconciled(3, 2, 0, 3)
    assert reconcile(queue, there, queue.standing(), since=len(queue)) == Reconciled(3, 0, 0, 3)
    assert [event.source for event in queue.events()] == ["webhook", "pull", "pull"]


def test_what_is_gone_is_recorded_and_what_came_during_the_pull_stays(queue):
    queue.record(written("a"))
    before = queue.standing()
    queue.record(written("b"))
    assert reconcile(queue, [], before, since=1) == Reconciled(0, 0, 1, 1)
    assert set(queue.standing()) == {"b"}
    assert not queue.record(Event("deleted", "", ord("a"))), "the webhook tells of it late"


def test_what_was_gone_and_is_there_again_stands_again(queue, tmp_path):
    queue.record(written("a"))
    there = [written("a", source="pull")]
    for _ in range(2):
        assert reconcile(queue, [], queue.standing(), since=len(queue)) == Reconciled(0, 0, 1, 0)
        assert reconcile(queue, there, {}, since=len(queue)) == Reconciled(1, 1, 0, 1)
    queue.close()
    with EventQueue(queue.path) as again:
        assert set(again.standing()) == {"a"}
        assert not again.record(written("a")), "the webhook tells of it late"


def test_what_was_deleted_during_the_pull_that_found_it_is_gone(queue):
    queue.record(written("a"))
    before, since = queue.standing(), len(queue)
    queue.record(Event("deleted", "", ord("a")))
    there = [written("a", day=2, source="pull")]
    assert reconcile(queue, there, before, since=since) == Reconciled(1, 0, 0, 0)


@given(told=STATES, there=STATES)
def test_afterwards_the_events_say_what_is_there(tmp_path_factory, told, there):
    """For events that came before the pull, as none is of a later state than it found."""
    with EventQueue(tmp_path_factory.mktemp("q") / "events.jsonl") as queue:
        for name, day in told.items():
            queue.record(written(name, min(day, there.get(name, 4))))
        found = [replace(written(name, day), source="pull") for name, day in there.items()]
        done = reconcile(queue, found, queue.standing(), since=len(queue))
        assert {n: e.updated for n, e in queue.standing().items()} == {
            event.identity: event.updated for event in found
        }
        assert done.standing == done.annotations == len(there)
        assert done.gone == len(told.keys() - there.keys())
        keys = [event.key for event in queue.events()]
        assert len(keys) == len(set(keys))
