"""Runs of push and pull in which everything is drawn from a seed."""

import random
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from desk import Desk
from fault_check import pulled_problems
from fault_place import LATE_SECONDS
from fault_run import COMMAND_SECONDS, Run
from faults import Fault, Kind, RandomFaults

_MOST_PUSHES = 10


def run_once(place, seed, folder, *, tasks):
    """One run: pushes and pulls under faults with incidents, people annotating, the check.

    Args:
        place: the server and the people.
        seed: of all that happens. The order of requests made at the same time, and where exactly
            a kill strikes, are the machine's.
        folder: for the workspace.
        tasks: how many.
    """
    return _RandomRun(place, seed, folder, tasks).ended(f"seed {seed}")


class _RandomRun(Run):
    def __init__(self, place, seed, folder, tasks):
        self._draw = random.Random(f"{seed}:steps")  # noqa: S311  no secret
        first = self._draw.choice((tasks, tasks * 2 // 3))
        share = self._draw.choice((0.05, 0.12, 0.25))
        late = LATE_SECONDS if place.restarts else 0
        super().__init__(
            place,
            Desk(folder / f"run-{seed}", count=tasks, first=first, seed=seed),
            RandomFaults(f"{seed}:faults", share, late_seconds=late),
            seed=f"{seed}:people",
        )
        self._models = ["rules-2"]
        if self._draw.random() < 0.7:
            self.desk.prelabel("rules-1")

    def go(self):
        """Push until it succeeds, each time with an incident, people annotating in between."""
        least = self._draw.randint(1, 3)
        for number in range(1, _MOST_PUSHES + 1):
            pushed = self._push()
            self.desk.grow()
            if self._models and self._draw.random() < 0.4:
                self.desk.prelabel(self._models.pop())
            self._note_deeds(self.people.act(self.tasks(), self._draw.randint(0, 8)))
            if self._draw.random() < 0.5:
                self._pull()
            if pushed and number >= least:
                return

    def _push(self):
        """One push or two with an incident; returns whether the workspace's own succeeded."""
        incidents = {
            self._undisturbed: 5, self._killed: 4, self._while_people_work: 2,
            self._twice_here: 1, self._from_two_workspaces: 3,
        }  # fmt: skip
        if self.place.restarts:
            incidents |= {self._server_killed: 1, self._server_restarted: 1}
        (incident,) = self._draw.choices(list(incidents), list(incidents.values()))
        self.incidents[f"push: {incident.__name__.strip('_').replace('_', ' ')}"] += 1
        done = incident("push")
        if done.code == 0 and incident != self._while_people_work:
            there = {task.task_id for task in self.tasks()}
            missing = {task.id for task in self.desk.current()} - there
            self.problems += [f"pushed, and {len(missing)} tasks are missing"] if missing else []
        return done.code == 0

    def _pull(self):
        if self._draw.random() < 0.3:
            self.incidents["pull: killed"] += 1
            self._killed("pull")
            return
        self.incidents["pull: undisturbed"] += 1
        if self._undisturbed("pull").code == 0:
            there = {task.task_id for task in self.tasks()}
            projects = len(self.place.seen.projects(self.desk.title))
            missed = pulled_problems(self.desk.workspace, self.people, there)
            self.problems += [f"on the way, {projects} project(s): {each}" for each in missed]

    def _undisturbed(self, command):
        return self.done(self.start(command))

    def _killed(self, command):
        """Our process is killed before, while or after one of its requests is carried out."""
        started = Future()
        moment, pause = self._draw.choice(("before", "while", "after")), self._draw.random() / 20

        def strike():
            process = started.result(COMMAND_SECONDS)
            if moment == "after":
                threading.Timer(pause, process.kill).start()
                return None
            process.kill()
            return Fault(Kind.LOST if moment == "before" else Kind.UNANSWERED)

        with self._at(self._draw.randint(1, 25), strike):
            started.set_result(self.start(command))
            return self.done(started.result())

    def _while_people_work(self, command):
        there, count = self.tasks(), self._draw.randint(4, 12)
        process = self.start(command)
        self._note_deeds(self.people.act(there, count))
        return self.done(process)

    def _twice_here(self, command):
        processes = [self.start(command), self.start(command)]
        first, second = map(self.done, processes)
        return min(first, second, key=lambda done: done.code != 0)

    def _from_two_workspaces(self, command):
        """Two workspaces of one project, or of one that neither of them has made yet."""
        own, other = self.start(command), self.start(command, self.desk.copy())
        self.done(other)
        return self.done(own)

    def _server_killed(self, command):
        return self._with_restart(command, politely=False)

    def _server_restarted(self, command):
        return self._with_restart(command, politely=True)

    def _with_restart(self, command, *, politely):
        pause = self._draw.random() / 10
        with ThreadPoolExecutor(1) as pool:
            restarts = []

            def strike():
                restarts.append(pool.submit(self.place.restart, pause, politely=politely))

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
            fault = self.faults(request)
            return (strike() if number == 0 else None) or fault

        self.proxy.decide = decide
        yield
        self.proxy.decide = self.faults

    def _note_deeds(self, deeds):
        self.incidents.update(f"people: {deed}" for deed in deeds)
