"""Articles that are the same story text, found in a corpus."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

from annotate.errors import FamilyError
from annotate.families.candidates import candidates
from annotate.families.components import bridging, connect
from annotate.families.evidence import POSSIBLE, Comparer, judge
from annotate.families.override import Override
from annotate.families.shingles import RARE, Shingles
from annotate.families.widespread import widespread
from annotate.kinship import Family, Link, LinkKind
from annotate.records import Document

LARGE_SHARE: Final = 0.05
"""Share of the corpus beyond which a family is reported: it is hard to split, or a mistake."""

LARGE_LEAST: Final = 5
"""Documents below which no family is reported as large, however small the corpus."""

MOST_LOOKS: Final = 3
"""Times that all are compared; families that have not settled by then stay as the last look has
them."""

Advance = Callable[[int, int], None]

NO_OVERRIDE: Final = Override()


@dataclass(frozen=True)
class Families:
    """The families of a corpus.

    Attributes:
        families: of two or more documents each, the largest first; other documents stand alone.
        documents: how many documents were compared.
        cut: links left out since ``families.toml`` parts what they would bring together.
    """

    families: tuple[Family, ...]
    documents: int
    cut: tuple[Link, ...] = ()

    @cached_property
    def name_of(self) -> dict[str, str]:
        """The family of each document that has one, by the document's id."""
        return {name: family.id for family in self.families for name in family.documents}

    @property
    def large(self) -> tuple[Family, ...]:
        """The families that are over 5 % of the corpus."""
        return tuple(one for one in self.families if is_large(len(one.documents), self.documents))


@dataclass(frozen=True, slots=True)
class Search:
    """What was found in a corpus, and what compared its documents.

    Attributes:
        families: the result.
        documents: in the order of their ids, as `comparer` counts them.
        comparer: with the weights that the corpus gives to shingles.
    """

    families: Families
    documents: Sequence[Document]
    comparer: Comparer


def is_large(members: int, documents: int) -> bool:
    """Whether a family is so large a part of a corpus that somebody should look at it."""
    return members >= LARGE_LEAST and members > LARGE_SHARE * documents


def find_families(
    documents: Iterable[Document],
    override: Override = NO_OVERRIDE,
    *,
    advance: Advance = lambda _done, _total: None,
) -> Families:
    """Find the articles that are the same story text.

    Linked are texts of which enough stands in the other (`annotate.families.evidence`), revisions
    of one article, documents whose sources name one family, and what the override joins. What
    hangs together by links is a family.

    Args:
        documents: each id once; the result does not depend on their order.
        override: what to join and to part by hand.
        advance: is told how many texts have been read, and of how many.

    Raises:
        FamilyError: an id stands there twice, or the override contradicts itself.
    """
    return search(documents, override, advance=advance).families


def search(documents: Iterable[Document], override: Override, *, advance: Advance) -> Search:
    """The same as `find_families`, with what compared the documents."""
    ordered = _ordered(documents)
    comparer, by_text = _searched(ordered, advance)
    listed = list(_links(ordered, override, by_text))
    components = connect(listed, override.part)
    last = _once(listed)
    of = {document.id: document for document in ordered}
    inside: defaultdict[str, list[Link]] = defaultdict(list)
    member_of = {name: group[0] for group in components.members for name in group}
    for pair, link in _once(components.kept).items():
        inside[member_of[link.first]].append(last.get(pair, link))
    names = _names([[of[name] for name in group] for group in components.members])
    made = [
        Family(
            id=name,
            documents=group,
            links=tuple(inside[group[0]]),
            bridges=bridging(group, inside[group[0]]) if is_large(len(group), len(ordered)) else (),
        )
        for name, group in zip(names, components.members, strict=True)
    ]
    made.sort(key=lambda family: (-len(family.documents), family.documents))
    cut = tuple(_once(components.cut).values())
    return Search(Families(tuple(made), len(ordered), cut), ordered, comparer)


def _once(links: Iterable[Link]) -> dict[tuple[str, str], Link]:
    """Of several links for one pair the last."""
    return {(link.first, link.second): link for link in links}


def _ordered(documents: Iterable[Document]) -> list[Document]:
    ordered = sorted(documents, key=lambda document: document.id)
    for one, other in pairwise(ordered):
        if one.id == other.id:
            problem = f"{one.id!r} stands there twice"
            raise FamilyError(Document.filename, problem, "Keep one of the two.")
    return ordered


def _links(
    ordered: Sequence[Document], override: Override, by_text: Iterable[Link]
) -> Iterator[Link]:  # fmt: skip
    """All links; of several for one pair the last counts."""
    yield from _chained(
        ordered, "given", lambda document: document.family, "the source puts both into"
    )
    yield from _chained(ordered, "revision", lambda document: document.key, "two texts of")
    yield from by_text
    for one, other in override.join:
        yield Link(first=one, second=other, kind="joined", reason="joined by hand")


def _searched(ordered: Sequence[Document], advance: Advance) -> tuple[Comparer, list[Link]]:
    """What compares the documents, and the pairs whose texts, titles and dates make them one story.

    The words of a story with many copies are no stock phrases. So each group of more documents than
    a rare shingle may have counts as one: first those that `widespread` finds, then the families
    found with these weights, until they stay the same.
    """
    shingles = Shingles.of(_read(ordered, advance))
    place = {document.id: at for at, document in enumerate(ordered)}
    groups = widespread(ordered, shingles)
    for _ in range(MOST_LOOKS):
        weighed = shingles.once_a_family(groups) if groups else shingles
        comparer = Comparer(ordered, weighed)
        links = list(_by_text(ordered, comparer, weighed))
        found = [[place[name] for name in group] for group in connect(links).members]
        before, groups = groups, [group for group in found if len(group) > RARE]
        if groups == before:
            break
    return comparer, links


def _read(ordered: Sequence[Document], advance: Advance) -> Iterator[str]:
    for place, document in enumerate(ordered, start=1):
        yield document.text
        advance(place, len(ordered))


def _by_text(
    ordered: Sequence[Document], comparer: Comparer, shingles: Shingles
) -> Iterator[Link]:  # fmt: skip
    for first, second in candidates(shingles, least=POSSIBLE).tolist():
        evidence = comparer.compare(first, second)
        verdict = judge(evidence)
        if verdict.kind:
            yield Link(
                first=ordered[first].id,
                second=ordered[second].id,
                kind=verdict.kind,
                reason=verdict.reason,
                evidence=evidence,
            )


def _chained(
    ordered: Sequence[Document],
    kind: LinkKind,
    key: Callable[[Document], str | None],
    words: str,
) -> Iterator[Link]:
    """Each document with the one before it that has the same key."""
    last: dict[str, str] = {}
    for document in ordered:
        name = key(document)
        if name is None:
            continue
        if name in last:
            reason = f"{words} {name}"
            yield Link(first=last[name], second=document.id, kind=kind, reason=reason)
        last[name] = document.id


def _names(groups: Sequence[Sequence[Document]]) -> list[str]:
    """A name for each group, none twice: a given family, else the least key of a member."""
    taken: set[str] = set()
    names = []
    for group in groups:
        given = sorted({document.family for document in group if document.family})
        keys = sorted({document.key for document in group})
        name = next(name for name in (*given, *keys, group[0].id) if name not in taken)
        taken.add(name)
        names.append(name)
    return names
