"""The server of a series of runs, the people on it, and how our commands are run against it."""

import os
import signal
import socket
import time
from contextlib import ExitStack
from urllib.parse import urlsplit

from command_processes import Commands
from seen import Seen, plain_sdk

from annotate.labelstudio.server import start, stop
from annotate.labelstudio.users import create_users

EMAILS = ("ann@faults.invalid", "ben@faults.invalid")
LATE_SECONDS = 4
"""For how long a request is held that comes too late for its sender."""

_FREE_SECONDS = 60
_PACE = 0.3


class Place:
    """The server of a series, its people, and how our commands are run; for a ``with`` block.

    Args:
        home: folders of the server.
        server: the running server.
        restarts: whether it may be ended and started again, and requests may come late: both
            take seconds.
    """

    def __init__(self, home, server, *, restarts):
        self.home, self.server, self.restarts = home, server, restarts
        late = LATE_SECONDS if restarts else 0
        # Several batches in one push; what is in doubt is waited for as long as it can take here.
        settings = {
            "annotate.labelstudio.batches.BATCH": 7,
            "annotate.labelstudio.planning._LATE_SECONDS": late + 1,
            "annotate.labelstudio.line.SILENT_SECONDS": 2 * late + 4,
        }
        waits = ("READ_SECONDS", "LONG_SECONDS", "snapshot._DOUBT_SECONDS") if late else ()
        impatient = {f"annotate.labelstudio.{name}": late - 1 for name in waits}
        self.patient_commands = Commands(settings, pace=_PACE)
        self.commands = Commands(settings | impatient, pace=_PACE)
        self._stack = ExitStack()

    def __enter__(self):
        self.api = self._connected(self.server)
        self.seen = Seen(self.api)
        accounts = create_users(self.server.credentials, EMAILS, self.home)
        self.clients = {account.email: self._connected(account) for account in accounts}
        return self

    def __exit__(self, *_):
        self._stack.close()

    def _connected(self, account):
        return self._stack.enter_context(plain_sdk(self.server.url, account.api_key))

    def environment(self, url):
        """Variables that lead a command to the server by an address of it, and to no other."""
        return {
            "LABEL_STUDIO_URL": url,
            "LABEL_STUDIO_API_KEY": self.server.api_key,
            "ANNOTATE_STUDIO_HOME": str(self.home.data / "none"),
        }

    def restart(self, pause_seconds, *, politely):
        """End the server after a pause, by stopping or by kill -9, and start it again."""
        time.sleep(pause_seconds)
        if politely:
            stop(self.home)
        else:
            process = self.home.running().process
            os.kill(process.pid, signal.SIGKILL)
            process.end(patience_seconds=_FREE_SECONDS)
        _wait_until_free(urlsplit(self.server.url).port)
        if start(self.home).url != self.server.url:
            msg = "another program took the port of the server"
            raise OSError(msg)


def _wait_until_free(port):
    """Wait until nobody listens: the sockets of a killed process are closed a moment later."""
    deadline = time.monotonic() + _FREE_SECONDS
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return
        if time.monotonic() > deadline:
            msg = f"port {port} is still taken"
            raise TimeoutError(msg)
        time.sleep(0.05)
