"""An export in a zip archive, read without unpacking it to the disk."""

import zipfile
import zlib
from pathlib import Path, PurePosixPath

from annotate.errors import InputError

MAX_BYTES = 2**30
"""Most that one file may hold unpacked: a few hundred bytes can be made to fill a disk."""

_USABLE = frozenset({".json", ".csv", ".tsv"})
_NAMED = 5
_ENCRYPTED = 0x1


def export_in(path: Path) -> bytes:
    """The content of an export file, or of the one export in a zip archive.

    Archives in an archive are not opened.

    Raises:
        InputError: the file is missing, a damaged or locked archive, or one that holds no export,
            several of them, or one of more than `MAX_BYTES`.
    """
    try:
        if not zipfile.is_zipfile(path):
            return path.read_bytes()
    except FileNotFoundError:
        raise InputError(path, "no such file", "Check the path.") from None
    try:
        with zipfile.ZipFile(path) as archive:
            member = _member(path, archive)
            with archive.open(member) as stream:
                content = stream.read(MAX_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        problem = "a zip archive that is damaged, or packed in a way that cannot be read"
        raise InputError(path, problem, "Unpack it, and name the file in it.") from None
    if len(content) > MAX_BYTES:
        problem = f"{member.filename} in it holds more than {MAX_BYTES // 2**20:,} MB unpacked"
        raise InputError(path, problem, "Unpack it, and name the file in it.")
    return content


def _member(path: Path, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """The one file of an archive that can be an export."""
    files = [entry for entry in archive.infolist() if not entry.is_dir()]
    usable = [entry for entry in files if _is_usable(PurePosixPath(entry.filename))]
    if len(usable) != 1:
        few = "several exports" if usable else "no .json, .csv or .tsv file"
        names = _some([entry.filename for entry in usable or files])
        problem = f"an archive with {few} ({names})"
        raise InputError(path, problem, "Unpack it, and name the export that is meant.")
    if usable[0].flag_bits & _ENCRYPTED:
        problem = "an archive that is locked with a password"
        raise InputError(path, problem, "Unpack it, and name the file in it.")
    return usable[0]


def _is_usable(name: PurePosixPath) -> bool:
    """Whether it is an export by its name; macOS packs a shadow of every file beside it."""
    hidden = name.name.startswith(".") or "__MACOSX" in name.parts
    return name.suffix.lower() in _USABLE and not hidden


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return (", ".join(names[:_NAMED]) or "nothing") + more
