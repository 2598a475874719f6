"""What was sent to a project, kept so that a push which was cut off can go on."""

import json
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from annotate.files import write_text
from annotate.jsonl import lines

_MOST_LINES = 64


class Journal:
    """The pre-labels that a project's tasks have, and what was sent without a known answer.

    A file of one JSON object a line, each on the disk before the request that it announces goes
    out. A last line that was cut off says nothing. What the journal does not know is looked up on
    the server, so that losing it costs time only.

    Attributes:
        sent: digest of the pre-label that each task holds, by our id, as far as known.
        doubtful: our ids of the tasks in a request whose answer is not known.
        asked: when that request was sent.
    """

    def __init__(self, path: Path, key: str) -> None:
        """Start empty; `load` reads what is there."""
        self._path, self._key = path, key
        self._lines = 0
        self.sent: dict[str, str] = {}
        self.doubtful: frozenset[str] = frozenset()
        self.asked: datetime | None = None

    @classmethod
    def load(cls, path: Path, key: str) -> Self:
        """Read the journal of the project with this key; another project's is no journal of it."""
        journal = cls(path, key)
        if not path.is_file():
            return journal
        entries = (_parsed(line.text) for line in lines(path))
        if next(entries, {}).get("key") != key:
            return journal
        journal._lines = 1
        for entry in entries:
            journal._lines += 1
            with suppress(KeyError, TypeError, ValueError, AttributeError):  # no entry of ours
                journal._take(entry)
        return journal

    def sending(self, ids: Iterable[str]) -> None:
        """Note that a request about these tasks goes out now."""
        self._note({"sending": sorted(ids), "at": datetime.now(UTC).isoformat()})

    def arrived(self, sent: Mapping[str, str]) -> None:
        """Note that the request is done, and the digests of the pre-labels that it left."""
        self._note({"sent": dict(sent)})

    def renamed(self, names: Mapping[str, str]) -> None:
        """Note that tasks go by another id now."""
        self._note({"renamed": dict(names)})

    def forget(self, gone: Callable[[str], bool]) -> None:
        """Write the file anew, if there is one, without any word of some tasks.

        Args:
            gone: whether a task of this id is to be forgotten.
        """
        self.sent = {name: digest for name, digest in self.sent.items() if not gone(name)}
        self.doubtful = frozenset(name for name in self.doubtful if not gone(name))
        if self._path.exists():
            self.rewrite()

    def compact(self) -> None:
        """Write the file anew if it has grown long."""
        if self._lines > _MOST_LINES:
            self.rewrite()

    def rewrite(self) -> None:
        """Write the file anew, without what is not true any more."""
        entry: dict[str, Any] = {"sent": self.sent}
        if self.asked is not None:
            entry |= {"sending": sorted(self.doubtful), "at": self.asked.isoformat()}
        self._begin(entry)

    def _note(self, entry: dict[str, Any]) -> None:
        if self._lines == 0:
            self._begin(entry)
        else:
            with self._path.open("a", encoding="utf-8") as stream:
                # A line that a kill cut off is ended first.
                stream.write(("" if self._ends_well() else "\n") + json.dumps(entry) + "\n")
                stream.flush()
                os.fsync(stream.fileno())
            self._lines += 1
        self._take(entry)

    def _begin(self, entry: dict[str, Any]) -> None:
        first = json.dumps({"key": self._key})
        write_text(self._path, f"{first}\n{json.dumps(entry)}\n")
        self._lines = 2

    def _ends_well(self) -> bool:
        with self._path.open("rb") as stream:
            stream.seek(-1, os.SEEK_END)
            return stream.read(1) == b"\n"

    def _take(self, entry: Mapping[str, Any]) -> None:
        if "sent" in entry:
            self.doubtful, self.asked = frozenset(), None
            self.sent |= entry["sent"]
        if "sending" in entry:
            self.asked = datetime.fromisoformat(entry["at"])
            self.doubtful |= frozenset(entry["sending"])
        for old, new in entry.get("renamed", {}).items():
            self.sent |= {new: self.sent.pop(old)} if old in self.sent else {}
        for name in entry.get("sending", ()):
            self.sent.pop(name, None)


def _parsed(text: str) -> dict[str, Any]:
    try:
        entry = json.loads(text)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}
