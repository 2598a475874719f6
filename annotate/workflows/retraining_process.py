"""Pulling and retraining in a process of their own, beside the server that answers."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final, Self

from annotate import jsonl
from annotate.errors import AnnotateError
from annotate.workflows.label import connect, pull_annotations
from annotate.workflows.retraining import Retraining, retrain, serving_folder
from annotate.workspace import Workspace

_POLL_SECONDS: Final = 0.1
_PATIENCE_SECONDS: Final = 5.0
_AGAIN_SECONDS: Final = 60.0
"""After a failure, until it is tried again."""
_NICENESS: Final = 10


@dataclass(frozen=True, slots=True)
class Job:
    """What a process shall do: pull, and where ``every`` is given, retrain if it is time."""

    folder: Path
    name: str
    every: int | None


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it: ``trouble`` says why it is to be tried again."""

    pulled: int | None = None
    retraining: Retraining | None = None
    trouble: str = ""


Run = Callable[[Job, threading.Event], Done | None]
"""Does a job; None if it was told to stop before."""


def in_a_process(job: Job, stopping: threading.Event) -> Done | None:
    """Do a job in a process of its own, with less right to the processors than the server has."""
    context = get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(there, job), daemon=True)
    process.start()
    there.close()
    try:
        while not here.poll(_POLL_SECONDS):
            if stopping.is_set():
                return None
        done = here.recv()
        return done if isinstance(done, Done) else None
    except EOFError:
        process.join(_PATIENCE_SECONDS)
        return Done(trouble=f"the process ended (exit code {process.exitcode})")
    finally:
        here.close()
        process.terminate()
        process.join(_PATIENCE_SECONDS)
        if process.is_alive():
            process.kill()


def do(job: Job) -> Done:
    """Do a job here."""
    count = None
    try:
        workspace = Workspace(job.folder)
        with connect(workspace) as studio:
            count = len(pull_annotations(workspace, studio).annotations)
        if job.every is None:
            return Done(count)
        seed = workspace.settings.seed
        return Done(count, retrain(workspace, job.name, every=job.every, seed=seed))
    except (AnnotateError, OSError) as error:
        return Done(count, trouble=str(error))


@dataclass
class Retrainer:
    """Looks after the jobs: one at the start, then one whenever enough was told.

    Events are a hint that it may be time; how many gold labels are new is what the pull says.

    Attributes:
        job: what is done each time.
        after: is told what came of a job, in the thread that looks after them.
        began: is told that one begins.
        broke: is told why one ended in an error, or what came of it could not be kept.
        run: does a job.
    """

    job: Job
    after: Callable[[Done], None]
    began: Callable[[], None] = lambda: None
    broke: Callable[[str], None] = lambda _why: None
    run: Run = in_a_process
    clock: Callable[[], float] = time.monotonic
    _new: int = 0
    _needed: int = 0
    _not_before: float = 0.0
    _asked: bool = True
    _running: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _wake: threading.Event = field(default_factory=threading.Event)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __post_init__(self) -> None:
        """As many events as labels are wanted, at the least."""
        self._needed = self.job.every or 0

    def __enter__(self) -> Self:
        """Begin, with a job at once: events may have been missed while nothing ran."""
        self._thread = threading.Thread(target=self._look_after, name="retraining", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop; a job that runs is ended, and leaves nothing half-written."""
        self._stopping.set()
        self._wake.set()
        if self._thread:
            self._thread.join()

    def told(self, new: int) -> None:
        """Count events."""
        with self._lock:
            self._new += new
        self._wake.set()

    def ask(self) -> str:
        """Do a job as soon as it can be; returns what to tell who asked."""
        if self.job.every is None:
            return "this server does not retrain: annotate serve --retrain-every N"
        with self._lock:
            self._asked = True
        self._wake.set()
        if self._running:
            return "one runs, and is followed by another"
        return f"it begins, if there are {self.job.every} new gold labels"

    def due(self) -> bool:
        """Whether it is time for a job."""
        with self._lock:
            enough = self.job.every is not None and self._new >= self._needed
            return (self._asked or enough) and self.clock() >= self._not_before

    def _look_after(self) -> None:
        while not self._stopping.is_set():
            if self.due():
                self._do_one()
            self._wake.wait(_POLL_SECONDS * 5)
            self._wake.clear()

    def _do_one(self) -> None:
        with self._lock:
            new, self._new, self._asked, self._running = self._new, 0, False, True
        try:
            self.began()
            done = self.run(self.job, self._stopping)
            if done is not None:
                self.after(done)
        except (AnnotateError, OSError) as error:
            done = Done(trouble=str(error))
            self.broke(done.trouble)
        with self._lock:
            self._running = False
            if done is not None:
                self._settle(done, new)

    def _settle(self, done: Done, new: int) -> None:
        every = self.job.every or 0
        found = done.retraining
        waits = found is not None and found.outcome == "waiting"
        self._needed = max(1, every - found.new_labels) if found and waits else every
        if done.trouble:
            self._new += new
            self._asked = True
            self._not_before = self.clock() + _AGAIN_SECONDS


def keep(workspace: Workspace, done: Retraining) -> None:
    """Write down what became of a retraining."""
    jsonl.append(serving_folder(workspace) / Retraining.filename, [done])


def _work(pipe: Connection, job: Job) -> None:
    """What the process does."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server ends it
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what is being replaced is put back
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with suppress(OSError):
        os.nice(_NICENESS)
    with threadpool_limits(1):
        done = do(job)
    with suppress(OSError):
        pipe.send(done)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(_PATIENCE_SECONDS)
        os._exit(1)
