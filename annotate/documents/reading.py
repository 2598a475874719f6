"""Files, folders, archives and data sets to documents, one at a time; nothing is lost unsaid."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from annotate.documents import huggingface
from annotate.documents.archives import UNPACKING_ERRORS, ungzipped
from annotate.documents.article import Article, Found, Skipped, UnusableError, to_document
from annotate.documents.entry import Entry
from annotate.documents.huggingface import HubName
from annotate.documents.kinds import ARCHIVES, PACKED, READERS, kind_of, known_kinds
from annotate.documents.options import ReadingOptions
from annotate.errors import InputError
from annotate.records import Document

_ADDRESSES = ("http:/", "https:/")  # a path has one slash where an address has two


def read_documents(
    paths: Iterable[Path], *, base: Path | None = None, options: ReadingOptions | None = None
) -> Iterator[Document | Skipped]:
    """The documents of files, folders, archives and data sets, in the order of the names.

    Folders are read at any depth; hidden files are passed over, links that lead out are not
    followed. Memory does not grow with the number of documents.

    Args:
        paths: files, folders, or ``hf:NAME`` for a data set of Hugging Face.
        base: the folder that the names of sources start from, by default the current one.
        options: names of fields and the zone of dates; tells afterwards what was guessed.

    Raises:
        InputError: a path does not exist, or a folder holds nothing that can be imported.
        MissingExtraError: a format needs what is not installed.
    """
    options = options or ReadingOptions()
    for path in paths:
        for found in _read(path, base or Path(), options):
            yield as_document(found, options)


def as_document(found: Found, options: ReadingOptions) -> Document | Skipped:
    """The record of what a reader gave, or why there is none."""
    if not isinstance(found, Article):
        return found
    try:
        return to_document(found, options)
    except UnusableError as error:
        return Skipped(found.where, str(error))


def read_entry(entry: Entry, options: ReadingOptions) -> Iterator[Document | Skipped]:
    """The documents of one file, wherever it stands.

    Raises:
        OSError: it cannot be reached.
    """
    for found in _read_entry(entry, options):
        yield as_document(found, options)


def source_name(path: Path, *, base: Path | None, folder: Path | None = None) -> str:
    """What a file is called in messages and keys.

    Args:
        path: the file.
        base: the folder that names start from, by default the current one.
        folder: the folder in which it was found, if one was named.
    """
    return _Names(base or Path(), folder).of(path)


def is_hub_name(path: Path) -> bool:
    """Whether a path is the name of a data set on the hub and no file."""
    return str(path).startswith(huggingface.PREFIX) and not path.exists()


def _read(path: Path, base: Path, options: ReadingOptions) -> Iterator[Found]:
    if is_hub_name(path):
        yield from _read_named(HubName.parse(str(path)), base, options)
    elif path.is_dir():
        yield from _read_folder(path, _Names(base, path), options)
    elif path.exists():
        yield from _read_file(path, _Names(base), options)
    elif str(path).startswith(_ADDRESSES):
        address = str(path).replace(":/", "://", 1)
        raise InputError(address, "is an address, and articles are read from files", "Download it.")
    else:
        raise InputError(path, "no such file or folder", "Check the path.")


def _read_named(wanted: HubName, base: Path, options: ReadingOptions) -> Iterator[Found]:
    folder = Path(wanted.name)
    if huggingface.is_saved_dataset(folder):
        yield from _read_saved(folder, _Names(base, folder), options, split=wanted.split)
    else:
        yield from _named(str(wanted), huggingface.read_hub(wanted, options))


def _read_folder(folder: Path, names: "_Names", options: ReadingOptions) -> Iterator[Found]:
    found = False
    unread: list[OSError] = []
    root = folder.resolve()
    for parent, folders, files in os.walk(folder, onerror=unread.append):
        here = Path(parent)
        if huggingface.is_saved_dataset(here):
            found, folders[:] = True, []
            yield from _read_saved(here, names, options)
            continue
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        links = [name for name in folders if (here / name).is_symlink()]
        for name in sorted([*(n for n in files if not n.startswith(".")), *links]):
            found = True
            yield from _read_inside(here / name, root, names, options)
    for error in unread:
        yield _unreadable(names.of(Path(str(error.filename))), error)
    if not (found or unread):
        raise InputError(folder, "holds no files", f"Put files of these kinds: {known_kinds()}.")


def _read_inside(
    path: Path, root: Path, names: "_Names", options: ReadingOptions
) -> Iterator[Found]:  # fmt: skip
    """A file of a folder; one that is only linked there is read if it is of the folder too."""
    if path.is_symlink() and not path.resolve().is_relative_to(root):
        yield Skipped(names.of(path), "is a link that leads out of the folder; not followed")
    elif path.is_dir():
        yield Skipped(names.of(path), "is a link to a folder, which is not followed")
    else:
        yield from _read_file(path, names, options)


def _read_saved(
    folder: Path, names: "_Names", options: ReadingOptions, *, split: str | None = None
) -> Iterator[Found]:
    name = names.of(folder)
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    found = huggingface.read_saved(folder, name, options, split=split)
    try:
        yield from _noted(_named(name, found), files, options)
    except OSError as error:
        yield _unreadable(name, error)


def _named(name: str, found: Iterable[Found]) -> Iterator[Found]:
    """What a data set holds, or why it holds nothing."""
    try:
        yield from found
    except UnusableError as error:
        yield Skipped(name, str(error))


def _noted(
    found: Iterable[Found], files: Iterable[Path], options: ReadingOptions
) -> Iterator[Found]:  # fmt: skip
    """What files hold; that they were read is said afterwards, if there was an article in them."""
    gave = False
    for each in found:
        gave = gave or not isinstance(each, Skipped)
        yield each
    if gave:
        for file in files:
            options.on_read(file)


def _read_file(path: Path, names: "_Names", options: ReadingOptions) -> Iterator[Found]:
    name = names.of(path)
    try:
        if not path.is_file():
            yield Skipped(name, "is no ordinary file")
            return
        entry = Entry(name, lambda: path.open("rb"), path.stat().st_size)
        yield from _noted(_read_entry(entry, options), [path], options)
    except OSError as error:
        yield _unreadable(name, error)


def _read_entry(entry: Entry, options: ReadingOptions) -> Iterator[Found]:
    """What an entry holds, or that it holds nothing."""
    empty = True
    for found in _content(entry, options):
        empty = False
        yield found
    if empty:
        yield Skipped(entry.name, "holds no articles")


def _content(entry: Entry, options: ReadingOptions) -> Iterator[Found]:
    """What an entry holds, by its ending; packing comes off first."""
    kind = kind_of(entry.name)
    if kind in PACKED:
        kind = PACKED[kind] or kind_of(entry.name[: -len(kind)])
        entry = ungzipped(entry)
    try:
        if kind in READERS:
            yield from READERS[kind](entry, options)
        elif kind in ARCHIVES and entry.inside:
            yield Skipped(entry.name, "is an archive inside an archive; unpack it first")
        elif kind in ARCHIVES:
            yield from _read_members(ARCHIVES[kind](entry), options)
        else:
            yield Skipped(
                entry.name, "is of a kind that is not read (`annotate import --help` lists them)"
            )
    except UnusableError as error:
        yield Skipped(entry.name, str(error))
    except UNPACKING_ERRORS as error:
        problem = " ".join(str(error).split())[:100]
        yield Skipped(entry.name, f"is damaged, or packed in a way not read here ({problem})")


def _read_members(
    members: Iterable[Entry | Skipped], options: ReadingOptions
) -> Iterator[Found]:  # fmt: skip
    for member in members:
        if isinstance(member, Skipped):
            yield member
            continue
        try:
            yield from _read_entry(member, options)
        except OSError as error:  # what bz2 raises on damage, too
            yield _unreadable(member.name, error)


def _unreadable(name: str, error: OSError) -> Skipped:
    return Skipped(name, f"cannot be read ({error.strerror or error})")


@dataclass(frozen=True, slots=True)
class _Names:
    """Names of files, for messages and, where nothing else tells articles apart, for their keys.

    Below ``base`` a file is named by its path from there. Elsewhere by its path below ``folder``,
    after the last two parts of that folder's own, or by the last three parts: the rest is nobody's
    business in a data set. Links are named, not what they lead to.
    """

    base: Path
    folder: Path | None = None

    def of(self, path: Path) -> str:
        """The name; bytes that are no UTF-8 are replaced."""
        inside = self._inside(path)
        return inside.as_posix().encode("utf-8", "surrogateescape").decode("utf-8", "replace")

    def _inside(self, path: Path) -> Path:
        whole = path.parent.resolve() / path.name
        for place, root in ((_absolute(path), _absolute(self.base)), (whole, self.base.resolve())):
            if place.is_relative_to(root):
                return place.relative_to(root)
        if self.folder is None:
            return Path(*whole.parts[1:][-3:])
        own = self.folder.resolve()
        above = own.parts[1:][-2:] if own.parent != Path.home() else own.parts[-1:]
        return Path(*above, path.relative_to(self.folder))


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100  links stay as they are
