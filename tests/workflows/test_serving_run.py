"""What is told, counted and written down when a pull or a training has ended."""

import sys

import pytest

pytest.importorskip("prometheus_client")

from annotate.errors import MissingExtraError, SyncError
from annotate.serving import Event, EventQueue
from annotate.serving.measurements import Measurements
from annotate.workflows.prepare import make_workspace
from annotate.workflows.retraining_process import Done
from annotate.workflows.serving_run import _Books, serve


@pytest.fixture
def books(tmp_path):
    workspace = make_workspace(tmp_path / "desk", scheme=None)
    said = []
    with EventQueue(tmp_path / "events.jsonl") as queue:
        counts = Measurements(version=lambda: "v", events=lambda: len(queue))
        yield _Books(workspace, None, queue, counts, said.append), said


def counted(books):
    lines = books.measurements.text().decode().splitlines()
    start = 'annotate_retrainings_total{outcome="'
    return {line.split('"')[1]: line[-3:] for line in lines if line.startswith(start)}


def test_trouble_is_told_once_and_counted_as_what_it_is(books, monkeypatch):
    books, said = books
    monkeypatch.setattr("annotate.workflows.serving_run.pulled_events", lambda _: [])
    for done in [Done(trouble="No server."), Done(trouble="No server."), Done(3)]:
        books.began()
        books.after(done)
    books.after(Done(3, trouble="Busy."))
    books.broke("Full.")
    books.broke("Full.")
    assert said == [
        "Nothing was pulled or trained: No server.",
        "Pulled, but not trained: Busy.",
        "Pulling and training broke off, and begins again in a minute: Full.",
    ]
    assert counted(books) == {"not pulled": "2.0", "pulled": "1.0", "failed": "3.0"}


def test_where_it_cannot_be_read_what_was_pulled_nothing_is_taken_for_gone(books):
    books, _ = books
    books.queue.record(Event("written", "a", 1, "2026-01-01"))
    books.began()
    with pytest.raises(SyncError, match="is not as the pull left it"):
        books.after(Done(1))
    assert set(books.queue.standing()) == {"a"}


def test_an_extra_that_is_there_in_part_is_named(books, monkeypatch):
    books, _ = books
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    monkeypatch.delitem(sys.modules, "annotate.serving.measurements")
    with pytest.raises(MissingExtraError, match=r"needs prometheus_client.*\[serve\]"):
        serve(books.workspace, "first", host="127.0.0.1", port=0, environment={})
