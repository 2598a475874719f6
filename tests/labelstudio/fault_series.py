"""Runs of push and pull under faults between client and server, each with a check at its end."""

import os
import random
import signal
import socket
import threading
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from command_processes import KILLED, Commands
from desk import Desk
from fault_check import prelabel_problems, pulled_problems, server_problems
from fault_proxy import FaultProxy
from faults import Fault, Kind, RandomFaults
from people import People
from seen import Seen, plain_sdk

from annotate.labelstudio.server import start, stop
from annotate.labelstudio.users import create_users

EMAILS = ("ann@faults.invalid", "ben@faults.invalid")
_CLIENT_SECONDS, _LATE_SECONDS = 3, 4
_PACE = 0.3
_SETTINGS = {
    "annotate.labelstudio.push.BATCH": 7,
    "annotate.labelstudio.READ_SECONDS": _CLIENT_SECONDS,
    "annotate.labelstudio.LONG_SECONDS": _CLIENT_SECONDS,
    "annotate.labelstudio.snapshot._DOUBT_SECONDS": _CLIENT_SECONDS,
    "annotate.labelstudio.planning._LATE_SECONDS": _LATE_SECONDS + 1,
    "annotate.labelstudio.line.SILENT_SECONDS": 12,
}
"""Small batches, so that there are several in one push; and patience as with a faster server."""

