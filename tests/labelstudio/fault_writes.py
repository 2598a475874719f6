"""Runs in which every write of a push meets every fault, one at a time."""

import itertools

from desk import Desk
from fault_run import Run
from faults import Fault, Kind

FAULTS = (
    Fault(Kind.TWICE), Fault(Kind.GATEWAY, status=504), Fault(Kind.UNANSWERED),
    Fault(Kind.LOST, reset=True), Fault(Kind.FAILED, status=500),
)  # fmt: skip


def run_over_writes(place, folder, *, tasks, faults=FAULTS):
    """One run for each fault and each write of two pushes; yields how each ended.

    The first push creates the project and most of the tasks with pre-labels; the second one the
    rest of them, and puts the pre-labels of another model in place of the first ones.

    Args:
        place: the server and the people.
        folder: for the workspaces.
        tasks: how many.
        faults: those that each write meets.
    """
    for fault in faults:
        for number in itertools.count(1):
            run = _WriteRun(place, folder, tasks, fault, number)
            ended = run.ended(f"write {number} {fault.kind}")
            if run.met is None:
                break
            yield ended


class _WriteRun(Run):
    """A run whose write of this number meets a fault. ``met`` is that write, if there is one."""

    def __init__(self, place, folder, tasks, fault, number):
        desk = Desk(folder / f"{fault.kind}-{number}", count=tasks, first=tasks * 2 // 3, seed=1)
        super().__init__(place, desk, self._decide, seed=1)
        self.desk.prelabel("rules-1")
        self.met = None
        self._fault, self._number = fault, number

    def go(self):
        """Two pushes."""
        self.done(self.start("push"))
        self.desk.grow()
        self.desk.prelabel("rules-2")
        self.done(self.start("push"))
        if self.met:
            self.incidents[self.met] += 1

    def _decide(self, request):
        path = request.path.partition("?")[0]
        if request.method == "GET" or path.startswith("/api/token/"):
            return None
        self._number -= 1
        if self._number:
            return None
        self.met = f"write: {request.method} {path}"
        return self._fault
