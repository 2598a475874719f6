"""The user's folder: its settings, its record files, and how each of them was made."""

import json
import shutil
import tomllib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from annotate import __version__, jsonl
from annotate.errors import MissingFileError, NoWorkspaceError, WorkspaceError
from annotate.files import read_text, sha256_of, write_text
from annotate.jsonl import explain
from annotate.records import Annotation, Document, GoldLabel, Prediction, Record, Split, Task
from annotate.resources import resource
from annotate.scheme import Scheme

R = TypeVar("R", bound=Record)

SETTINGS = "annotate.toml"
GUIDELINE = "guideline.md"

_MADE_BY: dict[type[Record], str] = {
    Document: "annotate import FOLDER",
    Task: "annotate tasks",
    Annotation: "annotate pull",
    GoldLabel: "annotate gold",
    Prediction: "annotate predict",
}


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StudioSettings(_Section):
    """Where the tasks are labelled. Secrets never stand here."""

    url: str | None = None
    project: Annotated[str, Field(min_length=3, max_length=50)] | None = None
    overlap: Annotated[int, Field(ge=1, le=100)] = 1


class SplitSettings(_Section):
    """Shares of the examples in each split; together they are 1."""

    train: Annotated[float, Field(gt=0, lt=1)] = 0.7
    validation: Annotated[float, Field(ge=0, lt=1)] = 0.1
    test: Annotated[float, Field(gt=0, lt=1)] = 0.2

    @property
    def shares(self) -> dict[Split, float]:
        """Share of the examples in each split, in [0, 1]."""
        return {"train": self.train, "validation": self.validation, "test": self.test}

    @model_validator(mode="after")
    def _check_sum(self) -> Self:
        total = self.train + self.validation + self.test
        if abs(total - 1) > 1e-9:  # noqa: PLR2004
            msg = f"the shares sum to {total:g}, not 1"
            raise ValueError(msg)
        return self


class UnitSettings(_Section):
    """What one task is. ``before`` and ``after`` count the units shown as context."""

    of: Literal["sentence", "article"] = "sentence"
    titles: bool = True
    before: Annotated[int, Field(ge=0, le=10)] = 2
    after: Annotated[int, Field(ge=0, le=10)] = 1


class Settings(_Section):
    """The content of ``annotate.toml``."""

    scheme: str = "labels.yaml"
    language: str = "en"
    segmenter: str = "news"
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    label_studio: StudioSettings = StudioSettings()
    split: SplitSettings = SplitSettings()
    units: UnitSettings = UnitSettings()

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the settings.

        Raises:
            WorkspaceError: not TOML, an unknown setting, or a value out of range.
        """
        try:
            return cls.model_validate(tomllib.loads(read_text(path)))
        except tomllib.TOMLDecodeError as error:
            msg = f"{path}: not readable as TOML: {error}. Correct that line."
            raise WorkspaceError(msg) from None
        except ValidationError as error:
            msg = f"{path}: {explain(error)}. Correct that setting."
            raise WorkspaceError(msg) from None


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
        """The workspace in ``start`` or the nearest folder above it, as git finds its own."""
        for folder in (start, *start.resolve().parents):
            if (folder / SETTINGS).is_file():
                return cls(folder)
        return cls(start)

    @classmethod
    def create(cls, root: Path, *, scheme: Path | None = None, overlap: int = 1) -> Self:
        """Make a workspace.

        Args:
            root: its folder; may exist, but hold no workspace.
            scheme: a scheme of your own in place of the claim/denial one.
            overlap: annotators wanted for each task.

        Raises:
            WorkspaceError: there is one already.
            SchemeError: the scheme is not usable.
        """
        if (root / SETTINGS).exists():
            msg = f"{root} is a workspace already. Change {root / SETTINGS} instead."
            raise WorkspaceError(msg)
        scheme = scheme or resource("schemas/labels.yaml")
        Scheme.load(scheme)
        try:
            root.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            msg = f"{root} is a file, so it cannot become a workspace. Name a folder."
            raise WorkspaceError(msg) from None
        if scheme.resolve() != (root / "labels.yaml").resolve():
            shutil.copyfile(scheme, root / "labels.yaml")
        write_text(root / SETTINGS, _settings_text(root.resolve().name, overlap))
        return cls(root)

    @cached_property
    def scheme(self) -> Scheme:
        """The label scheme named in the settings."""
        return Scheme.load(self.root / self.settings.scheme)

    @property
    def project_title(self) -> str:
        """Title of the Label Studio project, 3 to 50 characters as the server wants it."""
        return self.settings.label_studio.project or _title(self.root.resolve().name)

    @property
    def dataset(self) -> Path:
        """Folder of the data set."""
        return self.root / "dataset"

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
        return self.state / "annotators.json"

    @property
    def rejected(self) -> Path:
        """File of the annotations that do not fit, each with its reason."""
        return self.root / "annotations.rejected.jsonl"

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

    def write(
        self,
        record: type[R],
        records: Iterable[R],
        *,
        command: str,
        inputs: Iterable[Path] = (),
        seed: int | None = None,
    ) -> int:
        """Replace the file of a record type and write its sidecar; returns how many records."""
        count = jsonl.write(self.path(record), records)
        write_sidecar(self.path(record), command=command, inputs=inputs, seed=seed)
        return count


def write_sidecar(
    path: Path, *, command: str, inputs: Iterable[Path] = (), seed: int | None = None
) -> None:
    """Write ``<file>.meta.json``: what made the file, with which seed, from which content."""
    content = {
        "command": command,
        "version": __version__,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "seed": seed,
        "inputs": {entry.name: sha256_of(entry) for entry in inputs if entry.is_file()},
    }
    sidecar = path.with_name(path.name + ".meta.json")
    write_text(sidecar, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def _plain(name: str) -> str:
    if not name or name in {".", ".."} or set(name) & set("/\\\0"):
        msg = f"{name!r} cannot be the name of a folder. Use letters, digits, '-' and '_'."
        raise WorkspaceError(msg)
    return name


def _title(name: str) -> str:
    return f"annotate: {name}"[:50]


def _settings_text(name: str, overlap: int) -> str:
    return f"""# Settings of this workspace. What is left out has the value shown.
scheme = "labels.yaml"      # the label scheme; edit it freely before the first push
language = "en"             # ISO 639-1 code of the articles
segmenter = "news"          # or "spacy:blank" or "spacy:NAME" of an installed pipeline
seed = 0                    # of every random draw

[label_studio]
# url = "http://127.0.0.1:8080"   # default: LABEL_STUDIO_URL, else the server of `annotate studio`
project = {json.dumps(_title(name), ensure_ascii=False)}
overlap = {overlap}                 # annotators wanted for each task; agreement needs at least 2

[split]                     # shares of the data set; articles of one family stay together
train = 0.7
validation = 0.1
test = 0.2

[units]
of = "sentence"             # or "article"
titles = true               # headlines are tasks too
before = 2                  # sentences shown before the task
after = 1                   # and after it
"""
