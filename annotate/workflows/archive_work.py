"""What labelling an archive works on: its files, the place of the output, and one piece of it."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from annotate.documents import FieldNames, ReadingOptions, Skipped
from annotate.documents.kinds import PACKED, kind_of
from annotate.documents.pieces import TABULAR, Piece, read_piece
from annotate.documents.reading import is_hub_name
from annotate.documents.remarks import in_one_line
from annotate.errors import InputError, LedgerError
from annotate.prediction import Done, Form
from annotate.prediction.books import remove_book
from annotate.prediction.parts import FORMS, part, part_name
from annotate.records import Document
from annotate.settings import Settings
from annotate.sidecar import ENDING
from annotate.stores import Address, File, Place, files_in, remove_files, size_of
from annotate.stores.places import is_within
from annotate.workflows.classifier import Classifier

_PARTS, _REFUSED = ".parts", ".skipped.csv"
_ARTICLES_AT_ONCE = 256
_CHARACTERS_AT_ONCE = 2**20


@dataclass(frozen=True, slots=True)
class Archive:
    """What is to be labelled: files with an article a row.

    Attributes:
        path: the file or folder that was named, by a path or an address.
        files: its files, in order.
        base: the folder that the names of sources start from.
        columns: our names of columns to theirs, where they are not found by themselves.
    """

    path: Place
    files: Sequence[File]
    base: Path | None = None
    columns: tuple[tuple[str, str], ...] = ()

    @property
    def folder(self) -> Place | None:
        """The folder that was named, if it was one."""
        return None if [file.place for file in self.files] == [self.path] else self.path

    @property
    def options(self) -> ReadingOptions:
        """How it is read."""
        return ReadingOptions(FieldNames(dict(self.columns)))

    @property
    def digest(self) -> str:
        """Of the names, sizes and times of its files; to read terabytes for one takes too long."""
        above = len(str(self.path)) + 1 if self.folder else 0
        names = [str(f.place)[above:] if above else f.place.name for f in self.files]
        told = [(n, f.size, f.stamp) for n, f in zip(names, self.files, strict=True)]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Target:
    """Where predictions go: into one file, or into the parts of a folder."""

    path: Place
    form: Form
    is_file: bool

    @classmethod
    def of(cls, place: Place, form: Form | None) -> "Target":
        """What a place and a form say; one without a known ending is a folder of Parquet files.

        Raises:
            InputError: another ending, one that is not that of the form, or a bucket alone.
        """
        if isinstance(place, Address) and "/" not in place.path:
            raise InputError(str(place), "is a whole bucket", f"Name a folder: {place}/labelled.")
        ending = _ending(place.name)
        if (isinstance(place, Path) and place.is_dir()) or not ending:
            return cls(place, form or "parquet", is_file=False)
        found = next((known for known in FORMS if f".{known}" == ending), None)
        if found is None:
            kinds = ", ".join(f".{known}" for known in FORMS)
            raise InputError(
                str(place), "unknown kind of file", f"Use one of {kinds}, or a folder."
            )
        if form not in {None, found}:
            raise InputError(str(place), f"does not end in .{form}", "Leave one of the two out.")
        return cls(place, found, is_file=True)

    @property
    def parts(self) -> Place:
        """The folder of the parts."""
        return self.beside(_PARTS) if self.is_file else self.path

    @property
    def refused(self) -> Place:
        """The file that lists what could not be labelled."""
        return self.beside(_REFUSED)

    @property
    def sidecar(self) -> Place:
        """The file that says how it was made."""
        return self.beside(ENDING)

    def beside(self, ending: str) -> Place:
        """A place beside it, whose name ends so."""
        return self.path.with_name(self.path.name + ending)

    def written(self) -> list[Place]:
        """The parts that are there, in order."""
        names = sorted(files_in(self.parts))
        ending = f".{self.form}"
        return [self.parts / n for n in names if n.startswith("part-") and n.endswith(ending)]

    def remove_parts(self) -> None:
        """Take away the parts and then the ledger: without it they would be nobody's."""
        ours = ("part-", ".part-")
        remove_files(self.parts, [name for name in files_in(self.parts) if name.startswith(ours)])
        remove_book(self.parts)

    def part(self, number: int) -> Place:
        """The place of a part."""
        return self.parts / part_name(number, self.form)


