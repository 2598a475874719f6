"""Who does the work on an archive: processes of this machine, or a Ray cluster."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from annotate.errors import ModelError
from annotate.prediction.on_ray import Cluster, on_ray
from annotate.prediction.pool import in_processes

Item = TypeVar("Item")
Result = TypeVar("Result")

EngineName = Literal["processes", "ray"]
_PIECES_A_PROCESS = 4
"""Pieces below which one more process costs more to start than it saves."""


@dataclass(frozen=True, slots=True)
class Engine:
    """Who does the work.

    Attributes:
        name: processes of this machine, or Ray.
        processes: how many work at the same time; None is one a core, fewer for small archives.
        cluster: address of a running Ray cluster; None starts one on this machine.
        gpus: that each of them gets, on Ray; None is its share of those that Ray sees.
    """

    name: EngineName = "processes"
    processes: int | None = None
    cluster: str | None = None
    gpus: float | None = None

    def run(
        self, make: Callable[[], Callable[[Item], Result]], items: Sequence[Item]
    ) -> Iterator[Result]:
        """The results of a function for many items, as they come.

        Args:
            make: makes the function; called once in each process.
            items: each is done once.

        Raises:
            LostProcessError: processes died over one item.
            MissingExtraError: Ray is asked for and not installed.
            ClusterError: the cluster cannot be reached, or gave the work up.
        """
        usual = max(1, min(cores(), len(items) // _PIECES_A_PROCESS))
        count = min(self.processes or usual, max(1, len(items)))
        if self.name == "ray":
            return on_ray(make, items, cluster=Cluster(self.cluster, count, self.gpus))
        return in_processes(make, items, processes=count)


def as_engine(name: str | None) -> EngineName:
    """The engine of this name.

    Raises:
        ModelError: there is none.
    """
    known: tuple[EngineName, ...] = ("processes", "ray")
    for engine in known:
        if name in {None, engine}:
            return engine
    msg = f"--engine: there is no engine {name!r}. Use one of {', '.join(known)}."
    raise ModelError(msg)


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
