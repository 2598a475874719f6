"""The records that stages exchange, one JSON object a line in the workspace's files.

Offsets are Unicode code points, half-open ``[start, end)``. Times are tz-aware UTC. Shares and
scores lie in [0, 1]. A record is validated once, when it is made or read; it never changes after.
"""

import hashlib
import math
import re
import unicodedata
from datetime import datetime
from typing import Self

from pydantic import NonNegativeFloat, NonNegativeInt, model_validator

from annotate.fields import (
    Input,
    Kind,
    Marked,
    Metadata,
    Method,
    Name,
    Part,
    Record,
    Relation,
    Share,
    Shown,
    Span,
    Split,
    Stream,
    Time,
    require,
)
from annotate.kinship import Evidence, Family, Link

__all__ = [
    "RECORDS", "Annotation", "Document", "Evidence", "Example", "Family", "GoldLabel", "Input",
    "Kind", "Link", "Located", "Marked", "Metadata", "Name", "Part", "Prediction", "Record",
    "Relation", "Share", "Shown", "Source", "Span", "Split", "Stream", "Task", "Time",
]  # fmt: skip

_SUM_TOLERANCE = 1e-6
_ID = re.compile(r"(.+):(body|title):(\d{1,9})-(\d{1,9})(?::(\d{1,9}))?", re.DOTALL | re.ASCII)


class Source(Record):
    """One place where a text was published or found."""

    outlet: str | None = None
    url: str | None = None
    title: str | None = None
    byline: str | None = None
    published: Time | None = None
    path: str | None = None


class Document(Record):
    """One article text with every source that carried it.

    ``key`` is the canonical URL, else the external id, else the path of the source: it stays when
    the text is corrected, so the same key with another id is a new revision. ``offset_map`` holds
    ``(offset here, offset in the original)`` at every place where normalising moved the text.
    """

    filename = "documents.jsonl"

    id: str
    key: Name
    external_id: str | None = None
    text: Name
    title: str | None = None
    sources: tuple[Source, ...] = ()
    family: str | None = None
    language: str | None = None
    original_sha256: str | None = None
    offset_map: tuple[tuple[NonNegativeInt, NonNegativeInt], ...] = ()
    metadata: Metadata = {}

    @staticmethod
    def id_of(text: str) -> str:
        """Id of a text: the first 16 hex digits of the SHA-256 of its UTF-8 bytes."""
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def outlet(self) -> str | None:
        """The first outlet named by a source."""
        return next((source.outlet for source in self.sources if source.outlet), None)

    @property
    def url(self) -> str | None:
        """The first address named by a source."""
        return next((source.url for source in self.sources if source.url), None)

    @property
    def published(self) -> datetime | None:
        """The earliest time at which a source published the text."""
        return min((s.published for s in self.sources if s.published), default=None)

    @property
    def group(self) -> str:
        """What may not be divided between training and test: the family, else the article."""
        return self.family or self.key

    def part(self, part: Part) -> str:
        """The text that offsets of a task or prediction on ``part`` refer to."""
        return self.text if part == "body" else self.title or ""

    @model_validator(mode="after")
    def _check_text(self) -> Self:
        normal = "\r" not in self.text and unicodedata.is_normalized("NFC", self.text)
        require(normal, "text is not normalised (NFC with LF line ends)")
        digest = self.id_of(self.text)
        require(self.id == digest, f"id {self.id!r} is not the digest of the text ({digest!r})")
        return self


class Located(Record):
    """A stretch ``[start, end)`` of one part of a document, with an id made of just that."""

    id: str
    document_id: Name
    part: Part
    start: NonNegativeInt
    end: NonNegativeInt
    text: Name

    @staticmethod
    def id_of(document_id: str, part: Part, start: int, end: int, repeat: int = 0) -> str:
        """``document_id:part:start-end``, and ``:repeat`` where that is above 0."""
        return f"{document_id}:{part}:{start}-{end}" + (f":{repeat}" if repeat else "")

    @staticmethod
    def place_of(name: str) -> tuple[str, Part, int, int, int] | None:
        """Document, part, start, end and repeat that an id names; None if it is no such id."""
        found = _ID.fullmatch(name)
        if found is None:
            return None
        document, part, start, end, repeat = found.groups()
        which: Part = "body" if part == "body" else "title"
        return document, which, int(start), int(end), int(repeat or 0)

    @model_validator(mode="after")
    def _check_place(self) -> Self:
        place = f"[{self.start}, {self.end})"
        fits = self.end - self.start == len(self.text)
        require(fits, f"{place} does not fit a text of {len(self.text)} characters")
        repeat = getattr(self, "repeat", 0)
        wanted = self.id_of(self.document_id, self.part, self.start, self.end, repeat)
        require(self.id == wanted, f"id {self.id!r} does not say where the text stands")
        return self


