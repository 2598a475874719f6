"""A zip archive as a row of small ones, since the standard library keeps every name in memory.

A list of names stands at the end of an archive. Each part is the same archive with a piece of the
list in its place, which `zipfile` reads as any other; what it takes for a million files is then
the memory for a thousand.

Source:
    PKWARE, .ZIP File Format Specification (APPNOTE.TXT) 6.3.10, sections 4.3.12 to 4.3.16.
"""

import io
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

PART_FILES = 1000
"""Files whose names are in memory at once."""

_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64 = struct.Struct("<4sLQL")
_ENTRY = struct.Struct("<4s24x3H12x")
_END_MARK, _END64_MARK, _LOCATOR64_MARK = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_ENTRY_MARK = b"PK\x01\x02"
_MOST_COMMENT = 2**16
_NO_ROOM, _NO_ROOM_SHORT = 0xFFFFFFFF, 0xFFFF
"""Stand where a number has more than 32 or 16 bits, and is in the record of 64 bits."""


@dataclass(frozen=True, slots=True)
class _List:
    """Where the list of files stands, and how far from the beginning it says that it does."""

    start: int
    size: int
    said: int


def zip_parts(stream: IO[bytes]) -> Iterator[zipfile.ZipFile]:
    """The archive in parts; together they have all its files in their order.

    Args:
        stream: the archive, seekable.

    Raises:
        BadZipFile: it is none, or is damaged.
    """
    found = _find_list(stream)
    for count, piece in _pieces(stream, found):
        end = _end_of(count, len(piece), found)
        with zipfile.ZipFile(_Spliced(stream, found.start, piece + end)) as part:
            yield part


def _find_list(stream: IO[bytes]) -> _List:
    length = stream.seek(0, io.SEEK_END)
    tail_at = max(0, length - _END.size - _MOST_COMMENT)
    stream.seek(tail_at)
    tail = stream.read()
    at = tail.rfind(_END_MARK, 0, max(0, len(tail) - _END.size + len(_END_MARK)))
    if at < 0:
        msg = "File is not a zip file"
        raise zipfile.BadZipFile(msg)
    _, _, _, _, _, size, said, _ = _END.unpack_from(tail, at)
    end = tail_at + at
    if record := _record64(stream, end):
        end, size, said = record
    start = end - size
    if not 0 <= said <= start:
        msg = "Bad place of the list of files"
        raise zipfile.BadZipFile(msg)
    return _List(start, size, said)


def _record64(stream: IO[bytes], end: int) -> tuple[int, int, int] | None:
    """Place of the record of 64 bits, and size and place of the list that it says."""
    place = end - _LOCATOR64.size
    locator = _read_at(stream, place, _LOCATOR64.size)
    if not locator.startswith(_LOCATOR64_MARK):
        return None
    record = _read_at(stream, place - _END64.size, _END64.size)
    if not record.startswith(_END64_MARK):
        msg = "Bad record of the list of files"
        raise zipfile.BadZipFile(msg)
    *_, size, said = _END64.unpack(record)
    return place - _END64.size, size, said


def _pieces(stream: IO[bytes], found: _List) -> Iterator[tuple[int, bytes]]:
    """The list of files in pieces of so many entries."""
    at, end = found.start, found.start + found.size
    while at < end:
        entries: list[bytes] = []
        while at < end and len(entries) < PART_FILES:
            entries.append(_entry(stream, at))
            at += len(entries[-1])
        yield len(entries), b"".join(entries)


def _entry(stream: IO[bytes], at: int) -> bytes:
    head = _read_at(stream, at, _ENTRY.size)
    if len(head) < _ENTRY.size or not head.startswith(_ENTRY_MARK):
        msg = "Bad entry in the list of files"
        raise zipfile.BadZipFile(msg)
    _, name, extra, comment = _ENTRY.unpack(head)
    return head + stream.read(name + extra + comment)


def _read_at(stream: IO[bytes], at: int, count: int) -> bytes:
    if at < 0:
        return b""
    stream.seek(at)
    return stream.read(count)


def _end_of(count: int, size: int, found: _List) -> bytes:
    """The records that end a part: of 64 bits, so that they hold any place."""
    version = 45
    record = _END64.pack(_END64_MARK, _END64.size - 12, version, version, 0, 0, count, count, size,
                         found.said)  # fmt: skip
    locator = _LOCATOR64.pack(_LOCATOR64_MARK, 0, found.said + size, 1)
    short = (_NO_ROOM_SHORT, _NO_ROOM_SHORT)
    return record + locator + _END.pack(_END_MARK, 0, 0, *short, _NO_ROOM, _NO_ROOM, 0)


class _Spliced(io.RawIOBase):
    """A file up to a place, and from there on something else."""

    def __init__(self, stream: IO[bytes], cut: int, rest: bytes) -> None:
        self._stream, self._cut, self._rest = stream, cut, rest
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        length = self._cut + len(self._rest)
        self._at = max(0, offset + {io.SEEK_CUR: self._at, io.SEEK_END: length}.get(whence, 0))
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        length = self._cut + len(self._rest)
        size = length if size is None or size < 0 else size
        data = b""
        if self._at < self._cut:
            self._stream.seek(self._at)
            data = self._stream.read(min(size, self._cut - self._at))
            self._at += len(data)
        if len(data) < size and self._at >= self._cut:
            start = self._at - self._cut
            more = self._rest[start : start + size - len(data)]
            self._at += len(more)
            data += more
        return data
