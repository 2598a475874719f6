"""The application on a socket, until somebody stops it."""

import asyncio
import signal
import socket
from types import FrameType
from typing import Final, Literal

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from annotate.errors import ServeError
from annotate.serving.gate import App

Stopped = Literal["interrupted", "asked"]
"""By Ctrl-C, or by SIGTERM."""

_CONNECTIONS: Final = 500
_BACKLOG: Final = 128
_GRACE_SECONDS: Final = 10
_IDLE_SECONDS: Final = 5
_HEAD_SECONDS: Final = 10
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


class _Connection(H11Protocol):
    """Is closed if the head of a request does not come in time, so that others find a place.

    What is silent after an answer, uvicorn closes (``timeout_keep_alive``), but neither what is
    silent from the start nor what sends its head byte by byte.
    """

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Wait no longer if the head is whole."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._wait_no_longer()

    def on_response_complete(self) -> None:
        """Wait for the next request, unless that came already."""
        super().on_response_complete()
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._wait_no_longer()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(_HEAD_SECONDS, self.transport.close)

    def _wait_no_longer(self) -> None:
        if self._waiting:
            self._waiting.cancel()


def run(app: App, listening: socket.socket) -> Stopped:
    """Answer requests until Ctrl-C or SIGTERM; what is being answered then is answered still."""
    config = uvicorn.Config(
        app,
        http=_Connection,
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
