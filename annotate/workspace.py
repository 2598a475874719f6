"""The user's folder: its settings, its record files, and how each of them was made."""

import fcntl
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, Self, TypeVar

from annotate import jsonl
from annotate.errors import BusyError, MissingFileError, NoWorkspaceError, WorkspaceError
from annotate.files import read_text, write_text
from annotate.records import Annotation, Document, Family, GoldLabel, Prediction, Record, Task
from annotate.resources import resource
from annotate.scheme import Scheme
from annotate.settings import Settings, Unit, settings_text
from annotate.sidecar import write_sidecar

R = TypeVar("R", bound=Record)

SETTINGS = "annotate.toml"
GUIDELINE = "guideline.md"
PRELABELS = "prelabels.jsonl"
RELEASE = "release"

_DERIVED = (
    "Labels of sentences follow from spans that were marked in whole articles, by the rule "
    "`from_spans` of the label scheme; nobody chose them sentence by sentence."
)

_MADE_BY: dict[type[Record], str] = {
    Document: "annotate import FOLDER",
    Family: "annotate families",
    Task: "annotate tasks",
    Annotation: "annotate pull",
    GoldLabel: "annotate gold",
    Prediction: "annotate predict",
}


class Workspace:
    """A folder with ``annotate.toml`` in it, and the paths and records below it."""

    def __init__(self, root: Path) -> None:
        """Open the workspace at ``root``; raises `NoWorkspaceError` where there is none."""
        self.root = root
        if not (root / SETTINGS).is_file():
            raise NoWorkspaceError(root)
        self.settings = Settings.load(root / SETTINGS)

    @classmethod
    def find(cls, start: Path) -> Self:
        """The workspace in ``start`` or the nearest folder above it, as git finds its own.

        Raises:
            NoWorkspaceError: there is none.
        """
        for folder in (start, *start.resolve().parents):
            if (folder / SETTINGS).is_file():
                return cls(folder)
        raise NoWorkspaceError(start)

    @classmethod
    def create(
        cls,
        root: Path,
        *,
        scheme: Path | None = None,
        overlap: int = 1,
        notes: Sequence[str] = (),
        project: str | None = None,
        annotators: str | None = None,
        unit: Unit = "sentence",
    ) -> Self:
        """Make a workspace.

        Args:
            root: its folder; may exist, but hold no workspace.
            scheme: a scheme of your own; else the ``labels.yaml`` that is there, or without one
                the claim/denial scheme.
            overlap: annotators wanted for each task.
            notes: what every report and data card shall say of these data.
            project: title of its Label Studio project; else one made of the folder's name.
            annotators: file of pseudonyms that it shares, relative to ``root``; else its own.
            unit: what one task is.

        Raises:
            WorkspaceError: there is one already, or another scheme than the one named.
            SchemeError: the scheme is not usable.
        """
        labels = root / "labels.yaml"
        if (root / SETTINGS).exists():
            msg = f"{root} is a workspace already. Change {root / SETTINGS} instead."
            raise WorkspaceError(msg)
        if scheme and labels.exists() and not labels.samefile(scheme):
            msg = f"{labels} is there already. Move it away, or leave out --scheme to use it."
            raise WorkspaceError(msg)
        scheme = scheme or (labels if labels.exists() else resource("schemas/labels.yaml"))
        Scheme.load(scheme)
        try:
            root.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            msg = f"{root} is a file, so it cannot become a workspace. Name a folder."
            raise WorkspaceError(msg) from None
        if not labels.exists():
            write_text(labels, read_text(scheme))
        title = project or _title(root.resolve().name)
        text = settings_text(title, overlap=overlap, notes=notes, annotators=annotators, unit=unit)
        write_text(root / SETTINGS, text)
        return cls(root)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other commands from writing in this workspace while the block runs.

        Raises:
            BusyError: one is at it.
        """
        # A quiz or a review shares the pseudonyms of the workspace above it.
        with ExitStack() as stack:
            for folder in sorted({self.state.resolve(), self.annotator_map.parent.resolve()}):
                folder.mkdir(parents=True, exist_ok=True)
                handle = stack.enter_context((folder / "lock").open("a"))
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    raise BusyError(folder.parent) from None
            yield

    @cached_property
    def scheme(self) -> Scheme:
        """The label scheme named in the settings."""
        return Scheme.load(self.scheme_file)

    @property
    def scheme_file(self) -> Path:
        """The file that the label scheme is read from."""
        return self.root / self.settings.scheme

    @property
    def notes(self) -> tuple[str, ...]:
        """What every report and data card shall say of the data here."""
        derived = self.settings.units.derive_labels
        return (*self.settings.notes, _DERIVED) if derived else self.settings.notes

    @property
    def project_title(self) -> str:
        """Title of the Label Studio project, 3 to 50 characters as the server wants it."""
        return self.settings.label_studio.project or _title(self.root.resolve().name)

    @property
    def quiz(self) -> Path:
        """Folder of the annotators' quiz, a workspace of its own."""
        return self.root / "quiz"

    @property
    def quiz_key(self) -> Path:
        """File of the right labels, where this workspace is a quiz."""
        return self.root / "key.jsonl"

    @property
    def is_quiz(self) -> bool:
        """Whether this is the annotators' quiz of another workspace."""
        return self.quiz_key.is_file()

    @property
    def review(self) -> Path:
        """Folder of what a referee is to decide, a workspace of its own."""
        return self.root / "review"

    @property
    def queue(self) -> Path:
        """File that says why each task is here, where this workspace is a referee's."""
        return self.root / "queue.jsonl"

    @property
    def dataset(self) -> Path:
        """Folder of the data set."""
        return self.root / "dataset"

    @property
    def release(self) -> Path:
        """Folder of the data set without text."""
        return self.root / RELEASE

    @property
    def state(self) -> Path:
        """Folder of the sync state."""
        return self.root / ".annotate"

    @property
    def studio_state(self) -> Path:
        """File that says which Label Studio project belongs to this workspace."""
        return self.state / "label_studio.json"

    @property
    def annotator_map(self) -> Path:
        """File that says which annotator has which pseudonym; it stays on this machine."""
        return self.root / self.settings.label_studio.annotators

    @property
    def rejected(self) -> Path:
        """File of the annotations that do not fit, each with its reason."""
        return self.root / "annotations.rejected.jsonl"

    @property
    def prelabels(self) -> Path:
        """File of the predictions that are shown to annotators as pre-labels."""
        return self.root / PRELABELS

    @property
    def history(self) -> Path:
        """File of the annotations that a pull found changed or gone."""
        return self.state / "history.jsonl"

    @property
    def is_linked(self) -> bool:
        """Whether tasks were pushed to a Label Studio project."""
        return self.studio_state.is_file()

    def model(self, name: str) -> Path:
        """Folder of the model called ``name``."""
        return self.root / "models" / _plain(name)

    def report(self, name: str) -> Path:
        """Folder of the report called ``name``."""
        return self.root / "reports" / _plain(name)

    def path(self, record: type[Record]) -> Path:
        """File that holds the records of this type."""
        return self.root / record.filename

    def has(self, record: type[Record]) -> bool:
        """Whether the file of these records is there."""
        return self.path(record).is_file()

    def read(self, record: type[R]) -> Iterator[R]:
        """The records of a type, from their file.

        Raises:
            MissingFileError: the stage that makes the file has not run.
        """
        if not self.has(record):
            raise MissingFileError(self.path(record), _MADE_BY[record])
        return jsonl.read(self.path(record), record)

    def existing(self, record: type[R]) -> Iterator[R]:
        """The records of a type; none where the stage that makes the file has not run."""
        return self.read(record) if self.has(record) else iter(())

    def write(
        self,
        record: type[R],
        records: Iterable[R],
        *,
        command: str,
        inputs: Iterable[Path] = (),
        seed: int | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> int:
        """Replace the file of a record type and write its sidecar; returns how many records."""
        count = jsonl.write(self.path(record), records)
        write_sidecar(self.path(record), command=command, inputs=inputs, seed=seed, options=options)
        return count


def _plain(name: str) -> str:
    if not name or name in {".", ".."} or set(name) & set("/\\\0"):
        msg = f"{name!r} cannot be the name of a folder. Use letters, digits, '-' and '_'."
        raise WorkspaceError(msg)
    return name


def _title(name: str) -> str:
    printable = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return f"annotate: {printable}"[:50]
