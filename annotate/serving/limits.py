"""What a request may cost: bytes of its body, time to send them, how many there are a second."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, Final

from annotate.serving.protocol import RefusedError

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

_CLIENTS: Final = 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits.

    Attributes:
        body_bytes: of one request.
        held_bytes: of all bodies that are being read or answered for at one time.
        body_seconds: in which a body must have come.
        requests_a_second: of one client, in the long run.
        burst: requests of one client at once, after a quiet time.
    """

    body_bytes: int = 32 * 2**20
    held_bytes: int = 128 * 2**20
    body_seconds: float = 30.0
    requests_a_second: float = 200.0
    burst: int = 400


class Rate:
    """Counts the requests of each client; a client that was long quiet is forgotten.

    A bucket a client, which holds up to ``burst`` tokens and gets ``requests_a_second`` new ones.
    """

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with full buckets."""
        self._limits, self._clock = limits, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def admit(self, client: str) -> None:
        """Count a request.

        Raises:
            RefusedError: there were too many.
        """
        now = self._clock()
        tokens, since = self._buckets.pop(client, (float(self._limits.burst), now))
        tokens += (now - since) * self._limits.requests_a_second
        tokens = min(tokens, float(self._limits.burst))
        refused = tokens < 1
        self._buckets[client] = (tokens if refused else tokens - 1, now)
        if len(self._buckets) > _CLIENTS:
            self._buckets.popitem(last=False)
        if refused:
            raise RefusedError(429, "too many requests a second")


class Bodies:
    """Reads bodies, so many bytes of one and of all that are held at a time."""

    def __init__(self, limits: Limits) -> None:
        """Nothing is held."""
        self._limits = limits
        self.held = 0

    async def read(self, receive: Receive, declared: str | None) -> bytes:
        """The body of a request; to be given back by `release` when it is answered.

        Raises:
            RefusedError: it is too large, too slow, cut off, or too much is held already.
        """
        pieces: list[bytes] = []
        taken = 0
        try:
            if declared is not None and declared.isdigit():
                self._check(int(declared))
            async with asyncio.timeout(self._limits.body_seconds):
                more = True
                while more:
                    message = await receive()
                    pieces.append(_piece(message))
                    self.held += len(pieces[-1])
                    taken += len(pieces[-1])
                    self._check(taken)
                    more = message.get("more_body", False)
        except BaseException as error:
            self.release(taken)
            if isinstance(error, TimeoutError):
                raise RefusedError(408, "the request came too slowly") from None
            raise
        return b"".join(pieces)

    def release(self, count: int) -> None:
        """Give bytes back."""
        self.held -= count

    def _check(self, count: int) -> None:
        if count > self._limits.body_bytes:
            raise RefusedError(413, f"larger than {self._limits.body_bytes:,} bytes")
        if self.held > self._limits.held_bytes:
            raise RefusedError(503, "too many large requests at one time")


def _piece(message: Message) -> bytes:
    if message["type"] == "http.disconnect":
        raise RefusedError(400, "the request was cut off")
    return bytes(message.get("body", b""))
