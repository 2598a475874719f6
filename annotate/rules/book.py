"""The file of rules: words in classes, and rules that say what a sentence with them reports."""

import hashlib
import json
from collections.abc import Iterator
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Annotated, Any, Self

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from annotate.errors import RulesError
from annotate.files import read_text
from annotate.jsonl import explain
from annotate.records import Input, Kind
from annotate.rules.inflection import noun_forms, verb_forms
from annotate.rules.pattern import atoms_of

FORMS = (".base", ".s", ".ed", ".en", ".ing")
"""Endings of the names of classes that hold one form of a class's verbs."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _listed(value: Any) -> Any:  # noqa: ANN401  what YAML holds
    """One text in place of a list of one; a text with blanks is one entry."""
    return [value] if isinstance(value, str) else value


def _worded(value: Any) -> Any:  # noqa: ANN401
    """Words in one text, parted by blanks."""
    return value.split() if isinstance(value, str) else value


Patterns = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Words = Annotated[tuple[str, ...], BeforeValidator(_worded)]


class WordClass(_Part):
    """Words that play one part: as they stand, verbs and nouns in all forms, other classes."""

    words: Words = ()
    verbs: tuple[str, ...] = ()
    nouns: tuple[str, ...] = ()
    of: Words = ()

    def classes(self, name: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """This class and those of the forms of its verbs, such as ``SAY.ed``, with their words."""
        forms = [verb_forms(verb) for verb in self.verbs]
        nouns = [form for noun in self.nouns for form in noun_forms(noun)]
        by_form = {form: tuple(getattr(entry, form[1:]) for entry in forms) for form in FORMS}
        yield name, (*self.words, *nouns, *(word for words in by_form.values() for word in words))
        yield from ((name + form, words) for form, words in by_form.items() if words)


class Case(_Part):
    """A sentence that a rule decides, or one that it leaves alone."""

    text: str
    before: str = ""
    after: str = ""
    title: str | None = None
    kind: Kind = "body"

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:  # noqa: ANN401
        return {"text": value} if isinstance(value, str) else value

    @property
    def input(self) -> Input:
        """The sentence as a model would see it."""
        return Input(self.text, self.before, self.after, self.title, self.kind)


class Rule(_Part):
    """What to look for, and what a sentence is that has it.

    All conditions must hold. Patterns are those of `annotate.rules.pattern`; of several any one is
    enough.

    Attributes:
        id: the reason that a pre-label gives.
        rows: rows of the codebook that it is about.
        label: None for a rule that only adds flags.
        flags: added to the sentence; a rule that decides no label adds them to whatever decided.
        to: labels that such flags may be added to.
        needs: of each entry at least one class or word occurs. Rules are asked only about sentences
            with what they need: that is what makes them fast.
        match: occurs in the sentence.
        unless: does not.
        kinds: what the sentence is.
        before: occurs in the context before.
        quoted: whether the sentence stands inside a quotation that began in the context before.
        echoes: so many words of substance it shares with the context before and the headline.
        yes: sentences that it decides, or adds its flags to.
        no: sentences where it does not.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*(\.[a-z0-9-]+)*$")]
    rows: tuple[str, ...] = ()
    label: str | None = None
    flags: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    needs: Annotated[tuple[Words, ...], BeforeValidator(_listed)] = ()
    match: Patterns = ()
    unless: Patterns = ()
    kinds: Annotated[tuple[Kind, ...], BeforeValidator(_listed)] = ()
    before: Patterns = ()
    quoted: bool = False
    echoes: Annotated[int, Field(ge=0)] = 0
    yes: Annotated[tuple[Case, ...], Field(min_length=1)]
    no: Annotated[tuple[Case, ...], Field(min_length=1)]

    @property
    def patterns(self) -> tuple[str, ...]:
        """All patterns of the rule."""
        return (*self.match, *self.unless, *self.before)

    @property
    def has_conditions(self) -> bool:
        """Whether there are sentences on which the rule does not fire."""
        return bool(self.patterns or self.needs or self.kinds or self.quoted or self.echoes)

    @property
    def meaning(self) -> dict[str, Any]:
        """All but the test cases."""
        return self.model_dump(exclude={"yes", "no", "rows"})


