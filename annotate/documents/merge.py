"""One document a text: copies are merged with all their sources, corrections kept as revisions."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from annotate.documents.article import url_key
from annotate.records import Document, Source

_LEAST_COMMON_RUNS = 0.2
"""Share of the shorter text's runs of three words that a revision keeps."""


@dataclass(slots=True)
class Merged:
    """Documents in the order in which they came, and what became of those that came now."""

    documents: list[Document] = field(default_factory=list)
    added: int = 0
    unchanged: int = 0
    merged: int = 0
    revised: int = 0


def merge_documents(existing: Iterable[Document], incoming: Iterable[Document]) -> Merged:
    """Add documents to those that are there.

    The same text from the same place changes nothing, unless its family or metadata have changed.
    The same text from another place is merged: one document, all its sources. Another text under a
    known key is a revision of that article; both are kept, and what follows uses the one that came
    last (`latest_revisions`). Where the two have next to nothing in common, the key was given to
    two articles, and the later one gets its own.
    """
    known = {document.id: document for document in existing}
    last = {key: document.id for document in known.values() for key in _keys(document)}
    result = Merged()
    for arriving in incoming:
        before = known.get(arriving.id)
        if before is None:
            document = _placed(arriving, known.get(last.get(arriving.key, "")))
            result.added += 1
            result.revised += document.key in last
        else:
            document = _joined(before, arriving)
            if last[document.key] != document.id:
                del known[document.id]  # it is the latest again, and goes to the end
                result.revised += 1
            elif document == before:
                result.unchanged += 1
            else:
                result.merged += 1
        known[document.id] = document
        last |= dict.fromkeys(_keys(document), document.id)
    result.documents = list(known.values())
    return result


def latest_revisions(documents: Iterable[Document]) -> list[Document]:
    """Of each article the text that came last, at the place of the first."""
    latest = {document.key: document for document in documents}
    return list(latest.values())


def _keys(document: Document) -> set[str]:
    """The key of a document and the addresses of all who carried it."""
    return {document.key, *filter(None, (url_key(source.url) for source in document.sources))}


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
