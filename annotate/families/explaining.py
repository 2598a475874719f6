"""What two documents of a corpus share, and why they are in one family or not."""

from collections.abc import Iterable
from dataclasses import dataclass

from annotate.errors import FamilyError
from annotate.families.evidence import judge
from annotate.families.finding import Advance, search
from annotate.families.override import OVERRIDE, Override
from annotate.families.passages import Passage, shared_passages
from annotate.kinship import Evidence
from annotate.records import Document


@dataclass(frozen=True, slots=True)
class Explained:
    """What two documents share, and why they are in one family or not."""

    first: Document
    second: Document
    verdict: str
    """Whether the two are linked, in words."""
    reason: str
    evidence: Evidence
    family: str | None
    """The family that both are in, directly or through others."""
    passages: tuple[Passage, ...]


def explain(
    documents: Iterable[Document],
    first: str,
    second: str,
    override: Override,
    *,
    advance: Advance = lambda _done, _total: None,
) -> Explained:
    """Compare two documents with the weights that their corpus gives to what they share.

    Args:
        documents: the corpus.
        first: id or key of the one; of a key the latest revision.
        second: of the other.
        override: what is joined and parted by hand.
        advance: is told how many texts have been read, and of how many.

    Raises:
        FamilyError: there is no such document, or both are one.
    """
    listed = list(documents)
    one, other = (_named(listed, name) for name in (first, second))
    if one.id == other.id:
        raise FamilyError(first, f"{second} is the same document", "Name two documents.")
    done = search(listed, override, advance=advance)
    found = done.families
    place = {document.id: at for at, document in enumerate(done.documents)}
    evidence = done.comparer.compare(place[one.id], place[other.id])
    ids = {one.id, other.id}
    links = (link for each in found.families for link in each.links)
    link = next((link for link in links if {link.first, link.second} == ids), None)
    cut = any({link.first, link.second} == ids for link in found.cut)
    names = {found.name_of.get(name) for name in ids}
    together = names.pop() if len(names) == 1 else None
    through = f", but both are in the family {together} through others" if together else ""
    parted = tuple(sorted(ids)) in override.part
    by_hand = f"{OVERRIDE} parts them; by their texts: " if parted or cut else ""
    return Explained(
        first=one,
        second=other,
        verdict=f"Linked ({link.kind})" if link else f"Not linked{through}",
        reason=link.reason if link else f"{by_hand}{judge(evidence).reason}",
        evidence=evidence,
        family=together,
        passages=tuple(shared_passages(one.text, other.text)),
    )


def _named(documents: Iterable[Document], name: str) -> Document:
    """The document with this id, else the last with this key."""
    listed = list(documents)
    found = [each for each in listed if each.id == name] or [d for d in listed if d.key == name]
    if not found:
        problem = "there is no such document"
        raise FamilyError(name, problem, "Give the id or key of one in documents.jsonl.")
    return found[-1]
