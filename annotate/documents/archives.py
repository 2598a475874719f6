"""Archives and packed files, read as streams; nothing in them is written to a place of its choice.

Members are read where they stand and never unpacked to the disk under their names, so a path that
leads out can do no harm; it is refused all the same, as a sign of a file made to do some.
"""

import gzip
import io
import lzma
import os
import struct
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import PurePosixPath
from typing import IO, cast

from annotate.documents.article import NoArticlesError, Skipped
from annotate.documents.entry import Entry
from annotate.documents.limits import Allowance, Counted, Limited, Paced
from annotate.documents.zip_parts import zip_parts

MAX_MEMBERS = 5_000_000
"""Most files in one archive."""
MAX_TAR_HEADER_BYTES = 2**20
"""Most that a tar archive may say of one member before its content."""
_IN_MEMORY_BYTES = 2**20
_BUFFER_BYTES = 2**14
_ENCRYPTED = 0x1
_LINK = 0o120000
_TYPE = 0o170000
_FILE = 0o100000
UNPACKING_ERRORS = (
    zipfile.BadZipFile, zlib.error, EOFError, gzip.BadGzipFile, lzma.LZMAError,
    tarfile.TarError, NotImplementedError, RuntimeError, UnicodeDecodeError, struct.error,
)  # fmt: skip
"""What the standard library raises on archives that are damaged or packed in odd ways."""


def ungzipped(entry: Entry) -> Entry:
    """A file packed by gzip, as what is in it."""
    counted: list[Counted] = []

    def opened() -> IO[bytes]:
        raw = Counted(entry.opened())
        counted[:] = [raw]
        return cast("IO[bytes]", gzip.GzipFile(fileobj=io.BufferedReader(raw, 2**16)))

    return entry.unpacked(opened, Allowance(lambda: counted[0].count, outer=entry.allowance))


def in_zip(entry: Entry) -> Iterator[Entry | Skipped]:
    """The files in a zip archive, in its order.

    Raises:
        NoArticlesError: it is damaged, or holds more than any archive of news.
    """
    with entry.seekable() as stream:
        left = stream.seek(0, io.SEEK_END)
        allowance, count = Allowance(), 0
        for part in zip_parts(stream):
            members = part.infolist()
            count += len(members)
            _check_count(count)
            left -= sum(member.compress_size for member in members)
            if left < 0:
                msg = "is an archive whose files overlap, as only one made to do harm has them"
                raise NoArticlesError(msg)
            for member in members:
                found = _zip_member(entry.name, part, member, allowance)
                if found is not None:
                    yield found


def _zip_member(
    archive_name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo, allowance: Allowance
) -> Entry | Skipped | None:
    if member.is_dir() or _is_litter(member.filename):
        return None
    name, problem = _placed(archive_name, member.filename)
    kind = (member.external_attr >> 16) & _TYPE
    if kind == _LINK:
        problem = problem or "is a link, which is not followed"
    elif kind not in {0, _FILE}:
        problem = problem or "is no ordinary file"
    elif member.flag_bits & _ENCRYPTED:
        problem = problem or "is locked with a password; unpack the archive yourself"
    if problem:
        return Skipped(name, problem)
    own = Allowance(lambda: member.compress_size)

    def opened() -> IO[bytes]:
        return io.BufferedReader(Limited(archive.open(member), own), _BUFFER_BYTES)

    return Entry(name, opened, member.file_size, allowance, inside=True)


def in_tar(entry: Entry) -> Iterator[Entry | Skipped]:
    """The files in a tar archive, read from beginning to end in one go.

    Raises:
        NoArticlesError: it is damaged, or holds more than any archive of news.
    """
    problem = "says more of one file than any tar archive does"
    allowance = Allowance()
    with entry.stream() as stream:
        paced = Paced(stream, MAX_TAR_HEADER_BYTES, problem)
        paced.go_on()
        with tarfile.open(fileobj=paced, mode="r|") as archive:
            for count, member in enumerate(iter(archive.next, None), start=1):
                archive.members = []  # type: ignore[attr-defined]  # kept, they would fill memory
                _check_count(count)
                paced.go_on(max(member.size, 0))
                yield from _tar_member(entry.name, archive, member, allowance)
            _check_end(cast("IO[bytes]", archive.fileobj))


def _check_end(stream: IO[bytes]) -> None:
    """Refuse to pass over what follows a damaged header, at which tarfile ends without a word."""
    while block := stream.read(2**16):
        if block.strip(b"\x00"):
            msg = "is damaged: what follows the last file that was read is no archive"
            raise NoArticlesError(msg)


def _tar_member(
    archive_name: str, archive: tarfile.TarFile, member: tarfile.TarInfo, allowance: Allowance
) -> Iterator[Entry | Skipped]:
    if member.isdir() or _is_litter(member.name):
        return
    name, problem = _placed(archive_name, member.name)
    if member.issym() or member.islnk():
        problem = problem or "is a link, which is not followed"
    elif not member.isreg() or member.issparse():
        problem = problem or "is no ordinary file"
    content = None if problem else archive.extractfile(member)
    if content is None:
        yield Skipped(name, problem or "is no ordinary file")
        return
    with _kept(content, member.size) as opened:
        yield Entry(name, opened, member.size, allowance, inside=True)


@contextmanager
def _kept(content: IO[bytes], size: int) -> Iterator[Callable[[], IO[bytes]]]:
    """What passes by once, so that it can be opened more than once: in memory where it is small."""
    if size <= _IN_MEMORY_BYTES:
        yield partial(io.BytesIO, content.read())
        return
    with tempfile.TemporaryFile() as temporary:
        while block := content.read(2**20):
            temporary.write(block)
        temporary.flush()

        def opened() -> IO[bytes]:
            copy = os.fdopen(os.dup(temporary.fileno()), "rb")
            copy.seek(0)
            return copy

        yield opened


def _check_count(count: int) -> None:
    if count > MAX_MEMBERS:
        msg = f"holds more than {MAX_MEMBERS:,} files; divide it"
        raise NoArticlesError(msg)


def _placed(archive: str, name: str) -> tuple[str, str | None]:
    """What a member is called, and what is wrong with its place."""
    path = PurePosixPath(name.replace("\\", "/"))
    shown = "/".join(part for part in path.parts if part != "/")
    shown = shown.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    drive = path.parts[:1] and path.parts[0][1:2] == ":"
    leads_out = path.is_absolute() or ".." in path.parts or drive
    return f"{archive}/{shown}", "has a path that leads out of the archive" if leads_out else None


def _is_litter(name: str) -> bool:
    """Whether it is hidden, or one of the shadows that macOS packs beside every file."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return any(part == "__MACOSX" or (part[:1] == "." and part != "..") for part in parts)
