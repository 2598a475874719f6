"""What can happen to a request between a client and a server, and a draw of it from a seed."""

import random
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What can happen to a request on its way."""

    DELAY = "delay"  # it arrives a little later
    LATE = "late"  # it arrives when its sender has given up waiting
    LOST = "lost"  # the connection is cut before it arrives
    UNANSWERED = "unanswered"  # it is carried out, the connection is cut before the answer
    HALF = "half"  # it is carried out, the connection is cut in the middle of the answer
    GATEWAY = "gateway"  # it is carried out, and answered with 502 or 504 all the same
    FAILED = "failed"  # it is answered with 500 or 503, and does not arrive
    TWICE = "twice"  # it arrives two times; the second answer comes back
    REFUSED = "refused"  # nobody takes new connections for a while


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one request.

    ``seconds`` is how long a request is held (delay, late) or how long nobody listens (refused).
    ``status`` is that of an answer which the proxy makes itself. ``reset`` says how connections
    end that are cut: by a reset, or as if the other side had closed them.
    """

    kind: Kind
    seconds: float = 0.0
    status: int = 0
    reset: bool = False


class RandomFaults:
    """Faults drawn from a seed: the same ones for the same number of requests.

    Args:
        seed: anything that `random.Random` takes.
        share: how many of the requests are treated, in [0, 1].
        late_seconds: longer than clients wait; 0 for never.
    """

    SHARES = (
        (Kind.DELAY, 20), (Kind.LATE, 1), (Kind.LOST, 12), (Kind.UNANSWERED, 18), (Kind.HALF, 10),
        (Kind.GATEWAY, 14), (Kind.FAILED, 10), (Kind.TWICE, 12), (Kind.REFUSED, 3),
    )  # fmt: skip

    def __init__(self, seed, share, *, late_seconds=0.0):
        self._random = random.Random(seed)  # noqa: S311  no secret
        self._share, self._late_seconds = share, late_seconds
        shares = [pair for pair in self.SHARES if late_seconds or pair[0] is not Kind.LATE]
        self._kinds, self._weights = zip(*shares, strict=True)

    def __call__(self, _request):
        """The next request's fault, or None. Every call draws the same number of numbers."""
        draw = self._random
        treated, part, reset = draw.random() < self._share, draw.random(), draw.random() < 0.5
        (kind,) = draw.choices(self._kinds, self._weights)
        seconds = {Kind.DELAY: 0.3 * part, Kind.LATE: self._late_seconds, Kind.REFUSED: part}
        status = {Kind.GATEWAY: (502, 504), Kind.FAILED: (500, 503)}.get(kind, (0, 0))[part < 0.5]
        return Fault(kind, seconds.get(kind, 0.0), status, reset) if treated else None
