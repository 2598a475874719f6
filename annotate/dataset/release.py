"""A data set without text: places, digests, addresses and labels, for whoever has the articles."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, NonNegativeInt

from annotate.dataset.card import Making
from annotate.dataset.columns import COLUMNS, TEXTS
from annotate.dataset.folding import Token, digest_of, fingerprint, tokens_of
from annotate.errors import InputError
from annotate.records import Document, Example, Name, Part, Record, Time


class ReleasedDocument(Record):
    """An article of a release: what it can be found by, and nothing that it says."""

    filename = "documents.jsonl"

    id: Name
    key: Name
    external_id: str | None = None
    urls: tuple[str, ...] = ()
    outlets: tuple[str, ...] = ()
    published: Time | None = None
    language: str | None = None
    characters: NonNegativeInt


class ReleasedMaking(BaseModel):
    """What the card of the data set says of how it came about, and the salt of the digests."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: NonNegativeInt
    salt: Name
    grouped_by: str
    how: str
    undecided: NonNegativeInt
    without_gold: NonNegativeInt
    notes: tuple[str, ...]
    remarks: tuple[str, ...]
    agreement: str | None
    annotators: dict[str, NonNegativeInt]
    licence: str | None


def salt_of(examples: Iterable[Example]) -> str:
    """A salt that is the same for the same data set, so that its release is too."""
    names = "\n".join(sorted(example.id for example in examples))
    return hashlib.sha256(names.encode()).hexdigest()[:16]


def released_document(document: Document) -> ReleasedDocument:
    """A document without its text, title and bylines."""
    sources = document.sources
    return ReleasedDocument(
        id=document.id,
        key=document.key,
        external_id=document.external_id,
        urls=tuple(dict.fromkeys(one.url for one in sources if one.url)),
        outlets=tuple(dict.fromkeys(one.outlet for one in sources if one.outlet)),
        published=document.published,
        language=document.language,
        characters=len(document.text),
    )


def released_making(making: Making, salt: str) -> ReleasedMaking:
    """What of a card goes into a release."""
    return ReleasedMaking(
        seed=making.seed,
        salt=salt,
        grouped_by=making.grouped_by,
        how=making.how,
        undecided=making.undecided,
        without_gold=making.without_gold,
        notes=tuple(making.notes),
        remarks=tuple(making.remarks),
        agreement=making.agreement,
        annotators=dict(making.annotators),
        licence=making.licence,
    )


class Fingerprinter:
    """Makes the rows of a release; each article is read once."""

    def __init__(self, documents: Iterable[Document], salt: str) -> None:
        """Take the documents that the examples come from."""
        self._documents = {document.id: document for document in documents}
        self._salt = salt
        self._read: dict[tuple[str, Part], list[Token]] = {}

    def row(self, example: Example, labels: Sequence[str]) -> dict[str, Any]:
        """An example as a row of a release.

        Raises:
            InputError: it does not say where it stands, or its document is not there or another.
        """
        where = f"example {example.id}"
        document = self._documents.get(example.document_id or "")
        if document is None or example.part is None or example.start is None:
            problem = "does not say in which document it stands, so its text cannot be put back"
            remedy = "Leave out --no-text, or make the data set from documents."
            raise InputError(where, problem, remedy)
        start, end = example.start, example.start + len(example.text)
        if document.part(example.part)[start:end] != example.text:
            problem = f"its text is not at {start}-{end} of document {document.id}"
            raise InputError(where, problem, "Run `annotate tasks` again.")
        tokens = self._tokens(document, example.part)
        text = document.part(example.part)
        found = fingerprint(text, tokens, start, end, self._salt)
        row = example.model_dump(include=set(COLUMNS) - set(TEXTS))
        return row | {
            "label": labels.index(example.label),
            "flags": list(example.flags),
            "tokens": found.tokens,
            "digest": found.digest,
            "lead": found.lead,
            "follow": found.follow,
            "opens": found.opens,
            "closes": found.closes,
            "before_start": _context_start(text, start, example.before),
            "after_end": _context_end(text, end, example.after),
            "before_tokens": len(tokens_of(example.before)),
            "after_tokens": len(tokens_of(example.after)),
            "title_digest": title_digest(example.title, self._salt),
        }

    def _tokens(self, document: Document, part: Part) -> list[Token]:
        if (document.id, part) not in self._read:
            self._read = {(document.id, part): tokens_of(document.part(part))}
        return self._read[document.id, part]


def _context_start(text: str, start: int, before: str) -> int:
    """Where the context before a passage starts; the passage itself, where it is not that text."""
    end = len(text[:start].rstrip())
    begin = end - len(before)
    return begin if before and begin >= 0 and text[begin:end] == before else start


def _context_end(text: str, end: int, after: str) -> int:
    begin = len(text) - len(text[end:].lstrip())
    return begin + len(after) if after and text[begin : begin + len(after)] == after else end


def title_digest(title: str | None, salt: str) -> str | None:
    """Digest of a headline; None where there is none."""
    return digest_of([one.folded for one in tokens_of(title)], salt) if title else None
