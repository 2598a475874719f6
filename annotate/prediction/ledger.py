"""What of a long run is done: a ledger beside the output, by which it goes on where it stopped.

The first entry says what run it is; each one after it is a piece whose output lies whole in its
place. A piece whose entry was cut off by the end of the process is done again, with the same
result.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Self

from annotate.errors import LedgerError
from annotate.prediction.books import Book, book_in
from annotate.stores import Place


@dataclass(frozen=True, slots=True)
class Run:
    """What decides over every byte of the output.

    Attributes:
        model: digest of the model.
        input: digest of the names, sizes and times of the files to label.
        names: digest of what the files are called in keys, as seen from the current folder.
        settings: everything else that plays a part, in words.
        pieces: how many there are.
    """

    model: str
    input: str
    names: str
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
    """An open ledger; on a disk nobody else can open it meanwhile."""

    book: Book
    done: set[int] = field(default_factory=set)
    articles: int = 0
    rows: int = 0
    refused: int = 0
    _places: dict[int, int] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def opened(cls, folder: Place, run: Run) -> Iterator[Self]:
        """The ledger of a folder, begun if there is none.

        Raises:
            LedgerError: it is damaged or of another run, another process is at it, or the folder
                holds other files.
            StoreError: a store refuses or does not answer.
        """
        with book_in(folder) as book:
            ledger = cls(book)
            try:
                _check_same(folder, dict(json.loads(book.head(_entry(run)))), run)
                for place, entry in book.entries():
                    ledger._count(_done(entry), place)
            except (ValueError, TypeError, LookupError, AttributeError):
                msg = (
                    f"{folder}: its ledger is damaged, so what is done is not known. Remove that "
                    "folder, or name another output; then it begins anew."
                )
                raise LedgerError(msg) from None
            yield ledger

    def add(self, done: Done) -> None:
        """Write down that a piece is done; for good when this returns."""
        self._count(done, self.book.add(done.piece, _entry(done)))

    def told(self, piece: int) -> Done:
        """What was written down of a piece that is done."""
        return _done(self.book.read(self._places[piece]))

    def forget(self, piece: int) -> None:
        """Have a piece done again; for one whose part is gone."""
        done = self.told(piece)
        self.done.remove(piece)
        self.articles -= done.articles
        self.rows -= done.rows
        self.refused -= len(done.refused)

    def _count(self, done: Done, place: int) -> None:
        if done.piece in self.done:
            self.forget(done.piece)
        self.done.add(done.piece)
        self._places[done.piece] = place
        self.articles += done.articles
        self.rows += done.rows
        self.refused += len(done.refused)


def _entry(content: Run | Done) -> bytes:
    return json.dumps(asdict(content), ensure_ascii=False).encode()


def _done(entry: bytes) -> Done:
    content = json.loads(entry)
    refused = tuple((where, why) for where, why in content.pop("refused"))
    return Done(**content, refused=refused)


def _check_same(folder: Place, before: dict[str, object], run: Run) -> None:
    """Refuse to go on with what another run began."""
    names = {"model": "another model", "input": "another input", "settings": "other settings",
             "pieces": "another input",
             "names": "another current folder, which keys start from"}  # fmt: skip
    for name, words in names.items():
        if before.get(name) != getattr(run, name):
            msg = (
                f"{folder} was begun with {words}. Finish that run as it was begun, name another "
                "output, or remove that folder."
            )
            raise LedgerError(msg)
