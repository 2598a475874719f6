"""One document a text: copies are merged with all their sources, corrections kept as revisions."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from annotate.documents.article import url_key
from annotate.records import Document, Source

_LEAST_COMMON_RUNS = 0.2
"""Share of the shorter text's runs of three words that a revision keeps."""


Outcome = Literal["added", "revised", "merged", "returned", "unchanged"]
"""What became of a document: ``revised`` is new under a known key, ``returned`` is an earlier text
of an article that is its latest again, ``merged`` has a new source or says more."""


@dataclass(slots=True)
class Merged:
    """Documents in the order in which they came, and what became of those that came now."""

    documents: list[Document] = field(default_factory=list)
    added: int = 0
    unchanged: int = 0
    merged: int = 0
    revised: int = 0

    def count(self, outcome: Outcome) -> None:
        """Count what became of one more document."""
        self.added += outcome in {"added", "revised"}
        self.revised += outcome in {"revised", "returned"}
        self.merged += outcome == "merged"
        self.unchanged += outcome == "unchanged"


class Shelf(Protocol):
    """Documents by id, in an order, and for each key the one that came last under it."""

    def get(self, name: str) -> Document | None:
        """The document with this id."""

    def last_under(self, key: str) -> str | None:
        """Id of the document that came last under a key or address."""

    def put(self, document: Document, *, at_end: bool) -> None:
        """Add a document, or replace it: in its place, or at the end. It is last under its keys."""


def merge_into(shelf: Shelf, arriving: Document) -> Outcome:
    """Add a document to those that are there.

    The same text from the same place changes nothing, unless its family or metadata have changed.
    The same text from another place is merged: one document, all its sources. Another text under a
    known key is a revision of that article; both are kept, and what follows uses the one that came
    last (`latest_revisions`). Where the two have next to nothing in common, the key was given to
    two articles, and the later one gets its own.
    """
    before = shelf.get(arriving.id)
    if before is None:
        last = shelf.last_under(arriving.key)
        document = _placed(arriving, shelf.get(last) if last else None)
        revised = shelf.last_under(document.key) is not None
        shelf.put(document, at_end=True)
        return "revised" if revised else "added"
    document = _joined(before, arriving)
    if shelf.last_under(document.key) != document.id:
        shelf.put(document, at_end=True)
        return "returned"
    shelf.put(document, at_end=False)
    return "unchanged" if document == before else "merged"


def merge_documents(existing: Iterable[Document], incoming: Iterable[Document]) -> Merged:
    """Add documents to those that are there, in memory; see `merge_into`."""
    shelf = _InMemory()
    for document in existing:
        shelf.put(document, at_end=False)
    result = Merged()
    for arriving in incoming:
        result.count(merge_into(shelf, arriving))
    result.documents = list(shelf.known.values())
    return result


@dataclass(slots=True)
class _InMemory:
    """A shelf in memory."""

    known: dict[str, Document] = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> Document | None:
        return self.known.get(name)

    def last_under(self, key: str) -> str | None:
        return self.last.get(key)

    def put(self, document: Document, *, at_end: bool) -> None:
        if at_end:
            self.known.pop(document.id, None)
        self.known[document.id] = document
        self.last |= dict.fromkeys(keys_of(document), document.id)


def latest_revisions(documents: Iterable[Document]) -> list[Document]:
    """Of each article the text that came last, at the place of the first."""
    latest = {document.key: document for document in documents}
    return list(latest.values())


def keys_of(document: Document) -> set[str]:
    """The key of a document and the addresses of all who carried it.

    An address at which it was parted from another article (`_placed`) stays that one's.
    """
    taken = document.key.partition("#")[0]  # canonical addresses have no fragment
    addresses = {url_key(source.url) for source in document.sources} - {None, taken}
    return {document.key, *filter(None, addresses)}


def _placed(document: Document, earlier: Document | None) -> Document:
    """A new document under the key that it belongs to."""
    if earlier is None:
        return document
    same = _same_article(earlier, document)
    key = earlier.key if same else f"{document.key}#{document.id}"
    return document.model_copy(update={"key": key})


def _same_article(one: Document, other: Document) -> bool:
    runs = [_runs(document.text) for document in (one, other)]
    return len(runs[0] & runs[1]) >= _LEAST_COMMON_RUNS * min(map(len, runs))


def _runs(text: str) -> set[tuple[str, ...]]:
    """Every three words in a row; the whole text where it is shorter."""
    words = text.lower().split()
    return {tuple(words[at : at + 3]) for at in range(max(1, len(words) - 2))}


def _joined(before: Document, now: Document) -> Document:
    sources: dict[Source, None] = dict.fromkeys((*before.sources, *now.sources))
    newer = now.title if now.key == before.key else None
    return before.model_copy(
        update={
            "sources": tuple(sources),
            "title": newer or before.title or now.title,
            "family": now.family or before.family,
            "language": now.language or before.language,
            "metadata": {**before.metadata, **now.metadata},
        }
    )
