"""How many tasks go into one request."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

BATCH = 1000
"""Tasks in one request, so that none of them takes long or is too large for the server."""

_MOST_BYTES = 4 * 2**20
"""What a request comes to before the next one begins: gateways take less than the server."""


def batches(payload: Sequence[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    """Tasks in the order given, so many a request that neither limit is passed by more than one."""
    batch: list[Mapping[str, Any]] = []
    size = 0
    for task in payload:
        batch.append(task)
        size += len(json.dumps(task))
        if len(batch) == BATCH or size >= _MOST_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
