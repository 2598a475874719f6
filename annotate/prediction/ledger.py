"""What of a long run is done: a file beside the output, by which the run goes on where it stopped.

The first line says what run it is; each line after it is a piece whose output lies whole in its
place. A line that was cut off by the end of the process counts as not written, so its piece is done
again, with the same result.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Self

from annotate.errors import LedgerError

LEDGER = "_ledger.jsonl"
"""Its name in the folder of the parts; what begins with an underscore, readers pass over."""


@dataclass(frozen=True, slots=True)
class Run:
    """What decides over every byte of the output.

    Attributes:
        model: digest of the model.
        input: digest of the names, sizes and times of the files to label.
        settings: everything else that plays a part, in words.
        pieces: how many there are.
    """

    model: str
    input: str
    settings: str
    pieces: int


@dataclass(frozen=True, slots=True)
class Done:
    """A piece that is done.

    Attributes:
        piece: its number, from 0.
        articles: how many were labelled.
        rows: how many predictions were written.
        size: bytes of the part that holds them.
        refused: where an article stood that could not be labelled, and why, each.
    """

    piece: int
    articles: int
    rows: int
    size: int
    refused: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Ledger:
    """An open ledger; nobody else can open it meanwhile."""

    stream: IO[bytes]
    done: set[int] = field(default_factory=set)
    articles: int = 0
    rows: int = 0
    refused: int = 0
    _places: dict[int, int] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def opened(cls, folder: Path, run: Run) -> Iterator[Self]:
        """The ledger of a folder, begun if there is none.

        Raises:
            LedgerError: it is of another run, another process is at it, or the folder holds other
                files.
        """
        path = folder / LEDGER
        if not path.exists() and folder.is_dir() and (found := _foreign(folder)):
            msg = f"{folder} holds {found}, which is of no run. Name a new folder, or an empty one."
            raise LedgerError(msg)
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                msg = f"Another process is labelling into {folder}. Wait until it is done."
                raise LedgerError(msg) from None
            ledger = cls(stream)
            ledger._take_up(folder, run)
            yield ledger

    def add(self, done: Done) -> None:
        """Write down that a piece is done; on the disk when this returns."""
        place = self.stream.seek(0, os.SEEK_END)
        self._append(asdict(done))
        self._count(done, place)

    def told(self, piece: int) -> Done:
        """What was written down of a piece that is done."""
        self.stream.seek(self._places[piece])
        return _done(self.stream.readline())

    def forget(self, piece: int) -> None:
        """Have a piece done again; for one whose part is gone."""
        done = self.told(piece)
        self.done.remove(piece)
        self.articles -= done.articles
        self.rows -= done.rows
        self.refused -= len(done.refused)

    def _take_up(self, folder: Path, run: Run) -> None:
        self.stream.seek(0)
        head = self.stream.readline()
        if not head.endswith(b"\n"):  # new, or cut off before anything was done
            self.stream.truncate(0)
            self._append(asdict(run))
            return
        _check_same(folder, json.loads(head), run)
        whole = self.stream.tell()
        while (line := self.stream.readline()).endswith(b"\n"):
            self._count(_done(line), whole)
            whole = self.stream.tell()
        self.stream.truncate(whole)

    def _count(self, done: Done, place: int) -> None:
        if done.piece in self.done:
            self.forget(done.piece)
            self.stream.seek(0, os.SEEK_END)
        self.done.add(done.piece)
        self._places[done.piece] = place
        self.articles += done.articles
        self.rows += done.rows
        self.refused += len(done.refused)

    def _append(self, content: object) -> None:
        self.stream.seek(0, os.SEEK_END)
        self.stream.write(json.dumps(content, ensure_ascii=False).encode() + b"\n")
        self.stream.flush()
        os.fsync(self.stream.fileno())


def _done(line: bytes) -> Done:
    content = json.loads(line)
    refused = tuple((where, why) for where, why in content.pop("refused"))
    return Done(**content, refused=refused)


def _foreign(folder: Path) -> str | None:
    return next((name.name for name in sorted(folder.iterdir()) if name.name[0] != "."), None)


def _check_same(folder: Path, before: dict[str, object], run: Run) -> None:
    """Refuse to go on with what another run began."""
    names = {"model": "another model", "input": "another input", "settings": "other settings",
             "pieces": "another input"}  # fmt: skip
    for name, words in names.items():
        if before.get(name) != getattr(run, name):
            msg = (
                f"{folder} was begun with {words}. Finish that run as it was begun, name another "
                "output, or remove that folder."
            )
            raise LedgerError(msg)
