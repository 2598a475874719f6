"""Processes that outlive us, recognised again by number and time of birth."""

import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from annotate.errors import StudioError

_POLL_SECONDS = 0.02
_KILL_PATIENCE_SECONDS = 5.0
_ASK_SECONDS = 0.2
_PROBE_SECONDS = 5
_LAST_LINES = 12

# Starts a program in a session of its own and prints its number; the program's output goes where
# the error stream of this launcher goes. Since the launcher ends at once, the program is no child
# of ours: a Ctrl-C or a closed terminal does not reach it, and it leaves no zombie.
_LAUNCHER = """
import subprocess, sys
program = subprocess.Popen(
    sys.argv[1:], stdin=subprocess.DEVNULL, stdout=sys.stderr, start_new_session=True
)
print(program.pid)
program.returncode = 0
"""


class Process(BaseModel):
    """A process and the moment it began, so that another with its number is not taken for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pid: int
    birth: str

    @property
    def alive(self) -> bool:
        """Whether this very process still runs; one that ended but was not yet reaped does not."""
        return _birth(self.pid) == self.birth

    def end(self, *, patience_seconds: float) -> None:
        """End the process: politely, and by force after ``patience_seconds``."""
        for order, patience in (
            (signal.SIGTERM, patience_seconds),
            (signal.SIGKILL, _KILL_PATIENCE_SECONDS),
        ):
            deadline = time.monotonic() + patience
            if self.alive:
                with suppress(ProcessLookupError):
                    os.kill(self.pid, order)
            while self.alive and time.monotonic() < deadline:
                time.sleep(_POLL_SECONDS)


def launch(
    command: Sequence[str], *, environment: Mapping[str, str], folder: Path, log: Path
) -> Process:
    """Start a program that goes on without us.

    Args:
        command: program and arguments; visible to every user of the machine.
        environment: the whole environment of the program; visible to its owner alone.
        folder: the program's current folder.
        log: file for all it prints, made anew with mode 600.

    Raises:
        OSError: the program or the log cannot be opened.
    """
    log.unlink(missing_ok=True)
    opener = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
    with (
        open(opener, "wb") as stream,  # noqa: PTH123  a descriptor, not a path
        subprocess.Popen(
            [sys.executable, "-I", "-c", _LAUNCHER, *command],
            env=dict(environment),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stream,
            text=True,
            start_new_session=True,
        ) as launcher,
    ):
        try:
            answer = launcher.communicate()[0]
        except BaseException:  # Ctrl-C: the launcher does not hear it, so end what it began
            _end_unnamed(launcher.communicate()[0])
            raise
    if not answer.strip().isdigit():
        msg = f"{command[0]} could not be started"
        raise OSError(msg)
    pid = int(answer)
    return Process(pid=pid, birth=_birth(pid) or "ended at once")


def wait_until_up(
    process: Process | None,
    answers: Callable[[], bool],
    *,
    seconds: float,
    ended: Callable[[], str],
    late: str,
) -> None:
    """Wait until a server that was started answers.

    Args:
        process: of the server.
        answers: asks it.
        seconds: how long to wait.
        ended: what to say if it has ended.
        late: what to say if it does not answer in time.

    Raises:
        StudioError: it has ended, or does not answer in time.
    """
    deadline = time.monotonic() + seconds
    while not answers():
        if process is None or not process.alive:
            raise StudioError(ended())
        if time.monotonic() > deadline:
            raise StudioError(late)
        time.sleep(_ASK_SECONDS)


def says_up(url: str, *, login: tuple[str, str] | None = None) -> bool:
    """Whether a server of this machine says that it is up.

    It is asked many times, by plain http. To read the machine's certificates each time, which
    an empty TLS context avoids, takes the processor from the server that starts.
    """
    import httpx

    without_certificates = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        answer = httpx.get(
            f"{url}/health",
            auth=login,
            timeout=_PROBE_SECONDS,
            trust_env=False,
            verify=without_certificates,
        )
        return bool(answer.json()["status"] == "UP")
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return False


def last_lines(log: Path) -> str:
    """The end of what a program printed; nothing if it printed nothing."""
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    return "\n".join(text.splitlines()[-_LAST_LINES:])


def _end_unnamed(answer: str) -> None:
    if answer.strip().isdigit():
        with suppress(ProcessLookupError):
            os.kill(int(answer), signal.SIGTERM)


def _birth(pid: int) -> str | None:
    """When a process began, in the system's own words; None where it does not run."""
    if Path("/proc/self/stat").exists():
        return _birth_on_linux(pid)
    answer = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "C"},
    )
    state, _, birth = answer.stdout.strip().partition(" ")
    return birth.strip() if birth and not state.startswith("Z") else None


def _birth_on_linux(pid: int) -> str | None:
    try:
        # The program's name stands in brackets and may hold anything, brackets too.
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    # proc(5): what follows the name are the fields from the third, the state; the 22nd is the
    # time of birth in ticks since the machine was started.
    state, *rest = fields.rpartition(")")[2].split()
    return None if state in {"Z", "X"} else f"tick {rest[18]}"
