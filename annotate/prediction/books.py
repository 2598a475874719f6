"""Where a ledger is written down: in a file on the disk, or in small objects of a store.

A store cannot add a line to a file, nor keep others from it. So there each entry is an object of
its own, and two runs at the same time would do the same work twice, with the same result.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, Protocol

from annotate.errors import LedgerError
from annotate.stores import Address, Place, files_in, read_all

LEDGER = "_ledger"
"""The beginning of its name in the folder of the parts; readers pass over what begins so."""


class Book(Protocol):
    """Entries in the order in which they were written, after one that says whose they are."""

    def head(self, new: bytes) -> bytes:
        """The first entry; ``new`` is written where there is none."""

    def entries(self) -> Iterator[tuple[int, bytes]]:
        """Where each entry stands, and what it says; those that were cut off are forgotten."""

    def add(self, number: int, entry: bytes) -> int:
        """Write an entry down for good; returns where it stands."""

    def read(self, place: int) -> bytes:
        """What an entry says."""


@contextmanager
def book_in(folder: Place) -> Iterator[Book]:
    """The book of a folder, which is made where it is not there.

    Raises:
        LedgerError: another process is at it, or the folder holds other files.
        StoreError: a store refuses or does not answer.
    """
    if isinstance(folder, Address):
        yield _open_objects(folder)
        return
    path = folder / f"{LEDGER}.jsonl"
    if not path.exists() and folder.is_dir():
        _refuse_foreign(folder, (name.name for name in sorted(folder.iterdir())))
    folder.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            msg = f"Another process is labelling into {folder}. Wait until it is done."
            raise LedgerError(msg) from None
        yield _Lines(stream)


def remove_book(folder: Place) -> None:
    """Take away the book of a folder, and the folder if it holds nothing else."""
    if isinstance(folder, Address):
        (folder / LEDGER).remove()
        return
    (folder / f"{LEDGER}.jsonl").unlink(missing_ok=True)
    with suppress(OSError):
        folder.rmdir()


@dataclass(frozen=True, slots=True)
class _Lines:
    """A file with an entry a line."""

    stream: IO[bytes]

    def head(self, new: bytes) -> bytes:
        self.stream.seek(0)
        head = self.stream.readline()
        cut_off = not head.endswith(b"\n") and b"{".startswith(head[:1])
        if cut_off:  # before anything was done, or there is none yet
            self.stream.truncate(0)
            self.add(0, new)
            return new
        return head

    def entries(self) -> Iterator[tuple[int, bytes]]:
        self.stream.seek(0)
        places = [0]
        while self.stream.readline().endswith(b"\n"):
            places.append(self.stream.tell())
        self.stream.truncate(places[-1])
        yield from ((place, self.read(place)) for place in places[1:-1])

    def add(self, number: int, entry: bytes) -> int:
        place = self.stream.seek(0, os.SEEK_END)
        self.stream.write(entry + b"\n")
        self.stream.flush()
        os.fsync(self.stream.fileno())
        return place

    def read(self, place: int) -> bytes:
        self.stream.seek(place)
        return self.stream.readline()


@dataclass(frozen=True, slots=True)
class _Objects:
    """A folder of a store with an object for each entry."""

    folder: Address

    def head(self, new: bytes) -> bytes:
        run = self.folder / "run.json"
        return new if run.create(new) else run.read()

    def entries(self) -> Iterator[tuple[int, bytes]]:
        names = sorted(name for name in files_in(self.folder) if name[0].isdigit())
        contents = read_all([self.folder / name for name in names])
        for name, content in zip(names, contents, strict=True):
            yield int(name.partition(".")[0]), content

    def add(self, number: int, entry: bytes) -> int:
        self._at(number).write(entry)
        return number

    def read(self, place: int) -> bytes:
        return self._at(place).read()

    def _at(self, number: int) -> Address:
        return self.folder / f"{number:06}.json"


def _open_objects(folder: Address) -> _Objects:
    names = files_in(folder, deep=True)
    if f"{LEDGER}/run.json" not in names:
        _refuse_foreign(folder, sorted(names))
    return _Objects(folder / LEDGER)


def _refuse_foreign(folder: Place, names: Iterator[str] | list[str]) -> None:
    found = next((name for name in names if not name.startswith(".")), None)
    if found:
        msg = f"{folder} holds {found}, which is of no run. Name a new folder, or an empty one."
        raise LedgerError(msg)
