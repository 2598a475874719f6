"""The label scheme: labels, flags, spans and relations, read from ``labels.yaml``."""

import hashlib
import string
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from annotate.errors import SchemeError, UnknownLabelError
from annotate.files import read_text
from annotate.jsonl import explain
from annotate.records import Marked

MIN_LABELS, MAX_LABELS = 2, 20

MarkKind = Literal["labels", "flags", "spans", "relations"]

_DEFAULT_COLOURS = (
    "#0072B2", "#D55E00", "#6B6B6B", "#009E73", "#CC79A7", "#A67C00", "#56B4E9", "#7A4EA3",
)  # fmt: skip
"""Okabe and Ito's colours, which most colour-blind people can tell apart, darkened."""


_UNUSABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode categories that no name may hold; joiners, as in Persian words and emoji, may stand."""


def _tidy(name: str) -> str:
    """Names are compared in NFC, without blanks around them."""
    tidy = unicodedata.normalize("NFC", name).strip()
    if not tidy or any(unicodedata.category(character) in _UNUSABLE for character in tidy):
        msg = f"{name!r} is empty or holds a line break or control character"
        raise ValueError(msg)
    return tidy


Name = Annotated[str, AfterValidator(_tidy), Field(max_length=80)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Mark(_Part):
    """A flag, a span label or a relation: a name and what it means.

    ``renamed_from`` lists names that it had before: annotations made under them are read as this.
    """

    name: Name
    definition: str = ""
    renamed_from: tuple[Name, ...] = ()


class Label(Mark):
    """One label. ``hotkey`` and ``colour`` are filled in where the file leaves them out."""

    hotkey: Annotated[str, Field(pattern=r"^\S$")] | None = None
    colour: Annotated[str, Field(pattern="^#[0-9A-Fa-f]{6}$")] | None = None
    tests: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


class EdgeCase(_Part):
    """A pattern that annotators stumble over, and its label (None: decided by its content)."""

    id: str
    pattern: str
    label: Annotated[
        Name | None, BeforeValidator(lambda value: None if value in {"", "null", "~"} else value)
    ]
    flags: tuple[Name, ...] = ()
    note: str = ""


class Scheme(_Part):
    """A label scheme: one label for each task, any number of flags."""

    name: Name
    version: Name
    title: Name
    question: str = "Which label fits?"
    guideline: str = ""
    labels: Annotated[tuple[Label, ...], Field(min_length=MIN_LABELS, max_length=MAX_LABELS)]
    precedence: tuple[Name, ...] = ()
    flags: tuple[Mark, ...] = ()
    spans: tuple[Mark, ...] = ()
    relations: tuple[Mark, ...] = ()
    edge_cases: tuple[EdgeCase, ...] = ()

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a scheme file.

        Every scalar is read as text, so that a label called ``no`` or ``1`` stays what it is.

        Raises:
            InputError: the file is missing or not UTF-8.
            SchemeError: the file is not YAML, or the scheme in it is not usable.
        """
        try:
            content = yaml.load(read_text(path), Loader=yaml.BaseLoader)  # noqa: S506  text only
        except yaml.YAMLError as error:
            place = getattr(error, "problem_mark", None)
            line = f" in line {place.line + 1}" if place else ""
            problem = f"not readable as YAML{line} ({getattr(error, 'problem', 'bad character')})"
            raise SchemeError(path, problem) from None
        except RecursionError:
            raise SchemeError(path, "not readable: nested too deeply") from None
        if not isinstance(content, dict):
            raise SchemeError(path, "not a scheme: it has no `labels:`")
        try:
            return cls.model_validate(content)
        except ValidationError as error:
            raise SchemeError(path, explain(error)) from None

    @model_validator(mode="after")
    def _check_names(self) -> Self:
        for what, marks in self._marks():
            _refuse_twins(what, [mark.name for mark in marks])
            _refuse_unclear_renames(what, marks)
        _refuse_twins("hotkeys", [label.hotkey for label in self.labels if label.hotkey])
        mentioned = [*self.precedence, *(c.label for c in self.edge_cases if c.label)]
        if unknown := sorted(set(mentioned) - set(self.label_names)):
            msg = f"{unknown[0]!r} is mentioned but is no label"
            raise ValueError(msg)
        flags = {flag for case in self.edge_cases for flag in case.flags}
        if unknown := sorted(flags - set(self.flag_names)):
            msg = f"{unknown[0]!r} is mentioned but is no flag"
            raise ValueError(msg)
        if self.precedence and sorted(self.precedence) != sorted(self.label_names):
            msg = "precedence does not name every label once"
            raise ValueError(msg)
        return self

    def _marks(self) -> Iterable[tuple[MarkKind, tuple[Mark, ...]]]:
        yield "labels", self.labels
        yield "flags", self.flags
        yield "spans", self.spans
        yield "relations", self.relations

    @cached_property
    def label_names(self) -> tuple[str, ...]:
        """The labels in the order of the page and of every table."""
        return tuple(label.name for label in self.labels)

    @cached_property
    def flag_names(self) -> tuple[str, ...]:
        """The flags in the order of the file."""
        return tuple(flag.name for flag in self.flags)

    @cached_property
    def hotkeys(self) -> dict[str, str]:
        """The key of each label: its own, else the next free digit or letter."""
        own = {label.hotkey for label in self.labels}
        free = (key for key in "1234567890" + string.ascii_lowercase if key not in own)
        return {label.name: label.hotkey or next(free) for label in self.labels}

    @cached_property
    def colours(self) -> dict[str, str]:
        """The colour of each label as ``#RRGGBB``."""
        return {
            label.name: label.colour or _DEFAULT_COLOURS[place % len(_DEFAULT_COLOURS)]
            for place, label in enumerate(self.labels)
        }

    @cached_property
    def _renamed(self) -> dict[str, dict[str, str]]:
        """The name of today for every name of before, by kind of mark."""
        return {
            what: {old: mark.name for mark in marks for old in mark.renamed_from}
            for what, marks in self._marks()
        }

    def current_name(self, what: MarkKind, name: str) -> str:
        """What a mark is called today that an annotation calls ``name``; others stay as they are.

        Args:
            what: labels, flags, spans or relations.
            name: as it stands in an annotation, however old.
        """
        return self._renamed[what].get(name, name)

    @cached_property
    def digest(self) -> str:
        """First 16 hex digits of the SHA-256 of everything that gives a label its meaning."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]

    def check_label(self, label: str, where: str) -> None:
        """Raise `UnknownLabelError` unless the scheme has this label."""
        if label not in self.label_names:
            raise UnknownLabelError(label, where, self.label_names)

    def check_marks(self, marked: Marked, where: str) -> None:
        """Raise `UnknownLabelError` unless the scheme has these flags, spans and relations."""
        for names, marks in (
            (marked.flags, self.flags),
            ([span.label for span in marked.spans], self.spans),
            ([relation.label for relation in marked.relations], self.relations),
        ):
            known = tuple(mark.name for mark in marks)
            for name in names:
                if name not in known:
                    raise UnknownLabelError(name, where, known)


def _refuse_twins(what: str, names: list[str]) -> None:
    seen: dict[str, str] = {}
    for name in names:
        if name.casefold() in seen:
            msg = f"two {what} are called {name!r}"
            raise ValueError(msg)
        seen[name.casefold()] = name


def _refuse_unclear_renames(what: str, marks: Sequence[Mark]) -> None:
    """An annotation's name must lead to one mark: a name of before is none of today."""
    taken = {mark.name for mark in marks}
    for old in (old for mark in marks for old in mark.renamed_from):
        if old in taken:
            msg = f"`renamed_from` holds {old!r}, which another of the {what} is or was called"
            raise ValueError(msg)
        taken.add(old)
