"""A model of a workspace served until somebody stops it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from annotate.errors import MissingExtraError, SyncError
from annotate.labelstudio.mirror import FILENAME, Mirror
from annotate.labelstudio.state import SyncState
from annotate.serving import Event, EventQueue, reconcile
from annotate.serving.events import moment_in
from annotate.workflows.retraining import check_retraining, serving_folder
from annotate.workflows.retraining_process import Done, Job, Retrainer, keep
from annotate.workflows.serving import ServedModel
from annotate.workspace import Workspace

if TYPE_CHECKING:
    from annotate.serving.measurements import Measurements
    from annotate.serving.running import Stopped


@dataclass(frozen=True, slots=True)
class Ready:
    """What answers, and where.

    Attributes:
        url: its address on this machine.
        version: what predictions are signed with.
        tasks: how many tasks it knows.
        events: how many events are recorded so far.
        queue: the file of them.
        secret: whether one must be shown.
        retrain_every: after how many new gold labels it is trained anew; None for never.
    """

    url: str
    version: str
    tasks: int
    events: int
    queue: Path
    secret: bool
    retrain_every: int | None


def queue_file(workspace: Workspace) -> Path:
    """The file of the events that a workspace's project told of."""
    return serving_folder(workspace) / "events.jsonl"


def serve(
    workspace: Workspace,
    name: str,
    *,
    host: str,
    port: int,
    environment: Mapping[str, str],
    retrain_every: int | None = None,
    ready: Callable[[Ready], None] = lambda _: None,
    say: Callable[[str], None] = lambda _: None,
) -> "Stopped":
    """Answer Label Studio for a model, and write down what it tells, until Ctrl-C or SIGTERM.

    At the start the annotations are pulled, so that what was missed is known.

    Args:
        workspace: with the model, its tasks and the queue of events.
        name: of the model.
        host: address to listen on.
        port: 0 for any that is free.
        environment: may hold the shared secret.
        retrain_every: train anew when so many gold labels are new; None for never.
        ready: is told once that requests are answered.
        say: is told what happens.

    Returns:
        What stopped it.

    Raises:
        MissingExtraError: fastapi or uvicorn is not installed.
        ServeError: the address cannot be had, or needs a secret; or there is no audit stream to
            judge a new model by.
        QueueError: the queue is damaged, or another process writes to it.
        ModelError: there is no such model.
    """
    try:
        from annotate.serving.access import Access
        from annotate.serving.app import Service, make_app
        from annotate.serving.measurements import Measurements
        from annotate.serving.running import listen, run
    except ModuleNotFoundError as missing:
        raise MissingExtraError(extra="serve", package=missing.name or "fastapi") from None
    access = Access.settled(host, environment)
    if retrain_every is not None:
        check_retraining(workspace, retrain_every)
    backend = ServedModel(workspace, name, say)
    job = Job(workspace.root.resolve(), name, retrain_every)
    with EventQueue(queue_file(workspace)) as queue, listen(host, port) as listening:
        counts = Measurements(version=lambda: backend.version, events=lambda: len(queue))
        books = _Books(workspace, backend, queue, counts, say)
        with Retrainer(job, books.after, books.began, books.broke) as retrainer:
            service = Service(
                backend,
                queue,
                counts,
                access,
                on_events=retrainer.told,
                on_training=retrainer.ask,
                say=say,
            )
            shown = f"[{host}]" if ":" in host else host
            ready(
                Ready(
                    url=f"http://{shown}:{listening.getsockname()[1]}",
                    version=backend.version,
                    tasks=backend.tasks,
                    events=len(queue),
                    queue=queue.path,
                    secret=access.secret is not None,
                    retrain_every=retrain_every,
                )
            )
            return run(make_app(service), listening)


@dataclass
class _Books:
    """Draws the consequences of what was pulled and trained."""

    workspace: Workspace
    backend: ServedModel
    queue: EventQueue
    measurements: "Measurements"
    say: Callable[[str], None]
    _since: int = 0
    _before: Mapping[str, Event] = field(default_factory=dict)
    _trouble: str = ""

    def began(self) -> None:
        """A job begins: what is told from now on is newer than what it finds."""
        self._since, self._before = len(self.queue), self.queue.standing()
        self.measurements.retraining(None)

    def after(self, done: Done) -> None:
        """A job has ended."""
        made = done.retraining
        if made:
            self.say(f"Retraining: {made.outcome}: {made.why}")
            if made.outcome != "waiting":
                self.backend.refresh()
                keep(self.workspace, made)
        if done.pulled is not None:
            self._reconcile()
        if not done.trouble:
            self._tell("")
            self.measurements.retraining(made.outcome if made else "pulled")
        elif done.pulled is None:
            self._tell(f"Nothing was pulled or trained: {done.trouble}")
            self.measurements.retraining("not pulled")
        else:
            self._tell(f"Pulled, but not trained: {done.trouble}")
            self.measurements.retraining("failed")

    def broke(self, why: str) -> None:
        """A job ended in an error, or what came of it could not be kept."""
        self._tell(f"Pulling and training broke off, and begins again in a minute: {why}")
        self.measurements.retraining("failed")

    def _tell(self, trouble: str) -> None:
        """Say what is in the way, once."""
        if trouble and trouble != self._trouble:
            self.say(trouble)
        self._trouble = trouble

    def _reconcile(self) -> None:
        there = list(pulled_events(self.workspace))
        found = reconcile(self.queue, there, self._before, since=self._since)
        if found.missed or found.gone:
            self.say(
                f"Of {found.annotations:,} annotations that were pulled, no event had told of "
                f"{found.missed:,}; {found.gone:,} are gone. {len(self.queue):,} events are "
                "recorded now"
            )


def pulled_events(workspace: Workspace) -> Iterator[Event]:
    """An event for each annotation that the last pull from the server found.

    Raises:
        SyncError: what it found cannot be read.
    """
    known = SyncState.load(workspace.studio_state)
    mirror = Mirror.load(workspace.state, known.key) if known else None
    if mirror is None:
        msg = f"{workspace.state / FILENAME} is not as the pull left it. The next one mends that."
        raise SyncError(msg)
    for task in mirror.tasks.values():
        for made in task.annotations:
            number = made.raw.get("id")
            yield Event(
                "written",
                made.identity,
                number=number if type(number) is int else None,
                updated=moment_in(made.raw.get("updated_at")),
                task=task.number,
                source="pull",
            )
