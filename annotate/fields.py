"""What records are made of: the types of their fields, and marks in a text."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeInt,
    model_validator,
)

Part = Literal["body", "title"]
Kind = Literal["body", "headline", "caption", "credit", "byline", "article"]
Stream = Literal["audit-test", "audit-dev", "chosen", "none"]
Split = Literal["train", "validation", "test"]
Shown = Literal["prelabel", "votes"]
"""What a referee saw of a task beside its text and context."""
Method = Literal["majority", "dawid-skene", "mace", "adjudicated", "given"]

Share = Annotated[float, Field(ge=0, le=1)]
Name = Annotated[str, Field(min_length=1)]


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        msg = f"{moment} lies outside the years that UTC can hold here"
        raise ValueError(msg) from None


Time = Annotated[AwareDatetime, AfterValidator(_utc)]
Metadata = dict[str, str | int | float | bool | None]


class Record(BaseModel):
    """Base of all records: frozen, closed to unknown fields, no NaN."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    filename: ClassVar[str]
    """Name of the workspace file that holds records of this type."""


class Span(Record):
    """A labelled stretch of a task's text."""

    start: NonNegativeInt
    end: NonNegativeInt
    label: Name

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        require(self.start < self.end, f"span {self.start}-{self.end} is empty")
        return self


class Relation(Record):
    """A labelled arrow between two spans, given by their places in the annotation's ``spans``.

    ``tail`` is None where what it leads to is not in the text ("unresolved").
    """

    label: Name
    head: NonNegativeInt
    tail: NonNegativeInt | None


class Marked(Record):
    """What can be marked in a task beside its label."""

    flags: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    relations: tuple[Relation, ...] = ()

    @model_validator(mode="after")
    def _check_relations(self) -> Self:
        if self.relations:
            ends = [end for r in self.relations for end in (r.head, r.tail) if end is not None]
            inside = all(end < len(self.spans) for end in ends)
            require(inside, f"a relation points beyond the {len(self.spans)} spans")
        return self


def require(holds: bool, problem: str) -> None:
    """Raise a `ValueError` with the problem unless something holds; for validators."""
    if not holds:
        raise ValueError(problem)


@dataclass(frozen=True, slots=True)
class Input:
    """What a model may look at: a text and its context, never its label."""

    text: str
    before: str = ""
    after: str = ""
    title: str | None = None
    kind: Kind = "body"
    position: float | None = None
