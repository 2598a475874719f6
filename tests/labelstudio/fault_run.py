"""What every run under faults has: a workspace, a proxy, people, and a check at its end."""

import time
from collections import Counter
from dataclasses import dataclass

from command_processes import KILLED
from fault_check import prelabel_problems, pulled_problems, server_problems
from fault_proxy import FaultProxy
from people import People

from annotate.records import Annotation

COMMAND_SECONDS, IDLE_SECONDS = 180, 60
_ASKED = "Nothing was sent. Run `annotate push` again"
"""Said once by a workspace that is about to make a project which another one has made by now."""

_USUAL_CODES = frozenset({0, 1, 3, KILLED})


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: what is not as it must be, and how often what happened on the way."""

    name: str
    problems: tuple[str, ...]
    happened: Counter
    seconds: float


class Run:
    """A run: what happens in it is for `go` to say.

    Args:
        place: the server and its people.
        desk: the workspace.
        faults: what happens to each request, as `FaultProxy` takes it.
        seed: of what the people do.
    """

    def __init__(self, place, desk, faults, *, seed):
        self.place, self.desk, self.faults = place, desk, faults
        self.people = People(place.clients, seed)
        self.proxy = FaultProxy(place.server.url, faults)
        self.incidents = Counter()
        self.problems = []

    def go(self):
        """All that happens before the end."""
        raise NotImplementedError

    def ended(self, name):
        """Let the run happen, then push and pull once more without faults, and check."""
        begun = time.monotonic()
        with self.proxy:
            try:
                self.go()
                self._calm()
                self._finish()
            except TimeoutError as error:
                self.problems.append(str(error))
            self._calm()
        # What is deleted gives its numbers to the next run.
        self.place.seen.delete(self.desk.title)
        return Ended(name, tuple(self.problems), self._happened(), time.monotonic() - begun)

    def tasks(self):
        """The tasks on the server, as `SeenTask`."""
        return self.place.seen.tasks(self.desk.title)

    def start(self, command, workspace=None, *, commands=None, options=()):
        """Start a command in the workspace or another one."""
        where = ("--workspace", (workspace or self.desk.workspace).root)
        environment = self.place.environment(self.proxy.url)
        commands = commands or self.place.commands
        return commands.start(command, "--json", *options, *where, environment=environment)

    def done(self, process):
        """How a command ended, which may be badly but not oddly."""
        done = process.wait(COMMAND_SECONDS)
        if done.code not in _USUAL_CODES or "Traceback" in done.err:
            self.problems.append(f"a command ended with {done.code}: {done.err[-2000:]}")
        return done

    def _happened(self):
        faults = {f"fault: {kind}": count for kind, count in self.proxy.happened.items()}
        return Counter(requests=len(self.proxy.requests)) + self.incidents + Counter(faults)

    def _calm(self):
        self.proxy.decide = None
        self.proxy.wait_until_idle(IDLE_SECONDS)

    def _finish(self):
        for workspace in self.desk.workspaces:
            self._must("push", workspace)
        there = self.tasks()
        for workspace in self.desk.workspaces:
            self._must("push", workspace)
        if self.tasks() != there:
            self.problems.append("a push with nothing to do changed the server")
        self.people.annotate_all(there[:2])
        for workspace in self.desk.workspaces:
            self._pull_both_ways(workspace)
        projects = self.place.seen.projects(self.desk.title)
        self.problems += server_problems(self.desk, self.tasks(), projects, self.people)
        self.problems += prelabel_problems(self.desk, there, projects)

    def _pull_both_ways(self, workspace):
        files = (workspace.path(Annotation), workspace.rejected)
        self._must("pull", workspace)
        ids = {task.id for task in self.desk.tasks}
        self.problems += pulled_problems(workspace, self.people, ids)
        before = [path.read_bytes() for path in files if path.exists()]
        self._must("pull", workspace, "--full")
        if [path.read_bytes() for path in files if path.exists()] != before:
            self.problems.append("pull --full gives another file than pull")

    def _must(self, command, workspace, *options):
        done = self._patiently(command, workspace, options)
        if done.code == 1 and _ASKED in done.err:
            self.incidents["push: asked for another"] += 1
            done = self._patiently(command, workspace, options)
        if done.code != 0:
            said = done.err.strip().splitlines()[-1:]
            self.problems.append(f"the last {command} ended with {done.code}: {' '.join(said)}")

    def _patiently(self, command, workspace, options):
        commands = self.place.patient_commands
        return self.done(self.start(command, workspace, commands=commands, options=options))