class Task(Located):
    """A stretch of a document to be labelled, with its context.

    ``position`` is the share of the part's units before this one, in [0, 1); ``repeat`` counts
    renewed presentations of a place; a random share is ``prelabel_held_out``. It is for all unless
    ``annotators`` are named; ``suggested`` numbers its batch of `annotate suggest`, or is 0.
    """

    filename = "tasks.jsonl"

    before: str = ""
    after: str = ""
    kind: Kind = "body"
    position: Share = 0.0
    stream: Stream = "none"
    repeat: NonNegativeInt = 0
    prelabel_held_out: bool = False
    annotators: tuple[Name, ...] = ()
    suggested: NonNegativeInt = 0

    def as_input(self, title: str | None) -> "Input":
        """What a model may look at, given the document's title."""
        return Input(self.text, self.before, self.after, title, self.kind, self.position)


class Annotation(Marked):
    """What one annotator said of one task: at most one current per (task, annotator).

    ``annotator`` is a pseudonym, or an address after `pull --names`. ``label`` is None when the
    task was skipped, or is an article that is marked with spans; where that has none, there was
    nothing to mark. ``seconds`` is the working time that Label Studio's page measured.
    """

    filename = "annotations.jsonl"

    task_id: Name
    annotator: Name
    label: str | None
    seconds: NonNegativeFloat | None = None
    created: Time
    updated: Time | None = None
    skipped: bool = False
    prelabel_shown: bool = False
    from_prediction: bool = False
    scheme_version: str

    @model_validator(mode="after")
    def _check_skip(self) -> Self:
        require(not self.skipped or self.label is None, "a skipped task has no label")
        return self


class GoldLabel(Record):
    """The decided label of a task, from votes or a referee; an open tie has none.

    ``scores`` is the distribution over labels that the method arrived at. ``votes`` counts the
    annotators behind each label, ``independent`` those who saw neither a pre-label nor each other.
    ``referees`` are those who decided an adjudicated label, by pseudonym; ``shown`` is what they
    saw of it before they did.
    """

    filename = "gold.jsonl"

    task_id: Name
    label: str | None
    scores: dict[str, Share]
    method: Method
    votes: dict[str, NonNegativeInt] = {}
    independent: NonNegativeInt = 0
    flags: tuple[str, ...] = ()
    reason: str | None = None
    referees: tuple[Name, ...] = ()
    shown: tuple[Shown, ...] = ()

    @property
    def blind(self) -> bool:
        """Whether referees decided it and saw neither votes nor a pre-label."""
        return self.method == "adjudicated" and not self.shown


class Example(Record):
    """A labelled sentence to learn from or to be scored on. ``group`` is never in two splits.

    Only the first four fields are needed; files from elsewhere carry as many as they know
    (design of such files: docs/files.md). ``start`` and ``end`` are code points in the document.
    """

    filename = "examples.jsonl"

    id: Name
    text: Name
    label: Name
    group: Name
    before: str = ""
    after: str = ""
    title: str | None = None
    outlet: str | None = None
    published: Time | None = None
    kind: Kind = "body"
    position: Share | None = None
    flags: tuple[str, ...] = ()
    votes: dict[str, NonNegativeInt] = {}
    scores: dict[str, Share] = {}
    document_id: str | None = None
    part: Part | None = None
    start: NonNegativeInt | None = None
    end: NonNegativeInt | None = None
    stream: Stream = "none"
    split: Split | None = None

    @property
    def input(self) -> Input:
        """The example without its label."""
        return Input(self.text, self.before, self.after, self.title, self.kind, self.position)


class Prediction(Located, Marked):
    """What a model or a set of rules says of a stretch of a document.

    ``scores`` covers the scheme and sums to 1, or is empty. ``reason`` names the rule that decided;
    ``in_training`` is None where that is not known. ``key`` is that of the article.
    """

    filename = "predictions.jsonl"

    label: Name
    scores: dict[str, Share] = {}
    model: Name
    reason: str | None = None
    in_training: bool | None = None
    title: str | None = None
    outlet: str | None = None
    published: Time | None = None
    key: str | None = None

    @model_validator(mode="after")
    def _check_scores(self) -> Self:
        if self.scores:
            total = math.fsum(self.scores.values())
            require(abs(total - 1) <= _SUM_TOLERANCE, f"scores sum to {total}, not 1")
            require(self.label in self.scores, f"label {self.label!r} has no score")
        return self


RECORDS: tuple[type[Record], ...] = (
    Document, Family, Task, Annotation, GoldLabel, Example, Prediction,
)  # fmt: skip
"""Every record type that has a file of its own."""
