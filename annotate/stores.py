"""Files in object stores, and on other file systems that have addresses: ``s3://bucket/news``.

Everything goes through fsspec, whose clients (s3fs, gcsfs, ...) each raise errors of their own;
here they become one line that says what to do.
"""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Any

from annotate.errors import InputError, MissingExtraError, StoreError

if TYPE_CHECKING:
    from typing_extensions import Buffer

_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]*)://(.*)", re.DOTALL)
_READ_BYTES = 2**20
"""Fetched at once at least: a request costs some ten milliseconds, whatever it fetches."""
_STAMPS = ("ETag", "etag", "generation", "md5Hash", "LastModified", "mtime", "updated", "created")
"""By what names stores tell what changes when a file does."""
_NO_LOGIN = ("NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError")


@dataclass(frozen=True, slots=True)
class Address:
    """The name of a file or folder in a store; written and read as ``protocol://path``.

    Attributes:
        protocol: as fsspec knows it: ``s3``, ``gs``, ``abfs``, ...
        path: the rest, without a slash at its end; in object stores the bucket comes first.
    """

    protocol: str
    path: str

    def __str__(self) -> str:
        return f"{self.protocol}://{self.path}"

    def __truediv__(self, name: str) -> "Address":
        return Address(self.protocol, f"{self.path}/{name}")

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    def files(self) -> "list[File]":
        """The file that it names, or all below it at any depth: of a folder first its own files.

        Raises:
            StoreError: there is nothing, or the store refuses or does not answer.
        """
        with self._told():
            system = self._system()
            own = system._strip_protocol(str(self))  # noqa: SLF001  fsspec offers no other
            listed = system.find(str(self), detail=True)
        found = [
            File(self if name == own else self / name.removeprefix(own).lstrip("/"), size, stamp)
            for name, size, stamp in _told_of(listed)
        ]
        if not found:
            raise StoreError(self, "there is no such file or folder", "Check the address.")
        return sorted(found, key=lambda file: _walking_order(str(file.place)))

    def open(self) -> IO[bytes]:
        """Open a file for reading in any order; it is fetched piece by piece, as it is read.

        What goes wrong later is raised as a `StoreError` too, so that no reader takes a broken
        line to the store for damage of the file.
        """
        with self._told():
            stream = self._system().open(str(self), "rb", cache_type="none")
        return io.BufferedReader(_Fetched(self, stream), _READ_BYTES)

    def _system(self) -> Any:  # noqa: ANN401  fsspec has no types
        import fsspec

        # Listings that are kept would hide what others, and we ourselves, write meanwhile.
        return fsspec.filesystem(self.protocol, use_listings_cache=False)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn the errors of all kinds of stores into one line."""
        try:
            yield
        except FileNotFoundError as error:
            no_bucket = "bucket does not exist" in str(error)
            problem = f"there is no such {'bucket' if no_bucket else 'file or folder'}"
            raise StoreError(self, problem, "Check the address.") from None
        except ImportError as error:
            if self.protocol.startswith("s3"):
                raise MissingExtraError(extra="scale", package="s3fs") from None
            raise StoreError(self, str(error), "Then give the command again.") from None
        except Exception as error:  # noqa: BLE001  each store has a family of errors of its own
            if isinstance(error, PermissionError) or type(error).__name__ in _NO_LOGIN:
                raise StoreError(self, _refusal(error), _LOGIN) from None
            raise StoreError(self, _one_line(error), "Check the address and the line.") from None


Place = Path | Address
"""Where a file or folder is."""


@dataclass(frozen=True, slots=True)
class File:
    """A file as a listing tells of it.

    Attributes:
        place: where it is.
        size: bytes.
        stamp: what changes when its content does: its time in nanoseconds, or what a store says.
    """

    place: Place
    size: int
    stamp: int | str

    @classmethod
    def on_disk(cls, path: Path) -> "File":
        """A file of this machine."""
        stat = path.stat()
        return cls(path, stat.st_size, stat.st_mtime_ns)


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
    return Address(protocol, path)


def opened(place: Place) -> IO[bytes]:
    """Open a file for reading in any order."""
    return place.open() if isinstance(place, Address) else place.open("rb")


class _Fetched(io.RawIOBase):
    """A file of a store, without a buffer; its errors are told as ours."""

    def __init__(self, address: Address, stream: Any) -> None:  # noqa: ANN401
        super().__init__()
        self._address, self._stream = address, stream

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return int(self._stream.seek(offset, whence))

    def tell(self) -> int:
        return int(self._stream.tell())

    def readinto(self, buffer: "Buffer") -> int:
        view = memoryview(buffer).cast("B")
        with self._address._told():  # noqa: SLF001  of this module
            data = self._stream.read(len(view))
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()


_LOGIN = (
    "Check what you may do there, and your credentials: for s3:// AWS_ACCESS_KEY_ID and "
    "AWS_SECRET_ACCESS_KEY, or AWS_PROFILE."
)


def _refusal(error: Exception) -> str:
    if isinstance(error, PermissionError):
        return f"the store refused ({_one_line(error)})"
    return f"no credentials ({_one_line(error)})"


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200].rstrip(".") or type(error).__name__


def _told_of(listed: dict[str, dict[str, Any]]) -> Iterator[tuple[str, int, str]]:
    """Name, size and stamp of files; objects that stand for a folder are none."""
    for name, told in listed.items():
        if told["type"] == "file" and not name.endswith("/"):
            stamp = next((str(told[key]) for key in _STAMPS if told.get(key)), "")
            yield name, int(told["size"] or 0), stamp


def _walking_order(path: str) -> list[tuple[bool, str]]:
    """As `os.walk` goes through sorted folders: files first, then one folder after the other."""
    *folders, name = PurePosixPath(path).parts
    return [*((True, folder) for folder in folders), (False, name)]
