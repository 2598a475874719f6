"""When a pull or a retraining is begun, and what becomes of it if somebody stops it."""

import os
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from annotate.errors import QueueError
from annotate.workflows.retraining import Retraining
from annotate.workflows.retraining_process import Done, Job, Retrainer, in_a_process
from newsroom import newsroom

SECONDS = 30


def made(outcome="promoted", new=5):
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return Done(1, Retraining(at=at, outcome=outcome, why="so", new_labels=new))


class Desk:
    """Jobs that end at once, with what is said here."""

    def __init__(self, every, *answers):
        self.now = 0.0
        self.answers = list(answers)
        self.ran = []
        self.seen = []
        self.broken = []
        self.retrainer = Retrainer(
            Job(Path(), "first", every),
            self.seen.append,
            broke=self.broken.append,
            run=self.run,
            clock=lambda: self.now,
        )

    def run(self, job, stopping):
        self.ran.append(job)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def turn(self):
        """What the thread does, once."""
        if self.retrainer.due():
            self.retrainer._do_one()
        return len(self.ran)


def test_a_job_at_the_start_and_then_at_every_so_many_events():
    desk = Desk(3, made("waiting", 0), made(), made())
    assert desk.turn() == 1
    desk.retrainer.told(2)
    assert desk.turn() == 1
    desk.retrainer.told(1)
    assert desk.turn() == 2
    desk.retrainer.told(2)
    assert desk.turn() == 2
    desk.retrainer.told(2)
    assert desk.turn() == 3
    assert len(desk.seen) == 3


def test_events_that_brought_too_few_labels_are_followed_up():
    """Seven events were four new labels: after six more events there may be ten."""
    desk = Desk(10, made("waiting", 4), made())
    assert desk.turn() == 1
    desk.retrainer.told(5)
    assert desk.turn() == 1
    desk.retrainer.told(1)
    assert desk.turn() == 2


def test_after_trouble_it_is_tried_again_but_not_at_once():
    desk = Desk(3, Done(trouble="no server"), Done(trouble="no server"), made())
    assert desk.turn() == 1
    desk.retrainer.told(9)
    assert desk.turn() == 1
    desk.now = 61
    assert desk.turn() == 2
    desk.now = 122
    assert desk.turn() == 3


def test_a_training_that_failed_waits_for_events_or_for_somebody_who_asks():
    desk = Desk(3, made("failed", 5), made("failed", 5), made())
    assert desk.turn() == 1
    desk.now = 3600
    assert desk.turn() == 1
    desk.retrainer.told(3)
    assert desk.turn() == 2
    desk.retrainer.ask()
    assert desk.turn() == 3


@pytest.mark.parametrize("error", [QueueError("e.jsonl", "full", "Check the disk."), OSError(12)])
def test_a_job_that_breaks_off_is_begun_again_after_a_pause(error):
    desk = Desk(3, error, made())
    assert desk.turn() == 1
    assert (desk.broken, desk.seen) == ([str(error)], [])
    assert "it begins" in desk.retrainer.ask()
    assert desk.turn() == 1
    desk.now = 61
    assert desk.turn() == 2
    assert desk.seen == [made()]


def test_what_cannot_be_kept_does_not_end_the_jobs():
    desk = Desk(3, made(), made())
    told = []

    def full(done):
        told.append(done)
        if len(told) == 1:
            raise OSError(28, "No space left on device")

    desk.retrainer.after = full
    desk.turn()
    assert desk.broken == ["[Errno 28] No space left on device"]
    desk.now = 61
    assert desk.turn() == len(told) == 2


def test_somebody_asks():
    desk = Desk(3, made("waiting", 0), made("waiting", 1))
    desk.turn()
    assert desk.retrainer.ask() == "it begins, if there are 3 new gold labels"
    assert desk.turn() == 2
    desk = Desk(None, Done(1))
    assert "--retrain-every" in desk.retrainer.ask()
    desk.retrainer.told(1000)
    assert desk.turn() == 1, "pulled once at the start"
    assert desk.turn() == 1


def test_stopping_ends_a_job_that_runs():
    began = threading.Event()

    def long(_job, stopping):
        began.set()
        assert stopping.wait(SECONDS)

    seen = []
    with Retrainer(Job(Path(), "first", 1), seen.append, run=long):
        assert began.wait(SECONDS)
    assert seen == []


def test_a_process_says_why_it_could_not_pull(tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith("LABEL_STUDIO")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ANNOTATE_STUDIO_HOME", str(tmp_path / "no-studio"))
    workspace = newsroom(tmp_path / "desk", articles=3, labelled=0)
    done = in_a_process(Job(workspace.root, "first", 1), threading.Event())
    assert "annotate studio start" in done.trouble
    assert done.pulled is None


def test_a_process_that_is_told_to_stop_is_gone_at_once(tmp_path):
    workspace = newsroom(tmp_path / "desk", articles=3, labelled=0)
    stopping = threading.Event()
    stopping.set()
    began = time.monotonic()
    assert in_a_process(Job(workspace.root, "first", 1), stopping) is None
    assert time.monotonic() - began < SECONDS


REPLACING = """
import sys, time
from pathlib import Path
from annotate.files import atomic_folder
from annotate.workflows import retraining_process

rename = Path.rename

def slow(self, to):
    rename(self, to)
    print("aside", flush=True)
    time.sleep(30)

def replace(job):
    Path.rename = slow
    with atomic_folder(job.folder, ours=["weights"]):
        pass

retraining_process.do = replace
retraining_process._work(None, retraining_process.Job(Path(sys.argv[1]), "first", 1))
"""


def test_a_process_that_is_ended_while_it_replaces_a_model_puts_the_old_one_back(tmp_path):
    model = tmp_path / "first"
    model.mkdir()
    (model / "weights").touch()
    command = [sys.executable, "-c", REPLACING, model]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"aside\n"
        assert not model.exists()
        process.terminate()
    assert (process.returncode, list(tmp_path.iterdir())) == (1, [model])
    assert (model / "weights").is_file()


def test_a_process_that_dies_is_noticed(tmp_path, monkeypatch):
    done = in_a_process(Job(tmp_path / "nowhere", "first", 1), threading.Event())
    assert "is no workspace" in done.trouble
    monkeypatch.setenv("PYTHONHASHSEED", "nonsense")  # with which no Python starts
    done = in_a_process(Job(tmp_path, "first", 1), threading.Event())
    assert done.trouble == "the process ended (exit code 1)"
