"""`annotate` commands in processes of their own, which can be killed at any moment.

Each is forked from a server process that has imported everything already: starting Python and the
Label Studio SDK anew takes seconds, a fork some milliseconds.
"""

import importlib
import multiprocessing
import os
import signal
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

KILLED = -signal.SIGKILL
_IMPORTED = (
    "annotate.cli.app",
    "annotate.workflows.label",
    "httpcore",
    "label_studio_sdk.annotations.client",
    "label_studio_sdk.predictions.client",
    "label_studio_sdk.projects.client_ext",
    "label_studio_sdk.tasks.client_ext",
    "label_studio_sdk.users.client",
    "label_studio_sdk.views.client",
)
_STREAMS = {1: "out", 2: "err"}
_PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR")


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended; ``code`` is `KILLED` where it was."""

    code: int
    out: str
    err: str


class CommandProcess:
    """A command that runs."""

    def __init__(self, process, folder):
        self._process, self._folder = process, folder

    def kill(self):
        """End it at once, by a signal that it cannot hear."""
        with suppress(ValueError):  # it is over
            self._process.kill()

    def wait(self, seconds):
        """How it ended; one that does not end in time is killed, and a `TimeoutError`."""
        self._process.join(seconds)
        late = self._process.exitcode is None
        if late:
            self.kill()
            self._process.join()
        code = self._process.exitcode
        self._process.close()
        out, err = (Path(self._folder.name, name).read_text("utf-8") for name in _STREAMS.values())
        self._folder.cleanup()
        if late:
            msg = f"a command did not end within {seconds} seconds; it said: {err}"
            raise TimeoutError(msg)
        return Done(code, out, err)


class Commands:
    """Starts commands.

    Args:
        settings: values for names in modules of ours, which a user cannot set: "package.NAME" is
            the NAME of the package and of every module in it, such as {"annotate.x.BATCH": 7}.
        pace: by how much pauses are shorter or longer.
    """

    def __init__(self, settings=(), *, pace=1.0):
        self._settings, self._pace = dict(settings), pace
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(list(_IMPORTED))

    def start(self, *arguments, environment=()):
        """Start `annotate ARGUMENTS`; the environment holds the variables given and little else."""
        folder = tempfile.TemporaryDirectory(prefix="command-")
        for name in _STREAMS.values():
            Path(folder.name, name).touch()  # it may be killed before it opens them
        variables = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        process = self._context.Process(
            target=_call,
            args=(
                [str(argument) for argument in arguments],
                variables | dict(environment),
                folder.name,
                self._settings,
                self._pace,
            ),
        )
        process.start()
        return CommandProcess(process, folder)

    def run(self, *arguments, environment=(), seconds=120):
        """Run `annotate ARGUMENTS` to its end."""
        return self.start(*arguments, environment=environment).wait(seconds)


def _call(arguments, environment, folder, settings, pace):
    """In the new process: be the command."""
    for descriptor, name in _STREAMS.items():
        os.dup2(os.open(Path(folder, name), os.O_WRONLY), descriptor)
    os.environ.clear()
    os.environ.update(environment)
    for module in _IMPORTED:
        importlib.import_module(module)
    for name, value in settings.items():
        _set(name, value)
    sleep = time.sleep
    time.sleep = lambda seconds: sleep(seconds * pace)
    sys.argv = ["annotate", *arguments]
    from annotate.cli import main

    main()


def _set(where, value):
    package, _, name = where.rpartition(".")
    homes = [
        module
        for path, module in list(sys.modules.items())
        if f"{path}.".startswith(f"{package}.") and hasattr(module, name)
    ]
    if not homes:
        msg = f"{package} has no {name} any more"
        raise AttributeError(msg)
    for home in homes:
        setattr(home, name, value)
