"""Events on the disk: each once, in the order in which they came, whatever is cut off."""

import json
import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final, Self

from annotate.errors import QueueError
from annotate.serving.events import Event

REMEMBERED: Final = 200_000
"""Keys held in memory: an event that is told again after so many others counts as new."""
_REMEDY: Final = (
    "Move the file away while `annotate serve` is stopped: nothing is lost by it, since the next "
    "pull reads every annotation from Label Studio."
)


class EventQueue:
    """A file of one event a line, to which is only added.

    An event is on the disk (fsync) before `record` returns. A last line that was cut off was
    never answered for, so it is taken away when the file is opened: whoever told of the event
    tells of it again, or a pull finds it.
    """

    def __init__(self, path: Path) -> None:
        """Open the file, which is made if it is not there.

        Raises:
            QueueError: a line that is not the last is damaged, or another process has the file.
        """
        self.path = path
        self._lock = threading.Lock()
        self._known: set[str] = set()
        self._order: deque[str] = deque()
        self._identity_of: dict[int, str] = {}
        self._standing: dict[str, Event] = {}
        self._deleted: dict[str, int] = {}
        self._count = 0
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._claim()
            self._length = self._read()
            os.ftruncate(self._file, self._length)
            os.fsync(self._file)
            _sync_folder(path.parent)
        except BaseException:
            os.close(self._file)
            raise

    def __enter__(self) -> Self:
        """The queue itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.close()

    def __len__(self) -> int:
        """How many events are recorded."""
        return self._count

    def close(self) -> None:
        """Close the file; waits for the event that is being written."""
        with self._lock:
            if self._file >= 0:
                os.close(self._file)
                self._file = -1

    def record(self, event: Event, *, since: int | None = None) -> bool:
        """Write an event down unless it is known; returns whether it was new.

        Args:
            event: that was told of.
            since: of an annotation that a pull found, how many events were recorded when the pull
                began: one that was deleted before that is there again, one that was deleted since
                is not any more.

        Raises:
            QueueError: it cannot be written; nothing of it stays.
        """
        with self._lock:
            event = self._identified(event)
            if self._knows(event, since):
                return False
            line = json.dumps(event.as_data(), separators=(",", ":")) + "\n"
            self._append(line.encode())
            self._take(event)
            return True

    def standing(self) -> dict[str, Event]:
        """The last event of every annotation that was written and not deleted, by identity."""
        with self._lock:
            return dict(self._standing)

    def events(self) -> Iterator[Event]:
        """The events in their order, read from the file."""
        with self.path.open("rb") as stream:
            for number, line in enumerate(stream, start=1):
                if not line.endswith(b"\n"):
                    return
                yield self._parsed(number, line)

    def _claim(self) -> None:
        import fcntl

        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            problem = "another `annotate serve` writes to it"
            raise QueueError(self.path, problem, "Stop that one first.") from None

    def _read(self) -> int:
        """Take in what the file holds; returns how many bytes of it are whole lines."""
        length = 0
        with os.fdopen(os.dup(self._file), "rb") as stream:
            for number, line in enumerate(stream, start=1):
                if not line.endswith(b"\n"):
                    break
                self._take(self._parsed(number, line))
                length += len(line)
        return length

    def _parsed(self, number: int, line: bytes) -> Event:
        try:
            return Event(**json.loads(line))
        except (ValueError, TypeError):
            problem = f"line {number} tells of no event"
            raise QueueError(self.path, problem, _REMEDY) from None

    def _identified(self, event: Event) -> Event:
        """The event with its identity: a deletion is told by the annotation's number alone."""
        if event.identity or event.number is None:
            return event
        return replace(event, identity=self._identity_of.get(event.number, f"#{event.number}"))

    def _knows(self, event: Event, since: int | None) -> bool:
        stands = event.identity in self._standing
        if event.action == "deleted":
            return event.key in self._known and not stands
        if since is None or stands:
            return event.key in self._known
        return self._deleted.get(event.identity, 0) > since

    def _append(self, line: bytes) -> None:
        if self._file < 0:
            raise QueueError(self.path, "it is closed", "Start `annotate serve` again.")
        try:
            written = 0
            while written < len(line):
                place = self._length + written
                written += os.pwrite(self._file, line[written:], place)
            os.fsync(self._file)
        except OSError as error:
            with suppress(OSError):  # if it stays, it is known when it is told again
                os.ftruncate(self._file, self._length)
            problem = f"an event could not be written ({error.strerror})"
            raise QueueError(self.path, problem, "Check the disk.") from None
        self._length += len(line)

    def _take(self, event: Event) -> None:
        self._count += 1
        self._known.add(event.key)
        self._order.append(event.key)
        if len(self._order) > REMEMBERED:
            self._known.discard(self._order.popleft())
        if event.action == "deleted":
            self._standing.pop(event.identity, None)
            self._deleted[event.identity] = self._count
            return
        if event.source == "pull":
            self._deleted.pop(event.identity, None)
        if event.number is not None:
            self._identity_of[event.number] = event.identity
        before = self._standing.get(event.identity)
        gone = event.identity in self._deleted  # events may come out of order
        if not gone and (before is None or before.updated <= event.updated):
            self._standing[event.identity] = event


def _sync_folder(folder: Path) -> None:
    """Put the name of a new file on the disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
