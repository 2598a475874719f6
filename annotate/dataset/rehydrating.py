"""Puts the text back into a release, from the user's own copies of the articles."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from annotate.dataset.anchoring import Place, anchored
from annotate.dataset.folding import Token, digest_of, first_from, tokens_of
from annotate.dataset.release import ReleasedDocument, title_digest
from annotate.dataset.releasing import Release, ReleasedExample
from annotate.records import Document, Example, Part

_PARTS: Final[tuple[Part, ...]] = ("body", "title")


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a release has its text again.

    Attributes:
        examples: how many it holds.
        same: examples of articles whose text is the same to the letter.
        moved: examples that were found in another text of their article.
        lost: examples that were not found in the article, or could be meant in two places of it.
        without_article: examples of articles that are not there.
        articles: how many articles it holds.
        missing: keys of the articles that are not there.
        other_titles: examples whose article has another headline now.
    """

    examples: int
    same: int
    moved: int
    lost: int
    without_article: int
    articles: int
    missing: tuple[str, ...]
    other_titles: int

    @property
    def found(self) -> int:
        """Examples that have their text again."""
        return self.same + self.moved

    @property
    def share(self) -> float:
        """The share of the examples that have their text again, in [0, 1]."""
        return self.found / self.examples if self.examples else 0.0


@dataclass(frozen=True, slots=True)
class Rehydrated:
    """The examples that have their text again, in the order of the release, and the coverage."""

    examples: tuple[Example, ...]
    coverage: Coverage


def rehydrate(release: Release, documents: Iterable[Document]) -> Rehydrated:
    """Find the sentences of a release in one's own articles.

    An article is found by its text, else by its key, else by an address or external id; where
    several texts of it are there, the one in which most sentences are found counts. Every sentence
    is verified by its digest. Ids, groups and splits stay those of the release; ``document_id``,
    ``start`` and ``end`` are those of the text that was found.

    Args:
        release: as `read_release` gives it.
        documents: one's own.
    """
    shelf = _Shelf(documents)
    members: defaultdict[str, list[ReleasedExample]] = defaultdict(list)
    for example in release.examples:
        members[str(example.fields.get("document_id"))].append(example)
    found: dict[str, Example] = {}
    same, missing, articles = 0, [], {each.id: each for each in release.documents}
    without = 0
    for name, examples in members.items():
        copies = shelf.copies(articles[name]) if name in articles else []
        if not copies:
            missing.append(articles[name].key if name in articles else name)
            without += len(examples)
            continue
        tried = [_in_document(examples, copy, release.salt) for copy in copies]
        best = max(tried, key=len)
        found |= best
        same += len(best) if copies[tried.index(best)].id == name else 0
    titles = {str(each.fields["id"]): each.title_digest for each in release.examples}
    ordered = [
        found[name] for each in release.examples if (name := str(each.fields["id"])) in found
    ]
    coverage = Coverage(
        examples=len(release.examples),
        same=same,
        moved=len(found) - same,
        lost=len(release.examples) - len(found) - without,
        without_article=without,
        articles=len(release.documents),
        missing=tuple(sorted(missing)),
        other_titles=sum(
            title_digest(one.title, release.salt) != titles[one.id] for one in ordered
        ),
    )
    return Rehydrated(tuple(ordered), coverage)


class _Shelf:
    """One's own documents by all that a release knows them by."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._by: defaultdict[tuple[str, str], list[Document]] = defaultdict(list)
        for document in documents:
            self._by["id", document.id].append(document)
            self._by["key", document.key].append(document)
            if document.external_id:
                self._by["external", document.external_id].append(document)
            for url in dict.fromkeys(one.url for one in document.sources if one.url):
                self._by["url", url].append(document)

    def copies(self, wanted: ReleasedDocument) -> Sequence[Document]:
        """The texts of an article that are there; the very same one alone if it is."""
        names = [("id", wanted.id), ("key", wanted.key)]
        names += [("url", url) for url in wanted.urls]
        names += [("external", wanted.external_id)] if wanted.external_id else []
        return next((self._by[name] for name in names if name in self._by), [])


def _in_document(
    examples: Sequence[ReleasedExample], document: Document, salt: str
) -> dict[str, Example]:
    """The examples that are found in a text, by their ids."""
    found: dict[str, Example] = {}
    for part in _PARTS:
        text = document.part(part)
        inside = [each for each in examples if each.fields.get("part") == part]
        inside.sort(key=lambda each: (each.fields["start"], each.fields["end"]))
        if not inside or not text:
            continue
        tokens = tokens_of(text)
        if document.id == inside[0].fields.get("document_id") and part == "body":
            places = [_there(each, tokens, salt) for each in inside]
        else:
            places = anchored(text, [each.passage for each in inside], salt=salt)
        for each, place in zip(inside, places, strict=True):
            if place is not None:
                made = _example(each, document, text, tokens, place)
                found[made.id] = made
    return found


def _there(example: ReleasedExample, tokens: Sequence[Token], salt: str) -> Place | None:
    """The place that the release names, if the digest agrees."""
    start, end = example.fields["start"], example.fields["end"]
    first = first_from(tokens, start)
    folded = [one.folded for one in tokens[first : first + example.passage.tokens]]
    same = digest_of(folded, salt) == example.passage.digest
    return Place(start, end, first) if same else None


def _example(
    example: ReleasedExample,
    document: Document,
    text: str,
    tokens: Sequence[Token],
    place: Place,
) -> Example:
    begin, end = _context(example, document, tokens, place)
    own: Mapping[str, object] = {
        "text": text[place.start : place.end],
        "before": text[begin : place.start].rstrip(),
        "after": text[place.end : end].lstrip(),
        "title": document.title,
        "document_id": document.id,
        "start": place.start,
        "end": place.end,
    }
    return Example.model_validate({**example.fields, **own})


def _context(
    example: ReleasedExample, document: Document, tokens: Sequence[Token], place: Place
) -> tuple[int, int]:
    """Where the context of a passage begins and ends: of another text, as many tokens of it."""
    around = example.around
    if document.id == example.fields.get("document_id"):
        return around.before_start, around.after_end
    first, last = place.first_token, place.first_token + example.passage.tokens
    before = tokens[max(0, first - around.before_tokens) : first]
    after = tokens[last : last + around.after_tokens]
    begin = min(place.start, before[0].start) if before else place.start
    return begin, max(place.end, after[-1].end) if after else place.end
