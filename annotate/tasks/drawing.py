"""Random draws by ids: the same for the same seed, whatever else is drawn beside."""

import hashlib
from typing import Final

_TOP: Final = 2**64


def lot(seed: int, *names: str) -> float:
    """A number in [0, 1), as good as random, that depends on seed and names alone."""
    digest = hashlib.sha256(":".join((str(seed), *names)).encode()).digest()
    return int.from_bytes(digest[:8]) / _TOP