class RuleBook(_Part):
    """The content of a file of rules; of the rules that fire, the first with a label decides."""

    version: str
    labels: tuple[str, ...]
    undecidable: dict[str, str] = {}
    """Rows of the codebook that no rule can decide, and why."""
    words: dict[Annotated[str, Field(pattern="^[A-Z][A-Z_]*$")], WordClass]
    common: str = ""
    """Words that a sentence may share with its context without saying the same."""
    phrases: dict[Annotated[str, Field(pattern="^[a-z]+$")], str] = {}
    """Parts of patterns, written ``@name`` there; a phrase may hold those that stand before it."""
    spans: Patterns = ()
    """Patterns with the groups ``source``, ``cue``, ``content`` and ``target``, the best first."""
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a file of rules; every scalar in it is text.

        Raises:
            InputError: the file is missing or not UTF-8.
            RulesError: the file is not YAML, or no file of rules.
        """
        try:
            content = yaml.load(read_text(path), Loader=yaml.BaseLoader)  # noqa: S506  text only
            return cls.model_validate(content)
        except yaml.YAMLError as error:
            raise RulesError(path, f"not readable as YAML: {error}".replace("\n", " ")) from None
        except ValidationError as error:
            raise RulesError(path, explain(error)) from None

    @cached_property
    def classes(self) -> dict[str, tuple[str, ...]]:
        """Every class of words and every form of one, with its words."""
        named = (entry.classes(name) for name, entry in self.words.items())
        found = {name: words for entries in named for name, words in entries}
        for name, entry in self.words.items():
            for other, form in product(entry.of, ("", *FORMS)):
                if other + form in found:
                    found[name + form] = found.get(name + form, ()) + found[other + form]
        return found

    def expanded(self, pattern: str) -> str:
        """The pattern with its phrases written out.

        Raises:
            ValueError: there is no such phrase.
        """
        for name in reversed(self.phrases):
            pattern = pattern.replace(f"@{name}", f"(?:{self.phrases[name]})")
        if "@" in pattern:
            msg = f"{pattern!r} names a phrase that there is not"
            raise ValueError(msg)
        return pattern

    @property
    def atoms(self) -> frozenset[str]:
        """The classes and words that rules look for."""
        patterns = (*self.spans, *(p for rule in self.rules for p in rule.patterns))
        needed = (name for rule in self.rules for names in rule.needs for name in names)
        return frozenset(needed).union(*(atoms_of(self.expanded(p)) for p in patterns))

    @cached_property
    def digest(self) -> str:
        """First 8 hex digits of the SHA-256 of what words and rules mean, test cases apart."""
        rules = [rule.meaning for rule in self.rules]
        content = json.dumps(
            [self.labels, self.classes, self.common, self.phrases, rules], sort_keys=True
        )
        return hashlib.sha256(content.encode()).hexdigest()[:8]

    @model_validator(mode="after")
    def _check_rules(self) -> Self:
        ids = [rule.id for rule in self.rules]
        if twins := [name for name in ids if ids.count(name) > 1]:
            msg = f"two rules are called {twins[0]!r}"
            raise ValueError(msg)
        given = {name for rule in self.rules for name in (rule.label, *rule.to) if name}
        if unknown := sorted(given - set(self.labels)):
            msg = f"{unknown[0]!r} is given by a rule but is no label"
            raise ValueError(msg)
        last = [rule for rule in self.rules if rule.label is not None][-1:]
        if not last or last[0].has_conditions:
            msg = "no rule without conditions decides where no other does"
            raise ValueError(msg)
        return self
