"""Recorded annotations arrive at a server again, made by real users at the same time."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass

from annotate.errors import SyncError
from annotate.labelstudio.annotator import Annotator, maker_of
from annotate.labelstudio.client import Studio
from annotate.labelstudio.convert import ID
from annotate.labelstudio.home import Account
from annotate.labelstudio.recording import Recorded

_POLL_SECONDS = 0.2

Counting = Callable[[int, int], None]
"""Is told how many annotations were handled, of how many."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many annotations arrived now, and how many had done so before."""

    sent: int
    present: int

    @property
    def total(self) -> int:
        """Annotations of the recording that the server has now."""
        return self.sent + self.present


@dataclass(frozen=True, slots=True)
class _Errand:
    """One recorded annotation and the server's number of its task."""

    task: int
    recorded: Recorded


def replay(
    url: str,
    project: int,
    recorded: Sequence[Recorded],
    users: Sequence[Account],
    *,
    seed: int,
    progress: Counting = lambda _done, _total: None,
) -> Replayed:
    """Let recorded annotations arrive at a server, each made by the user of that email.

    The users work at the same time, each in an order of their own. What a user has annotated
    already is not sent again, so that a second replay adds nothing; after an unclear answer the
    server is asked before anything is repeated.

    Args:
        url: address of the server.
        project: number of the project that the tasks were pushed to.
        recorded: what shall arrive, at most one annotation for each task and email.
        users: accounts with API keys, one for each email of the recording.
        seed: of the users' orders.
        progress: is called in this thread, now and then and at the end.

    Raises:
        SyncError: a task or a user of the recording is not there.
        StudioError: the server refuses, or keeps failing.
    """
    by_email = {user.email: user for user in users}
    if missing := sorted({entry.email for entry in recorded} - set(by_email)):
        msg = f"The recording has annotations by {missing[0]}, who is no user. Create that user."
        raise SyncError(msg)
    if not recorded:
        return Replayed(0, 0)
    _refuse_repeats(recorded)
    errands = _open_errands(url, project, recorded, by_email[recorded[0].email])
    present = len(recorded) - len(errands)
    count = _Count(present, len(recorded), progress)
    count.show()
    queues = [
        (
            by_email[email],
            _own_order([e for e in errands if e.recorded.email == email], email, seed),
        )
        for email in sorted({errand.recorded.email for errand in errands})
    ]
    _work_together(url, project, queues, count)
    return Replayed(sent=len(errands), present=present)


def _refuse_repeats(recorded: Sequence[Recorded]) -> None:
    """One user annotates one task once: a second time could not be told from a renewed attempt."""
    counts = Counter((entry.task_id, entry.email.lower()) for entry in recorded)
    for (task_id, email), count in counts.items():
        if count > 1:
            msg = f"The recording has {count} annotations of task {task_id} by {email}. Keep one."
            raise SyncError(msg)


def _own_order(errands: list[_Errand], email: str, seed: int) -> list[_Errand]:
    """The errands in this user's order.

    People do not march in step, and Label Studio's counters lag when two annotations of one task
    arrive in the same moment.
    """
    random.Random(f"{seed}:{email}").shuffle(errands)  # noqa: S311  no secret
    return errands


def _open_errands(
    url: str, project: int, recorded: Sequence[Recorded], user: Account
) -> list[_Errand]:
    """What is not on the server yet."""
    with Studio.connect(url, user.api_key or "") as studio:
        exported = studio.export(project)
    numbers: dict[str, int] = {}
    present: set[tuple[str, str]] = set()
    for task in exported:
        task_id = task["data"].get(ID)
        if task_id in numbers:
            msg = f"Project {project} holds task {task_id} twice. Delete one of the two."
            raise SyncError(msg)
        if task_id:  # others are not ours
            numbers[task_id] = task["id"]
            present |= {(task_id, maker_of(made)) for made in task["annotations"]}
    if missing := [entry.task_id for entry in recorded if entry.task_id not in numbers]:
        msg = (
            f"{len(missing)} recorded annotations are of tasks that project {project} does not "
            f"have, such as {missing[0]}. Push the tasks first."
        )
        raise SyncError(msg)
    return [
        _Errand(numbers[entry.task_id], entry)
        for entry in recorded
        if (entry.task_id, entry.email.lower()) not in present
    ]


class _Count:
    """How many annotations were handled; counted in many threads, shown in one."""

    def __init__(self, done: int, total: int, progress: Counting) -> None:
        self._done, self._total, self._progress = done, total, progress
        self._lock = threading.Lock()

    def one_more(self) -> None:
        with self._lock:
            self._done += 1

    def show(self) -> None:
        self._progress(self._done, self._total)


def _work_together(
    url: str, project: int, queues: Sequence[tuple[Account, Sequence[_Errand]]], count: _Count
) -> None:
    if not queues:
        return
    stop = threading.Event()
    with ThreadPoolExecutor(max_workers=len(queues)) as pool:
        jobs = [
            pool.submit(_work, url, project, user, errands, stop, count.one_more)
            for user, errands in queues
        ]
        try:
            pending = set(jobs)
            while pending and not any(job.exception() for job in set(jobs) - pending):
                pending = wait(pending, timeout=_POLL_SECONDS).not_done
                count.show()
        finally:  # also after Ctrl-C: each thread ends with the request it has begun
            stop.set()
    for job in jobs:
        job.result()


def _work(
    url: str,
    project: int,
    user: Account,
    errands: Sequence[_Errand],
    stop: threading.Event,
    one_more: Callable[[], None],
) -> None:
    """One user's whole work, over one connection."""
    with Annotator.connect(url, project, user) as annotator:
        for errand in errands:
            if stop.is_set():
                return
            annotator.annotate(errand.task, errand.recorded.body(), stop)
            one_more()
