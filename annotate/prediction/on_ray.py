"""Work on many pieces on a Ray cluster, or on a local one that ends with the run."""

import logging
import math
import os
import re
import socket
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np

from annotate.errors import AnnotateError, ClusterError, MissingExtraError
from annotate.prediction.refused import Refused

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where to work, and with what.

    Attributes:
        address: of a running cluster to which this machine belongs, as ``auto`` or ``host:6379``;
            None starts one on this machine.
        actors: how many work at the same time.
        gpus: that each of them gets; None is its share of those that Ray sees, one at most.
    """

    address: str | None
    actors: int
    gpus: float | None = 0


def on_ray(
    make: Callable[[], Callable[[Item], Result]], items: Sequence[Item], *, cluster: Cluster
) -> Iterator[Result]:
    """As `annotate.prediction.pool.in_processes`, on Ray Data.

    Ray starts an actor that died again, and gives its item to another; each actor calls ``make``
    once.

    Raises:
        MissingExtraError: Ray is not installed.
        ClusterError: no cluster there, which shows within seconds, or it gave the work up.
        AnnotateError: as the function or ``make`` raised it.
        OSError: likewise.
    """
    try:
        import ray
        from ray.data import (
            ActorPoolStrategy,
            DataContext,
        )
    except ImportError:
        raise MissingExtraError(extra="scale", package="Ray") from None
    if not items:
        return
    try:
        _connect(ray, cluster)
        DataContext.get_current().enable_progress_bars = False
        rows = [{"item": item} for item in items]
        done = ray.data.from_items(rows, override_num_blocks=len(rows)).map_batches(
            _Actor,
            fn_constructor_args=(make,),
            batch_size=1,
            compute=ActorPoolStrategy(size=cluster.actors),
            num_cpus=_CPUS,
            num_gpus=_share_of_gpus(ray, cluster),
        )
        for row in done.iter_rows():
            if isinstance(row["result"], Refused):
                raise row["result"].error()
            yield row["result"]
    except (ray.exceptions.RayError, ConnectionError) as error:
        raise ClusterError(" ".join(str(error).split())[:300]) from None
    finally:
        ray.shutdown()


_FINEST = 10_000
_CPUS = 0.5
"""Of each actor: with whole cores they would leave none for the reading of their items."""


class _Actor(Generic[Item, Result]):
    """Holds what is costly to load, and does one item at a time."""

    def __init__(self, make: Callable[[], Callable[[Item], Result]]) -> None:
        self._make = make
        self._function: Callable[[Item], Result] | None = None

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        found = np.empty(len(batch["item"]), dtype=object)
        try:
            function = self._function = self._function or self._make()
            with threadpool_limits(1):
                found[:] = [function(item) for item in batch["item"]]
        except (AnnotateError, OSError) as error:
            found[:] = [Refused.of(error) for _ in found]
        return {"result": found}


def _share_of_gpus(ray: Any, cluster: Cluster) -> float:  # noqa: ANN401
    """GPUs for each actor; below one they share it, and Ray takes no finer shares than these."""
    if cluster.gpus is not None:
        return cluster.gpus
    share = ray.cluster_resources().get("GPU", 0) / cluster.actors
    return 1.0 if share >= 1 else math.floor(share * _FINEST) / _FINEST


def _connect(ray: Any, cluster: Cluster) -> None:  # noqa: ANN401  ray has no types
    settings: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR"}
    if cluster.address is None:
        settings |= {"num_cpus": max(1, cluster.actors), "include_dashboard": False}
    elif problem := _unreachable(cluster.address):
        raise ClusterError(problem)
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    ray.init(address=cluster.address or "local", **settings)


_ADDRESS = re.compile(r"\[?(?P<host>.+?)\]?:(?P<port>\d{1,5})")
_ANSWER_SECONDS = 5.0
_GREETING = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes((0, 0, 0, 4, 0, 0, 0, 0, 0))
_SETTINGS = b"\4"
"""The kind of frame with which each side of HTTP/2, which Ray speaks, begins (RFC 9113, 3.4)."""


def _noted_address() -> str | None:
    """Where Ray looks for the cluster of this machine; that it is noted says not that it lives."""
    if noted := os.environ.get("RAY_ADDRESS"):
        return noted
    folder = os.environ.get("RAY_TMPDIR") or tempfile.gettempdir()
    path = Path(folder, "ray", "ray_current_cluster")
    return path.read_text(encoding="utf-8").strip() if path.is_file() else None


def _unreachable(address: str) -> str | None:
    """Why there is no Ray at an address; Ray itself tries for minutes, then ends the process."""
    if address == "auto":
        noted = _noted_address()
        # Without one Ray looks for its processes, and says at once if there are none.
        return _unreachable(noted) if noted and noted != "auto" else None
    if address.startswith("ray://"):
        return f"{address}: what speaks ray:// carries no Ray Data; see --help for --cluster"
    match = _ADDRESS.fullmatch(address)
    if match is None:
        return f"{address} is no address (auto or HOST:PORT)"
    place = (match["host"], int(match["port"]))
    try:
        with socket.create_connection(place, timeout=_ANSWER_SECONDS) as connection:
            if os.environ.get("RAY_USE_TLS") == "1":  # what stands there waits for more
                return None
            connection.sendall(_GREETING)
            answer = connection.recv(9)
    except (OSError, OverflowError) as error:
        return f"nothing answers at {address} ({getattr(error, 'strerror', None) or error})"
    return None if answer[3:4] == _SETTINGS else f"what answers at {address} is no Ray"
