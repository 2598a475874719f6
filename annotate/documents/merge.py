"""One document a text: copies are merged with all their sources, corrections kept as revisions."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from annotate.records import Document, Source

_LEAST_COMMON_WORDS = 0.5
"""Share of the shorter text's words that a revision keeps; unrelated articles share about .25."""


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

    The same text from the same place changes nothing. The same text from another place is merged:
    one document, all its sources. Another text under a known key is a revision of that article;
    both are kept, and what follows uses the later one (`latest_revisions`). Where the two have
    next to no words in common, the key was given to two articles, and the later one gets its own.
    """
    known = {document.id: document for document in existing}
    keys = {document.key: document.id for document in known.values()}
    result = Merged()
    for document in incoming:
        before = known.get(document.id)
        if before is None:
            earlier = known.get(keys.get(document.key, ""))
            added = document
            if earlier is not None and not _same_article(earlier, document):
                added = document.model_copy(update={"key": f"{document.key}#{document.id}"})
            known[added.id] = added
            result.added += 1
            result.revised += added.key in keys
            keys[added.key] = added.id
        elif set(document.sources) <= set(before.sources):
            result.unchanged += 1
        else:
            known[document.id] = _joined(before, document)
            result.merged += 1
    result.documents = list(known.values())
    return result


def latest_revisions(documents: Iterable[Document]) -> list[Document]:
    """Of each article the text that came last, at the place of the first."""
    latest = {document.key: document for document in documents}
    return list(latest.values())


def _same_article(one: Document, other: Document) -> bool:
    words = [set(document.text.lower().split()) for document in (one, other)]
    return len(words[0] & words[1]) >= _LEAST_COMMON_WORDS * min(map(len, words))


def _joined(before: Document, now: Document) -> Document:
    sources: dict[Source, None] = dict.fromkeys((*before.sources, *now.sources))
    return before.model_copy(
        update={
            "sources": tuple(sources),
            "title": before.title or now.title,
            "family": before.family or now.family,
            "language": before.language or now.language,
            "metadata": {**now.metadata, **before.metadata},
        }
    )
