"""What a label scheme is made of: labels, flags, spans and relations, each with its meaning."""

import string
import unicodedata
from collections.abc import Collection, Iterable
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

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


class SchemePart(BaseModel):
    """Base of all parts: frozen, closed to unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Mark(SchemePart):
    """A label, flag, span or relation: a name and what it means.

    ``renamed_from`` lists names that it had before: annotations made under them are read as this.
    """

    name: Name
    definition: str = ""
    renamed_from: tuple[Name, ...] = ()


class SpanLabel(Mark):
    """What a span is. ``hotkey`` and ``colour`` are filled in where the file leaves them out."""

    hotkey: Annotated[str, Field(pattern=r"^\S$")] | None = None
    colour: Annotated[str, Field(pattern="^#[0-9A-Fa-f]{6}$")] | None = None


class Label(SpanLabel):
    """One label of a task."""

    tests: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


class Flag(Mark):
    """A flag. ``of_articles`` are those that make sense of an article as a whole."""

    of_articles: bool = False


class RelationLabel(Mark):
    """What a relation is: an arrow from one span to another, of these labels or, without, of any.

    One that may be ``unresolved`` can also lead out of the text.
    """

    starts_at: tuple[Name, ...] = ()
    leads_to: tuple[Name, ...] = ()
    unresolved: bool = False

    def fits(self, head: str, tail: str | None) -> bool:
        """Whether it may lead from a span called ``head`` to one called ``tail``, or to none."""
        if self.starts_at and head not in self.starts_at:
            return False
        return self.unresolved if tail is None else tail in (self.leads_to or (tail,))


class Rule(SchemePart):
    """When a sentence of a marked article has a label: always, or where it holds part of a span.

    That is a span called ``span``, or one that a relation called ``relation`` starts from.
    """

    label: Name
    span: Name | None = None
    relation: Name | None = None

    @property
    def always(self) -> bool:
        """Whether it holds of every sentence."""
        return self.span is None and self.relation is None


class EdgeCase(SchemePart):
    """A pattern that annotators stumble over, and its label (None: decided by its content)."""

    id: str
    pattern: str
    label: Annotated[
        Name | None, BeforeValidator(lambda value: None if value in {"", "null", "~"} else value)
    ]
    flags: tuple[Name, ...] = ()
    note: str = ""


def mnemonics(names: Iterable[str], *, taken: Collection[str]) -> dict[str, str]:
    """A key for each name: its first letter that is free, else any; none once all are taken.

    Label Studio's page has the key u for itself.
    """
    letters = string.ascii_lowercase.replace("u", "")
    keys: dict[str, str] = {}
    for name in names:
        wanted = (key for key in name.lower() + letters if key in letters)
        if key := next((key for key in wanted if key not in {*taken, *keys.values()}), None):
            keys[name] = key
    return keys
