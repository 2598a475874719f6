"""The settings of a workspace: the content of ``annotate.toml``."""

import json
import tomllib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from annotate.errors import WorkspaceError
from annotate.files import read_text
from annotate.jsonl import explain
from annotate.records import Split

Unit = Literal["sentence", "article"]
_OTHER: dict[Unit, Unit] = {"sentence": "article", "article": "sentence"}
SplitBy = Literal["family", "time", "outlet", "given"]
"""What decides which split an article goes to."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StudioSettings(_Section):
    """Where the tasks are labelled. Secrets never stand here."""

    url: str | None = None
    project: Annotated[str, Field(min_length=3, max_length=50)] | None = None
    overlap: Annotated[int, Field(ge=1, le=100)] = 1
    prelabel_holdout: Annotated[float, Field(ge=0, lt=1)] = 0.2
    """Share of the tasks that annotators see without a pre-label."""
    annotators: str = ".annotate/annotators.json"
    """File that says which annotator has which pseudonym."""


class SplitSettings(_Section):
    """Shares of the examples in each split, together 1, and what decides where articles go."""

    by: SplitBy = "family"
    before: date | None = None
    """By time: articles published before this day (UTC) are to learn from."""
    outlets: tuple[str, ...] = ()
    """By outlet: those whose articles are held out for test."""
    allow_single: bool = False
    """Whether one independent label does in test, however many annotators there are."""
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

    of: Unit = "sentence"
    spans: bool = False
    titles: bool = True
    before: Annotated[int, Field(ge=0, le=10)] = 2
    after: Annotated[int, Field(ge=0, le=10)] = 1

    @property
    def derive_labels(self) -> bool:
        """Whether articles get spans only, and the labels of their sentences follow from these."""
        return self.of == "article" and self.spans

    @property
    def labelled(self) -> Unit:
        """What has a label in the end: a task, or each sentence of one."""
        return "sentence" if self.derive_labels else self.of


SENTENCES = UnitSettings()
"""The units of a workspace whose settings say nothing else."""


class Settings(_Section):
    """The content of ``annotate.toml``."""

    scheme: str = "labels.yaml"
    language: str = "en"
    segmenter: str = "news"
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    notes: tuple[str, ...] = ()
    """What every report and data card shall say of these data."""
    label_studio: StudioSettings = StudioSettings()
    split: SplitSettings = SplitSettings()
    units: UnitSettings = SENTENCES

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


def settings_text(
    project: str,
    *,
    overlap: int,
    notes: Sequence[str],
    annotators: str | None = None,
    unit: Unit = "sentence",
) -> str:
    """The file of a new workspace: every setting with its value, and what it means."""
    people = f"annotators = {_toml(annotators)}  # who has which pseudonym\n" if annotators else ""
    return f"""# Settings of this workspace. What is left out has the value shown.
scheme = "labels.yaml"      # the label scheme; edit it freely before the first push
language = "en"             # ISO 639-1 code of the articles
segmenter = "news"          # or "spacy:blank" or "spacy:NAME" of an installed pipeline
seed = 0                    # of every random draw
notes = {_toml(list(notes))}  # what every report and data card shall say of these data

[label_studio]
# url = "http://127.0.0.1:8080"   # default: LABEL_STUDIO_URL, else the server of `annotate studio`
project = {_toml(project)}
overlap = {overlap}                 # annotators wanted for each task; agreement needs at least 2
prelabel_holdout = 0.2      # share of the tasks shown without a pre-label; only their labels, and
                            # those of tasks that have none, tell how much annotators agree
{people}
[split]                     # shares of the data set; articles of one family stay together
by = "family"               # or "time" (before = 2026-01-01), "outlet" (outlets = ["A", "B"]) or
                            # "given" (the field `split` of the articles)
train = 0.7
validation = 0.1
test = 0.2
allow_single = false        # true: one label without a pre-label does in test; else it takes two,
                            # or a referee, where there are several annotators

[units]
of = {_toml(unit) + " " * (len("sentence") - len(unit))}             # or "{_OTHER[unit]}"
spans = false               # true: spans and relations of the scheme can be marked in the text
titles = true               # headlines are tasks too
before = 2                  # sentences shown before the task
after = 1                   # and after it
"""


def _toml(value: str | list[str]) -> str:
    """A text or a list of texts as TOML, whose strings are those of JSON."""
    return json.dumps(value, ensure_ascii=False)
