"""What goes into one request: so many tasks, encoded once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from annotate.labelstudio.convert import ID
from annotate.labelstudio.wire import as_json

BATCH = 1000
"""Tasks in one request, so that none of them takes long or is too large for the server."""

_MOST_BYTES = 4 * 2**20
"""What a request comes to before the next one begins: gateways take less than the server."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Tasks as they are sent, and the same as JSON."""

    tasks: tuple[Mapping[str, Any], ...]
    body: bytes = field(repr=False)

    @property
    def ids(self) -> tuple[str, ...]:
        """Our ids of the tasks."""
        return tuple(task["data"][ID] for task in self.tasks)


def batches(payload: Sequence[Mapping[str, Any]]) -> Iterator[Batch]:
    """Tasks in the order given, so many a request that neither limit is passed by more than one."""
    parts: list[bytes] = []
    size = begun = 0
    for place, task in enumerate(payload, start=1):
        parts.append(as_json(task))
        size += len(parts[-1])
        if len(parts) == BATCH or size >= _MOST_BYTES or place == len(payload):
            yield Batch(tuple(payload[begun:place]), b"[%b]" % b",".join(parts))
            parts, size, begun = [], 0, place
