"""A file to be read, wherever it stands: on the disk, in an archive, compressed."""

import io
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import IO

from annotate.documents.article import UnusableError
from annotate.documents.limits import Allowance, Limited

MAX_FILE_BYTES = 16 * 2**20
"""Largest file that is read as one article."""
_SAMPLE_BYTES = 64 * 2**10


@dataclass(frozen=True, slots=True)
class Entry:
    """One file.

    Attributes:
        name: what sources call it; ``archive.zip/folder/a.txt`` inside an archive.
        opened: opens it for reading from its beginning.
        size: bytes that it holds, or None where that shows only in reading.
        allowance: what unpacking may still bring forth; None for a file that is not packed.
        inside: whether it stands in an archive.
    """

    name: str
    opened: Callable[[], IO[bytes]]
    size: int | None = None
    allowance: Allowance | None = field(default=None, compare=False)
    inside: bool = False

    @contextmanager
    def stream(self) -> Iterator[IO[bytes]]:
        """The content from its beginning; what is packed counts against its allowance."""
        with self.opened() as raw:
            if self.allowance is None:
                yield raw
            else:
                yield io.BufferedReader(Limited(raw, self.allowance), 2**14)

    @contextmanager
    def seekable(self) -> Iterator[IO[bytes]]:
        """The content in a file that can be read in any order.

        What is packed is written to a nameless temporary file, which is gone after.
        """
        with self.stream() as stream:
            if self.allowance is None:
                yield stream
                return
            with tempfile.TemporaryFile() as temporary:
                shutil.copyfileobj(stream, temporary, 2**20)
                temporary.seek(0)
                yield temporary

    def read(self, *, limit: int | None = None) -> bytes:
        """The whole content of a file that holds one article.

        Args:
            limit: bytes, no more than which are read; default `MAX_FILE_BYTES`.

        Raises:
            UnusableError: it is larger.
        """
        limit = limit or MAX_FILE_BYTES
        if (self.size or 0) <= limit:
            with self.stream() as stream:
                data = stream.read(limit + 1)
            if len(data) <= limit:
                return data
        size = f"{self.size // 2**20} MB" if self.size else "unpacked"
        msg = f"{size}, more than any article (limit {limit // 2**20} MB); divide it"
        raise UnusableError(msg)

    def sample(self) -> bytes:
        """Its first bytes, from which its kind is told."""
        with self.opened() as stream:
            return stream.read(_SAMPLE_BYTES)

    def unpacked(self, opened: Callable[[], IO[bytes]], allowance: Allowance) -> "Entry":
        """The same under the name without the ending of its packing."""
        return replace(self, opened=opened, size=None, allowance=allowance)
