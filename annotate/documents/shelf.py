"""Documents on the disk while they are merged, so that memory does not grow with their number."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from annotate.documents.merge import keys_of
from annotate.records import Document

_CACHE_KIB = 32 * 2**10
_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -{cache};
CREATE TABLE documents (place INTEGER PRIMARY KEY, id INTEGER UNIQUE, json TEXT) STRICT;
CREATE TABLE keys (key TEXT PRIMARY KEY, id TEXT) STRICT, WITHOUT ROWID;
"""
_GET = "SELECT json FROM documents WHERE id = ?"
_LAST = "SELECT id FROM keys WHERE key = ?"
_SET_KEY = "INSERT OR REPLACE INTO keys VALUES (?, ?)"
_ADD = "INSERT OR REPLACE INTO documents (id, json) VALUES (?, ?)"
_CHANGE = "UPDATE documents SET json = ? WHERE id = ?"
_ALL = "SELECT json FROM documents ORDER BY place"


class DiskShelf:
    """A shelf of documents in a temporary database (see `annotate.documents.merge.Shelf`)."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._run = connection.execute

    @classmethod
    @contextmanager
    def in_folder(cls, folder: Path) -> Iterator[Self]:
        """An empty shelf in a nameless file of a folder; it is gone when the block ends."""
        with tempfile.NamedTemporaryFile(dir=folder, prefix="import.", delete=False) as file:
            path = Path(file.name)
        try:
            connection = sqlite3.connect(path, isolation_level=None)
            connection.executescript(_TABLES.format(cache=_CACHE_KIB))
        finally:
            path.unlink()
        try:
            connection.execute("BEGIN")
            yield cls(connection)
        finally:
            connection.close()

    def get(self, name: str) -> Document | None:
        """The document with this id."""
        row = self._run(_GET, (_number(name),)).fetchone()
        return Document.model_validate_json(row[0]) if row else None

    def last_under(self, key: str) -> str | None:
        """Id of the document that came last under a key or address."""
        row = self._run(_LAST, (key,)).fetchone()
        return str(row[0]) if row else None

    def put(self, document: Document, *, at_end: bool) -> None:
        """Add a document, or replace it: in its place, or at the end."""
        number, content = _number(document.id), document.model_dump_json()
        if at_end or not self._run(_CHANGE, (content, number)).rowcount:
            self._run(_ADD, (number, content))
        for key in keys_of(document):
            self._run(_SET_KEY, (key, document.id))

    def lines(self) -> Iterator[str]:
        """The documents in their order, as JSON."""
        return (row[0] for row in self._run(_ALL))

    def __len__(self) -> int:
        return int(self._run("SELECT count(*) FROM documents").fetchone()[0])


def _number(name: str) -> int:
    """An id as the signed number of 64 bits that its 16 digits write."""
    return int.from_bytes(bytes.fromhex(name), "big", signed=True)
