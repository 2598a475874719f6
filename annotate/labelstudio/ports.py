"""Ports of this machine."""

import socket
from collections.abc import Iterable


def free_port(preferred: Iterable[int]) -> int:
    """The first of these ports that nobody has, else one that the system picks.

    Args:
        preferred: in the order of preference; none of them means that any will do.
    """
    for port in preferred:
        if not _is_taken(port):
            return port
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            return True
    with socket.socket() as probe:
        # As the server does: a port that its predecessor used a moment ago is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return True
    return False