def check_apart(output: Place, articles: Place) -> None:
    """Refuse an output in the place of what is read, or in its folder: it would be read next time.

    Raises:
        InputError: it, or a file or folder that is written beside it, stands there.
    """
    endings = ("", ENDING, _REFUSED, _PARTS) if output.name else ()
    for place in (output.with_name(output.name + ending) for ending in endings):
        if is_within(place, articles):
            problem = f"is to be written, but is what is read ({articles}) or lies in it"
            raise InputError(str(place), problem, "Name another output: -o PATH.")


def not_in_pieces(articles: Place | None) -> InputError:
    """Why articles, or the workspace's documents, are not labelled piece by piece."""
    remedy = (
        "Name files with an article a row, without links to elsewhere and without --top, or write "
        "one file, -o NAME.jsonl, without --processes, --engine and --format."
    )
    if articles is None:
        return InputError("documents", "are not labelled piece by piece", remedy)
    if isinstance(articles, Path) and not articles.exists() and not is_hub_name(articles):
        return InputError(articles, "no such file or folder", "Check the path.")
    for name in sorted(files_in(articles, deep=True)) or [""]:
        hidden = any(each.startswith((".", "_")) for each in name.split("/"))
        if not hidden and _ending(name or articles.name).removesuffix(".gz") not in TABULAR:
            place = articles / name if name else articles
            problem = "has no article a row, so nothing is labelled piece by piece"
            return InputError(str(place), problem, f"Take it out. {remedy}" if name else remedy)
    return InputError(str(articles), "is not labelled piece by piece", remedy)


def _ending(name: str) -> str:
    """The ending of a name, with that of what is packed: ``.csv.gz``."""
    kind = kind_of(name)
    return (kind_of(name.removesuffix(kind)) if kind in PACKED else "") + kind


@dataclass(frozen=True, slots=True)
class NumberedPiece:
    """A piece and its number; its words are for messages."""

    number: int
    piece: Piece

    def __str__(self) -> str:
        return f"{self.piece.name} (from {self.piece.first})"


@dataclass(frozen=True, slots=True)
class Job:
    """All that a process must know."""

    model: Path
    archive: Archive
    target: Target
    settings: Settings
    only: str | None
    model_digest: str


@dataclass(frozen=True, slots=True)
class PieceLabeller:
    """Labels one piece after the other with a model that is loaded once."""

    job: Job
    classifier: Classifier
    options: ReadingOptions

    @classmethod
    def load(cls, job: Job) -> "PieceLabeller":
        """Load the model.

        Raises:
            LedgerError: it is not the one that the run began with.
        """
        loaded = Classifier.load(job.model)
        if loaded.model.manifest.digest != job.model_digest:
            msg = (
                f"{job.model} was replaced during the run. Put the old model back and give the "
                "command again, or begin anew with another output."
            )
            raise LedgerError(msg)
        options = job.archive.options
        return cls(job, Classifier(loaded.model, job.settings, options), options)

    def __call__(self, numbered: NumberedPiece) -> Done:
        """Label a piece, and write its part."""
        target = self.job.target
        place = target.part(numbered.number)
        articles = rows = 0
        refused: list[tuple[str, str]] = []
        entries = read_piece(numbered.piece, self.options)
        with part(place, target.form, self.classifier.labels) as write:
            for documents in _few_at_once(_readable(entries, refused)):
                table = self.classifier.columns.table(documents)
                if self.job.only is not None:
                    import pyarrow.compute as pc

                    table = table.filter(pc.equal(table["label"], self.job.only))
                write(table)
                articles += len(documents)
                rows += table.num_rows
        return Done(numbered.number, articles, rows, size_of(place), tuple(refused))


def _readable(
    entries: Iterable[Document | Skipped], refused: list[tuple[str, str]]
) -> Iterator[Document]:
    """The documents; what is none is added to the refused."""
    for entry in entries:
        if isinstance(entry, Skipped):
            refused.append((in_one_line(entry.where), in_one_line(entry.reason)))
        else:
            yield entry


def _few_at_once(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """Documents in lists that do not fill the memory."""
    held: list[Document] = []
    size = 0
    for document in documents:
        held.append(document)
        size += len(document.text)
        if len(held) == _ARTICLES_AT_ONCE or size >= _CHARACTERS_AT_ONCE:
            yield held
            held, size = [], 0
    if held:
        yield held
