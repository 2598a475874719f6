"""Files that are whole or not there: written beside their place, then renamed."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from annotate.errors import InputError


@contextmanager
def atomic_path(path: Path, *, private: bool = False) -> Iterator[Path]:
    """The path of a new empty file that replaces ``path`` when the block ends, not if it fails.

    Args:
        path: where the file shall be; missing folders are made.
        private: readable by the owner alone (mode 600).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o600 if private else 0o666 & ~_umask())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


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
def atomic_folder(path: Path) -> Iterator[Path]:
    """An empty folder that replaces ``path``, with all it held, when the block ends.

    The folder of before is moved aside first and put back if the swap fails.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
    try:
        content = temporary / "new"
        content.mkdir()
        yield content
        if path.exists():
            path.rename(temporary / "old")
        try:
            content.rename(path)
        except BaseException:
            if (temporary / "old").exists():
                (temporary / "old").rename(path)
            raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


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
    """SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