_COMMAND_SECONDS, _IDLE_SECONDS = 180, 60
_USUAL_CODES = frozenset({0, 1, 3, KILLED})
_MOST_PUSHES = 10


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
        self.commands = Commands(_SETTINGS, pace=_PACE)
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
            process.end(patience_seconds=_IDLE_SECONDS)
        _wait_until_free(urlsplit(self.server.url).port)
        if start(self.home).url != self.server.url:
            msg = "another program took the port of the server"
            raise OSError(msg)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: what is not as it must be, and how often what happened on the way."""

    seed: int
    problems: tuple[str, ...]
    happened: Counter
    seconds: float


def run_once(place, seed, folder, *, tasks):
    """One run: a project, pushes and pulls under faults, a last push and pull, and the check.

    Args:
        place: the server and the people.
        seed: of all that happens. The order of requests made at the same time, and where exactly
            a kill strikes, are the machine's.
        folder: for the workspace.
        tasks: how many.
    """
    begun = time.monotonic()
    with ExitStack() as stack:
        run = _Run(place, seed, folder, tasks, stack)
        try:
            run.go()
            run.finish()
        except TimeoutError as error:
            run.problems.append(str(error))
        run.tidy()
    return Ended(seed, tuple(run.problems), run.happened, time.monotonic() - begun)


class _Run:
    """A run that goes on."""

    def __init__(self, place, seed, folder, tasks, stack):
        self.problems = []
        self._place, self._seed = place, seed
        self._draw = random.Random(f"{seed}:steps")  # noqa: S311  no secret
        first = self._draw.choice((tasks, tasks * 2 // 3))
        self._desk = Desk(folder / f"run-{seed}", count=tasks, first=first, seed=seed)
        self._models = ["rules-2", *(["rules-1"] if self._draw.random() < 0.7 else [])]
        if len(self._models) == 2:
            self._desk.prelabel(self._models.pop())
        share = self._draw.choice((0.05, 0.12, 0.25))
        late = _LATE_SECONDS if place.restarts else 0
        self._faults = RandomFaults(f"{seed}:faults", share, late_seconds=late)
        self._proxy = stack.enter_context(FaultProxy(place.server.url, self._faults))
        self._people = People(place.clients, f"{seed}:people")
        self._environment = place.environment(self._proxy.url)
        self._incidents = Counter()

    @property
    def happened(self):
        """Faults of the network and incidents so far, by name."""
        faults = {f"fault: {kind}": count for kind, count in self._proxy.happened.items()}
        return Counter(requests=len(self._proxy.requests)) + self._incidents + Counter(faults)

    def go(self):
        """Push until it succeeds, each time with an incident, people annotating in between."""
        least = self._draw.randint(1, 3)
        for number in range(1, _MOST_PUSHES + 1):
            pushed = self._push()
            self._desk.grow()
            if self._models and self._draw.random() < 0.4:
                self._desk.prelabel(self._models.pop())
            self._people_act()
            if self._draw.random() < 0.5:
                self._pull()
            if pushed and number >= least:
                return

    def finish(self):
        """A last push and pull without faults, and the check."""
        self._proxy.decide = None
        self._proxy.wait_until_idle(_IDLE_SECONDS)
        for workspace in self._desk.workspaces:
            self._must("push", workspace)
        there = self._tasks()
        for workspace in self._desk.workspaces:
            self._must("push", workspace)
        if self._tasks() != there:
            self.problems.append("a push with nothing to do changed the server")
        self._people.annotate_all(there[:2])
        for workspace in self._desk.workspaces:
            self._must("pull", workspace)
            ids = {task.id for task in self._desk.tasks}
            self.problems += pulled_problems(workspace, self._people, ids)
        projects = self._place.seen.projects(self._desk.title)
        self.problems += server_problems(self._desk, self._tasks(), projects, self._people)
        self.problems += prelabel_problems(self._desk, there, projects)

    def tidy(self):
        """Leave nothing on the server: its numbers are then given out again."""
        self._proxy.decide = None
        self._proxy.wait_until_idle(_IDLE_SECONDS)
        self._place.seen.delete(self._desk.title)

    def _tasks(self):
        return self._place.seen.tasks(self._desk.title)

    def _people_act(self):
        done = self._people.act(self._tasks(), self._draw.randint(0, 8))
        self._incidents.update(f"people: {deed}" for deed in done)

    def _push(self):
        """One push or two with an incident; returns whether the workspace's own succeeded."""
        incidents = {
            self._undisturbed: 5, self._killed: 4, self._while_people_work: 2,
            self._twice_here: 1, self._from_two_workspaces: 3,
        }  # fmt: skip
        if self._place.restarts:
            incidents |= {self._server_killed: 1, self._server_restarted: 1}
        (incident,) = self._draw.choices(list(incidents), list(incidents.values()))
        self._incidents[f"push: {incident.__name__.strip('_').replace('_', ' ')}"] += 1
        done = incident("push")
        if done.code == 0 and incident != self._while_people_work:
            missing = {task.id for task in self._desk.current()} - {
                t.task_id for t in self._tasks()
            }
            self.problems += [f"pushed, and {len(missing)} tasks are missing"] if missing else []
        return done.code == 0

    def _pull(self):
        if self._draw.random() < 0.3:
            self._incidents["pull: killed"] += 1
            self._killed("pull")
            return
        self._incidents["pull: undisturbed"] += 1
        if self._undisturbed("pull").code == 0:
            there = {task.task_id for task in self._tasks()}
            self.problems += pulled_problems(self._desk.workspace, self._people, there)

    def _undisturbed(self, command):
        return self._done(self._start(command))

    def _killed(self, command):
        """Our process is killed before, while or after one of its requests is carried out."""
        started = Future()
        moment, pause = self._draw.choice(("before", "while", "after")), self._draw.random() / 20

        def strike():
            process = started.result(_COMMAND_SECONDS)
            if moment == "after":
                threading.Timer(pause, process.kill).start()
                return None
            process.kill()
            return Fault(Kind.LOST if moment == "before" else Kind.UNANSWERED)

        with self._at(self._draw.randint(1, 25), strike):
            started.set_result(self._start(command))
            return self._done(started.result())

    def _while_people_work(self, command):
        there, count = self._tasks(), self._draw.randint(4, 12)
        process = self._start(command)
        self._incidents.update(f"people: {deed}" for deed in self._people.act(there, count))
        return self._done(process)

    def _twice_here(self, command):
        processes = [self._start(command), self._start(command)]
        first, second = map(self._done, processes)
        return min(first, second, key=lambda done: done.code != 0)

    def _from_two_workspaces(self, command):
        """Two workspaces of one project; before the project is known, there is only one."""
        if not self._desk.is_linked:
            return self._undisturbed(command)
        own, other = self._start(command), self._start(command, self._desk.copy())
        self._done(other)
        return self._done(own)

    def _server_killed(self, command):
        return self._with_restart(command, politely=False)

    def _server_restarted(self, command):
        return self._with_restart(command, politely=True)

    def _with_restart(self, command, *, politely):
        pause = self._draw.random() / 10
        with ThreadPoolExecutor(1) as pool:
            restarts = []

            def strike():
                restarts.append(pool.submit(self._place.restart, pause, politely=politely))

            with self._at(self._draw.randint(1, 20), strike):
                done = self._undisturbed(command)
            for restart in restarts:
                restart.result()
        return done

    @contextmanager
    def _at(self, number, strike):
        """While the block runs, something is done at the request of this number."""

        def decide(request):
            nonlocal number
            number -= 1
            fault = self._faults(request)
            return (strike() if number == 0 else None) or fault

        self._proxy.decide = decide
        yield
        self._proxy.decide = self._faults

    def _start(self, command, workspace=None):
        folder = (workspace or self._desk.workspace).root
        arguments = (command, "--json", "--workspace", folder)
        return self._place.commands.start(*arguments, environment=self._environment)

    def _done(self, process):
        """How a command ended, which may be badly but not oddly."""
        done = process.wait(_COMMAND_SECONDS)
        if done.code not in _USUAL_CODES or "Traceback" in done.err:
            self.problems.append(f"a command ended with {done.code}: {done.err[-2000:]}")
        return done

    def _must(self, command, workspace):
        done = self._done(self._start(command, workspace))
        if done.code != 0:
            said = done.err.strip().splitlines()[-1:]
            self.problems.append(f"the last {command} ended with {done.code}: {' '.join(said)}")


def _wait_until_free(port):
    """Wait until nobody listens: the sockets of a killed process are closed a moment later."""
    deadline = time.monotonic() + _IDLE_SECONDS
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return
        if time.monotonic() > deadline:
            msg = f"port {port} is still taken"
            raise TimeoutError(msg)
        time.sleep(0.05)
