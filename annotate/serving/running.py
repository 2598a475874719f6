"""The application on a socket, until somebody stops it."""

import signal
import socket
from types import FrameType
from typing import Final, Literal

import uvicorn

from annotate.errors import ServeError
from annotate.serving.gate import App

Stopped = Literal["interrupted", "asked"]
"""By Ctrl-C, or by SIGTERM."""

_CONNECTIONS: Final = 500
_BACKLOG: Final = 128
_GRACE_SECONDS: Final = 10
_IDLE_SECONDS: Final = 5
_HEADER_BYTES: Final = 64 * 2**10


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Args:
        host: address to listen on.
        port: 0 for any that is free.

    Raises:
        ServeError: the address cannot be had.
    """
    # Said to be TCP, since asyncio lets small answers go at once (TCP_NODELAY) only then.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(_BACKLOG)
    except (OSError, OverflowError) as error:
        listening.close()
        reason = getattr(error, "strerror", None) or error
        msg = f"{host}, port {port}: cannot listen there ({reason}). Choose another --port."
        raise ServeError(msg) from None
    return listening


class _Server(uvicorn.Server):
    """Notes which signal stopped it, and leaves it at that."""

    stopped: Stopped = "asked"

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop; at a second Ctrl-C at once."""
        if self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        self.should_exit = True
        self.stopped = "interrupted" if sig == signal.SIGINT else "asked"


def run(app: App, listening: socket.socket) -> Stopped:
    """Answer requests until Ctrl-C or SIGTERM; what is being answered then is answered still."""
    config = uvicorn.Config(
        app,
        http="h11",
        loop="asyncio",
        lifespan="off",
        access_log=False,
        log_level="warning",
        server_header=False,
        date_header=False,
        proxy_headers=False,
        ws="none",
        limit_concurrency=_CONNECTIONS,
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        h11_max_incomplete_event_size=_HEADER_BYTES,
    )
    server = _Server(config)
    with listening:
        server.run(sockets=[listening])
    return server.stopped
