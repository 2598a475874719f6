"""Files in object stores, and on other file systems that have addresses: ``s3://bucket/news``.

What is put into a store appears there whole or not at all. Object stores promise it of each object;
on other file systems it gets another name first, as on a disk.

Everything goes through fsspec, whose clients (s3fs, gcsfs, ...) each raise errors of their own;
here they become one line that says what to do.
"""

import io
import tempfile
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Any

from annotate.errors import MissingExtraError, StoreError

if TYPE_CHECKING:
    from typing_extensions import Buffer

_READ_BYTES = 2**20
"""Fetched at once at least: a request costs some ten milliseconds, whatever it fetches."""
_READ_AT_ONCE = 1000
_STAMPS = ("ETag", "etag", "generation", "md5Hash", "LastModified", "mtime", "updated", "created")
"""By what names stores tell what changes when a file does."""
_OBJECT_STORES = frozenset({"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl"})
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

    def with_name(self, name: str) -> "Address":
        """Another one beside it."""
        return Address(self.protocol, f"{self.path.rpartition('/')[0]}/{name}")

    def files(self) -> "list[File]":
        """The file that it names, or all below it at any depth: of a folder first its own files.

        Raises:
            StoreError: there is nothing, or the store refuses or does not answer.
        """
        found = list(self.listing())
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

    def read(self) -> bytes:
        """The content of a small file."""
        with self.open() as stream:
            return stream.read()

    def size(self) -> int:
        """Bytes of a file."""
        with self._told():
            return int(self._system().size(str(self)))

    def put(self, path: Path) -> None:
        """Store a file of this machine, in place of what is there."""
        with self._told():
            system = self._system()
            if self.protocol in _OBJECT_STORES:
                system.put_file(str(path), str(self))
                return
            temporary = self.with_name(f".{self.name}.{uuid.uuid4().hex}")
            system.makedirs(str(self).rpartition("/")[0], exist_ok=True)
            system.put_file(str(path), str(temporary))
            system.mv(str(temporary), str(self))

    def write(self, content: bytes) -> None:
        """Store some bytes, in place of what is there."""
        with tempfile.TemporaryDirectory(prefix="annotate-") as folder:
            Path(folder, self.name).write_bytes(content)
            self.put(Path(folder, self.name))

    def create(self, content: bytes) -> bool:
        """Store some bytes where nothing is yet; returns whether that was so."""
        with self._told():
            try:
                self._system().pipe_file(str(self), content, mode="create")
            except FileExistsError:
                return False
        return True

    def remove(self) -> None:
        """Take away a file, or all that is below it; what is not there already is no error."""
        names = [str(file.place) for file in self.listing()]
        if names:
            with self._told():
                self._system().rm(names)

    def remove_files(self, names: Iterable[str]) -> None:
        """Take away some files below it."""
        places = [str(self / name) for name in names]
        if places:
            with self._told():
                self._system().rm(places)

    def listing(self) -> "Iterator[File]":
        """As `files`, in any order, and nothing where there is nothing."""
        with self._told():
            system = self._system()
            own = system._strip_protocol(str(self))  # noqa: SLF001  fsspec offers no other
            listed = system.find(str(self), detail=True)
        for name, size, stamp in _told_of(listed):
            place = self if name == own else self / name.removeprefix(own).lstrip("/")
            yield File(place, size, stamp)

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


def read_all(places: Sequence[Address]) -> Iterator[bytes]:
    """The contents of small files of one store, some hundred at the same time."""
    for start in range(0, len(places), _READ_AT_ONCE):
        some = places[start : start + _READ_AT_ONCE]
        with some[0]._told():  # noqa: SLF001  of this module
            system = some[0]._system()  # noqa: SLF001
            yield from system.cat_ranges(list(map(str, some)), None, None, on_error="raise")


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
