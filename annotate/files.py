"""Files that are whole or not there: written beside their place, then renamed."""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from annotate.errors import InputError

_LITTER = frozenset({".DS_Store", "Thumbs.db"})
"""Files that desktops leave in every folder."""


@contextmanager
def atomic_path(path: Path, *, private: bool = False) -> Iterator[Path]:
    """The path of a new empty file that replaces ``path`` when the block ends, not if it fails.

    Args:
        path: where the file shall be; missing folders are made.
        private: readable by the owner alone (mode 600).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o600 if private else 0o666 & ~_umask())
        try:
            temporary.replace(path)
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(path)) from None
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def remove_unfinished(path: Path) -> None:
    """Take away what `atomic_path` was writing for a path when its process was killed.

    Args:
        path: a file that nobody else is writing.
    """
    begun = re.compile(rf"\.{re.escape(path.name)}\.[a-z0-9_]{{8}}")  # as `tempfile` names them
    for entry in path.parent.iterdir():
        if begun.fullmatch(entry.name):
            entry.unlink(missing_ok=True)


@contextmanager
def atomic_file(path: Path, *, private: bool = False) -> Iterator[IO[str]]:
    """As `atomic_path`, but open for writing UTF-8 text, and on the disk before it is renamed."""
    with (
        atomic_path(path, private=private) as temporary,
        temporary.open("w", encoding="utf-8", newline="\n") as stream,
    ):
        yield stream
        stream.flush()
        os.fsync(stream.fileno())


def write_text(path: Path, text: str, *, private: bool = False) -> None:
    """Write a whole text file at once."""
    with atomic_file(path, private=private) as stream:
        stream.write(text)


@contextmanager
def atomic_folder(path: Path, *, ours: Collection[str]) -> Iterator[Path]:
    """An empty folder that replaces ``path``, with all it held, when the block ends.

    The folder of before is moved aside first and put back if the swap fails.

    Args:
        path: where the folder shall be.
        ours: names of what such a folder holds; one that holds anything else is not replaced.

    Raises:
        InputError: ``path`` is a file, or holds what is not ours.
    """
    check_replaceable(path, ours=ours)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
    content, old = temporary / "new", temporary / "old"
    try:
        content.mkdir(mode=0o777)
        yield content
        try:
            if path.exists():
                path.rename(old)
            content.rename(path)
        except BaseException:
            if old.exists() and not path.exists():
                old.rename(path)
            raise
    finally:
        if path.exists() or not old.exists():
            shutil.rmtree(temporary, ignore_errors=True)


def check_replaceable(path: Path, *, ours: Collection[str]) -> None:
    """Refuse a folder whose content would be lost if it were replaced.

    Raises:
        InputError: ``path`` is a file, or a folder that holds anything but ``ours``.
    """
    remedy = "Name a new folder, or an empty one."
    if path.exists() and not path.is_dir():
        raise InputError(path, "is a file, not a folder", remedy)
    if path.is_dir() and (
        foreign := sorted({entry.name for entry in path.iterdir()} - {*ours, *_LITTER})
    ):
        problem = f"holds {foreign[0]}, which would be lost if the folder were replaced"
        raise InputError(path, problem, remedy)


def read_text(path: Path) -> str:
    """Read a whole UTF-8 text file.

    Raises:
        InputError: the file is missing or not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(path, "no such file", "Check the path.") from None
    except UnicodeDecodeError:
        raise InputError(path, "not a UTF-8 text file", "Save it as UTF-8.") from None


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, or of the names and digests of a folder's files, in hex."""
    if path.is_dir():
        entries = sorted(entry for entry in path.rglob("*") if entry.is_file())
        listed = "".join(f"{entry.relative_to(path)} {sha256_of(entry)}\n" for entry in entries)
        return hashlib.sha256(listed.encode("utf-8", "surrogateescape")).hexdigest()
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
