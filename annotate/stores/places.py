"""Files and folders, whether on this disk or in a store: one set of words for both."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from annotate.errors import InputError
from annotate.files import atomic_path
from annotate.stores.addresses import Address, Place

_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]*)://(.*)", re.DOTALL)


def as_place(text: str) -> Place:
    """The path or address that a user wrote.

    Raises:
        InputError: an address without a bucket, or of a kind that is not known.
    """
    match = _ADDRESS.fullmatch(text)
    if match is None:
        return Path(text)
    protocol, path = match[1], match[2].rstrip("/")
    if protocol == "file":
        return Path(path)
    from fsspec import available_protocols

    if protocol not in available_protocols():
        raise InputError(text, f"there is no kind of address {protocol}://", "Use s3:// or a path.")
    if not path.strip("/"):
        raise InputError(text, "names no bucket", f"Write {protocol}://bucket/folder.")
    if set("*?[") & set(path):
        raise InputError(text, "stands for many places", "Name a folder; all below it is read.")
    return Address(protocol, path)


def from_root(place: Place) -> Place:
    """The same for processes that work in other folders."""
    return place.absolute() if isinstance(place, Path) else place


def is_within(place: Place, other: Place) -> bool:
    """Whether a place is another one, or below it; of paths after all links."""
    if isinstance(place, Path) and isinstance(other, Path):
        return place.resolve().is_relative_to(other.resolve())
    return f"{place}/".startswith(f"{other}/")


def opened(place: Place) -> IO[bytes]:
    """Open a file for reading in any order."""
    return place.open() if isinstance(place, Address) else place.open("rb")


def size_of(place: Place) -> int:
    """Bytes of a file."""
    if isinstance(place, Path):
        return place.stat().st_size
    return place.size()


@contextmanager
def delivered(place: Place) -> Iterator[Path]:
    """The path of a new file that is put into its place, whole and for good, when the block ends.

    Args:
        place: what is there is replaced, but not if the block fails.
    """
    if isinstance(place, Path):
        with atomic_path(place) as temporary:
            yield temporary
            with temporary.open("rb") as stream:
                os.fsync(stream.fileno())
        return
    with tempfile.TemporaryDirectory(prefix="annotate-") as folder:
        yield Path(folder, place.name)
        place.put(Path(folder, place.name))


def files_in(folder: Place, *, deep: bool = False) -> dict[str, int]:
    """The names of the files of a folder, with their bytes; none if it is not there.

    Args:
        folder: where to look.
        deep: whether in the folders below it too; names are paths then.
    """
    if isinstance(folder, Address):
        start = len(str(folder)) + 1
        found = {str(file.place)[start:]: file.size for file in folder.listing()}
    else:
        paths = folder.rglob("*") if deep else folder.glob("*")
        found = {p.relative_to(folder).as_posix(): p.stat().st_size for p in paths if p.is_file()}
    return {name: size for name, size in found.items() if deep or "/" not in name}


def remove_files(folder: Place, names: Iterable[str]) -> None:
    """Take away some files of a folder."""
    if isinstance(folder, Address):
        folder.remove_files(names)
    else:
        for name in names:
            (folder / name).unlink(missing_ok=True)


def remove(place: Place) -> None:
    """Take away a file, or a folder with all that it holds; what is not there is no error."""
    if isinstance(place, Address):
        place.remove()
    elif place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)
