"""Work on many pieces on a Ray cluster, or on a local one that ends with the run."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np

from annotate.errors import AnnotateError, ClusterError, MissingExtraError

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where to work, and with what.

    Attributes:
        address: of a running cluster, as ``ray://host:10001`` or ``auto``; None starts a local one.
        actors: how many work at the same time.
        gpus: that each of them gets, for models that use one.
    """

    address: str | None
    actors: int
    gpus: float = 0


def on_ray(
    make: Callable[[], Callable[[Item], Result]], items: Sequence[Item], *, cluster: Cluster
) -> Iterator[Result]:
    """As `annotate.prediction.pool.in_processes`, on Ray Data.

    Ray starts an actor that died again, and gives its item to another; each actor calls ``make``
    once.

    Raises:
        MissingExtraError: Ray is not installed.
        ClusterError: no cluster there, or it gave the work up.
        AnnotateError: as the function or ``make`` raised it.
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
            num_gpus=cluster.gpus,
        )
        for row in done.iter_rows():
            if isinstance(row["result"], _Refused):
                raise AnnotateError(row["result"].message)
            yield row["result"]
    except (ray.exceptions.RayError, ConnectionError) as error:
        raise ClusterError(" ".join(str(error).split())[:300]) from None
    finally:
        ray.shutdown()


_CPUS = 0.5
"""Of each actor: with whole cores they would leave none for the reading of their items."""


@dataclass(frozen=True, slots=True)
class _Refused:
    message: str


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
        except AnnotateError as error:
            found[:] = [_Refused(str(error)) for _ in found]
        return {"result": found}


def _connect(ray: Any, cluster: Cluster) -> None:  # noqa: ANN401  ray has no types
    settings: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR"}
    if cluster.address is None:
        settings |= {"num_cpus": max(1, cluster.actors), "include_dashboard": False}
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    ray.init(address=cluster.address or "local", **settings)
