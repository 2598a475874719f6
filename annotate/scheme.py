"""The label scheme: labels, flags, spans and relations, read from ``labels.yaml``."""

import hashlib
import string
from collections.abc import Iterable, Sequence
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from annotate.errors import SchemeError, UnknownLabelError
from annotate.files import read_text
from annotate.jsonl import explain
from annotate.marks import (
    EdgeCase,
    Flag,
    Label,
    Mark,
    Name,
    RelationLabel,
    Rule,
    SchemePart,
    SpanLabel,
    mnemonics,
)
from annotate.notebook import html_table
from annotate.records import Marked

MIN_LABELS, MAX_LABELS = 2, 20

MarkKind = Literal["labels", "flags", "spans", "relations"]

_DEFAULT_COLOURS = (
    "#0072B2", "#D55E00", "#6B6B6B", "#009E73", "#CC79A7", "#A67C00", "#56B4E9", "#7A4EA3",
)  # fmt: skip
"""Okabe and Ito's colours, which most colour-blind people can tell apart, darkened."""


class Scheme(SchemePart):
    """A label scheme: one label for each task, any number of flags.

    ``from_spans`` says which label a sentence has in an article that was marked with spans: that
    of the first rule that holds.
    """

    name: Name
    version: Name
    title: Name
    question: str = "Which label fits?"
    guideline: str = ""
    labels: Annotated[tuple[Label, ...], Field(min_length=MIN_LABELS, max_length=MAX_LABELS)]
    precedence: tuple[Name, ...] = ()
    flags: tuple[Flag, ...] = ()
    spans: tuple[SpanLabel, ...] = ()
    relations: tuple[RelationLabel, ...] = ()
    from_spans: tuple[Rule, ...] = ()
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
        keyed = (*self.labels, *self.spans)
        _refuse_twins("hotkeys", [mark.hotkey for mark in keyed if mark.hotkey])
        for noun, known, mentioned in self._mentioned():
            if unknown := sorted(set(mentioned) - {mark.name for mark in known}):
                msg = f"{unknown[0]!r} is mentioned but is no {noun}"
                raise ValueError(msg)
        if self.precedence and sorted(self.precedence) != sorted(self.label_names):
            msg = "precedence does not name every label once"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _check_rules(self) -> Self:
        for rule in self.from_spans:
            if rule.span is not None and rule.relation is not None:
                msg = f"from_spans: the rule for {rule.label!r} names a span and a relation"
                raise ValueError(msg)
        always = [rule.always for rule in self.from_spans]
        if any(always[:-1]) or not all(always[-1:]):
            msg = "from_spans: the last rule, and no other, must go without span and relation"
            raise ValueError(msg)
        return self

    def _mentioned(self) -> Iterable[tuple[str, Iterable[Mark], Iterable[str]]]:
        """Names that stand elsewhere in the file, with what they should be names of."""
        rules, cases = self.from_spans, self.edge_cases
        yield "label", self.labels, self.precedence
        yield "label", self.labels, (case.label for case in cases if case.label)
        yield "label", self.labels, (rule.label for rule in rules)
        yield "flag", self.flags, (flag for case in cases for flag in case.flags)
        yield "span", self.spans, (rule.span for rule in rules if rule.span)
        yield "span", self.spans, (name for each in self.relations for name in each.starts_at)
        yield "span", self.spans, (name for each in self.relations for name in each.leads_to)
        yield "relation", self.relations, (rule.relation for rule in rules if rule.relation)

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
    def article_flags(self) -> tuple[Flag, ...]:
        """The flags that make sense of a whole article."""
        return tuple(flag for flag in self.flags if flag.of_articles)

    @cached_property
    def hotkeys(self) -> dict[str, str]:
        """The key of each label: its own, else the next free digit or letter."""
        own = {mark.hotkey for mark in (*self.labels, *self.spans)}
        free = (key for key in "1234567890" + string.ascii_lowercase if key not in own)
        return {label.name: label.hotkey or next(free) for label in self.labels}

    @cached_property
    def span_hotkeys(self) -> dict[str, str]:
        """The key of each span, its own or as in `mnemonics`; none where all keys are taken."""
        own = {span.name: span.hotkey for span in self.spans if span.hotkey}
        taken = {key.lower() for key in (*self.hotkeys.values(), *own.values())}
        others = [span.name for span in self.spans if span.name not in own]
        return own | mnemonics(others, taken=taken)

    @cached_property
    def colours(self) -> dict[str, str]:
        """The colour of each label as ``#RRGGBB``."""
        return _colours(self.labels, after=0)

    @cached_property
    def span_colours(self) -> dict[str, str]:
        """The colour of each span as ``#RRGGBB``; where it has none, the next after the labels'."""
        return _colours(self.spans, after=len(self.labels))

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

    def _repr_html_(self) -> str:
        """The labels and flags as a table, for notebooks."""
        kinds = (("label", self.labels), ("flag", self.flags), ("span", self.spans))
        rows = [(kind, m.name, m.definition) for kind, marks in kinds for m in marks]
        title = f"<p><b>{escape(self.title)}</b>, version {escape(self.version)}</p>"
        return title + html_table(("kind", "name", "definition"), rows)

    def check_label(self, label: str, where: str) -> None:
        """Raise `UnknownLabelError` unless the scheme has this label."""
        if label not in self.label_names:
            raise UnknownLabelError(label, where, self.label_names)

    def check_marks(self, marked: Marked, where: str) -> None:
        """Raise `UnknownLabelError` unless the scheme has these flags, spans and relations."""
        spans = [span.label for span in marked.spans]
        for names, marks in (
            (marked.flags, self.flags),
            (spans, self.spans),
            ([relation.label for relation in marked.relations], self.relations),
        ):
            known = tuple(mark.name for mark in marks)
            for name in names:
                if name not in known:
                    raise UnknownLabelError(name, where, known)
        for relation in marked.relations:
            head, tail = spans[relation.head], relation.tail
            found = self.fitting(head, None if tail is None else spans[tail])
            if relation.label not in found:
                arrow = (
                    f"{relation.label} from {head} to {'nothing' if tail is None else spans[tail]}"
                )
                raise UnknownLabelError(arrow, where, found)

    def fitting(self, head: str, tail: str | None) -> tuple[str, ...]:
        """The relations that may lead from a span called ``head`` to one called ``tail``."""
        return tuple(each.name for each in self.relations if each.fits(head, tail))


def _colours(marks: Sequence[SpanLabel], *, after: int) -> dict[str, str]:
    return {
        mark.name: mark.colour or _DEFAULT_COLOURS[place % len(_DEFAULT_COLOURS)]
        for place, mark in enumerate(marks, start=after)
    }


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
