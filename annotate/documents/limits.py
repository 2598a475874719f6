"""What unpacking may bring forth: a few kilobytes can be made to fill a disk or a memory."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from annotate.documents.article import NoArticlesError

MAX_UNPACKED_BYTES = 64 * 2**30
"""Most that one archive or packed file may hold unpacked."""
MAX_RATIO = 200
"""Most unpacked bytes for one packed byte; news text comes to 3 to 10, repetitive tables to 50."""
FREE_BYTES = 16 * 2**20
"""Unpacked bytes below which the ratio does not matter."""


@dataclass(slots=True)
class Allowance:
    """What one archive or packed file may still bring forth.

    Attributes:
        packed: tells the packed bytes that were read so far; None where only the sum counts.
        outer: of the archive that it stands in, against which all counts too.
        unpacked: bytes that came forth so far.
    """

    packed: Callable[[], int] | None = None
    outer: "Allowance | None" = None
    unpacked: int = 0

    def take(self, count: int) -> None:
        """Count bytes that were unpacked.

        Raises:
            NoArticlesError: there are too many of them.
        """
        if self.outer:
            self.outer.take(count)
        self.unpacked += count
        if self.unpacked > MAX_UNPACKED_BYTES:
            limit = MAX_UNPACKED_BYTES // 2**30
            msg = f"holds more than {limit} GB unpacked, and is read no further; divide it"
            raise NoArticlesError(msg)
        if self.packed and self.unpacked > max(FREE_BYTES, MAX_RATIO * self.packed()):
            msg = (
                f"unpacks to more than {MAX_RATIO} times its size, as no news does, and is read "
                "no further; if you trust it, unpack it yourself"
            )
            raise NoArticlesError(msg)


class _Through(io.RawIOBase):
    """A stream that reads from another one, and closes it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def readable(self) -> bool:
        """Whether it can be read: yes."""
        return True

    def close(self) -> None:
        """Close it, and what it reads from."""
        self._stream.close()
        super().close()


class Limited(_Through):
    """A stream that counts what is read from it against an allowance."""

    def __init__(self, stream: IO[bytes], allowance: Allowance) -> None:
        super().__init__(stream)
        self._allowance = allowance

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill the buffer as far as there is content."""
        data = self._stream.read(min(len(buffer), 2**20))
        buffer[: len(data)] = data
        self._allowance.take(len(data))
        return len(data)


class Counted(_Through):
    """A stream that knows how many bytes were read from it."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__(stream)
        self.count = 0

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill the buffer as far as there is content."""
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        self.count += len(data)
        return len(data)


class Paced(io.RawIOBase):
    """A stream of which no more than ``most`` bytes may be read between two calls of `go_on`."""

    def __init__(self, stream: IO[bytes], most: int, problem: str) -> None:
        self._stream, self._most, self._problem = stream, most, problem
        self._left = most

    def readable(self) -> bool:
        """Whether it can be read: yes."""
        return True

    def go_on(self, more: int = 0) -> None:
        """Allow as many bytes again, and ``more`` for this time."""
        self._left = self._most + more

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill the buffer as far as there is content."""
        data = self._stream.read(min(len(buffer), 2**18))
        buffer[: len(data)] = data
        self._left -= len(data)
        if self._left < 0:
            raise NoArticlesError(self._problem)
        return len(data)
