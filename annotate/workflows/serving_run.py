"""A model of a workspace served until somebody stops it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from annotate.errors import MissingExtraError
from annotate.serving import EventQueue
from annotate.workflows.serving import ServedModel
from annotate.workspace import Workspace

if TYPE_CHECKING:
    from annotate.serving.running import Stopped

PORT: Final = 9090
"""Where Label Studio's own backends listen, too."""
_FOLDER: Final = "serve"


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
    """

    url: str
    version: str
    tasks: int
    events: int
    queue: Path
    secret: bool


def queue_file(workspace: Workspace) -> Path:
    """The file of the events that a workspace's project told of."""
    return workspace.state / _FOLDER / "events.jsonl"


def serve(
    workspace: Workspace,
    name: str,
    *,
    host: str,
    port: int,
    environment: Mapping[str, str],
    ready: Callable[[Ready], None] = lambda _: None,
    say: Callable[[str], None] = lambda _: None,
) -> "Stopped":
    """Answer Label Studio for a model, and write down what it tells, until Ctrl-C or SIGTERM.

    Args:
        workspace: with the model, its tasks and the queue of events.
        name: of the model.
        host: address to listen on.
        port: 0 for any that is free.
        environment: may hold the shared secret.
        ready: is told once that requests are answered.
        say: is told what happens.

    Returns:
        What stopped it.

    Raises:
        MissingExtraError: fastapi or uvicorn is not installed.
        ServeError: the address cannot be had, or needs a secret.
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
    backend = ServedModel(workspace, name, say)
    with EventQueue(queue_file(workspace)) as queue, listen(host, port) as listening:
        measurements = Measurements(version=lambda: backend.version, events=lambda: len(queue))
        app = make_app(Service(backend, queue, measurements, access, say=say))
        shown = f"[{host}]" if ":" in host else host
        ready(
            Ready(
                url=f"http://{shown}:{listening.getsockname()[1]}",
                version=backend.version,
                tasks=backend.tasks,
                events=len(queue),
                queue=queue.path,
                secret=access.secret is not None,
            )
        )
        return run(app, listening)
