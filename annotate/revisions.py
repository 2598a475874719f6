"""Corrected articles: which passage of the text before is which passage of the text now."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from annotate.records import Annotation, Document, Located, Part, Task

LEAST_ALIKE = 0.6
"""Share of common characters (difflib's ratio) from which a passage counts as reworded."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A task known by its id alone, with the text that it shows, or a digest of that."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Twin:
    """One passage before and after a correction of its article.

    Attributes:
        before: id of the task made of the text before.
        now: id of the task made of the text now.
        same: whether the passage itself is unchanged; it may stand elsewhere.
    """

    before: str
    now: str
    same: bool


def outdated_documents(
    documents: Iterable[Document], latest: Iterable[Document]
) -> dict[str, str]:  # fmt: skip
    """Ids of documents that were corrected, and for each the id of the text of today.

    Args:
        documents: all of them.
        latest: the last revision of each key.
    """
    current = {document.key: document.id for document in latest}
    return {
        document.id: current[document.key]
        for document in documents
        if current.get(document.key, document.id) != document.id
    }


def find_twins(
    before: Iterable[Passage], now: Iterable[Passage | Task], *, outdated: Mapping[str, str]
) -> list[Twin]:
    """Match passages of outdated documents with tasks of the texts that replaced them.

    Passages of one document keep their order. Equal texts are matched first, then what stands
    between them and is alike. A passage of a document that is not outdated has no twin, nor has a
    renewed presentation of a passage.

    Args:
        before: passages, in any order.
        now: tasks; those of other documents are passed over.
        outdated: from `outdated_documents`.
    """
    old = _by_part((_placed(passage), passage.id, passage.text) for passage in before)
    new = _by_part((_placed(task), task.id, task.text) for task in now)
    found: list[Twin] = []
    for (document, part), passages in old.items():
        tasks = new.get((outdated.get(document, ""), part), [])
        found += _aligned(passages, tasks)
    return found


def carry_over(
    annotations: Iterable[Annotation], moved: Mapping[str, str]
) -> list[Annotation]:  # fmt: skip
    """Annotations under the ids that their passages go by now, sorted by task and annotator.

    Args:
        annotations: at most one per (task, annotator).
        moved: id of today for each passage that only stands elsewhere.
    """
    found: dict[tuple[str, str], Annotation] = {}
    for annotation in annotations:
        name = moved.get(annotation.task_id)
        kept = annotation.model_copy(update={"task_id": name}) if name else annotation
        if name is None or (name, annotation.annotator) not in found:
            found[kept.task_id, kept.annotator] = kept
    return [found[key] for key in sorted(found)]


Place = tuple[str, Part, int]


def _placed(passage: Passage | Task) -> Place | None:
    place = Located.place_of(passage.id)
    return None if place is None or place[-1] else place[:3]


def _by_part(
    passages: Iterable[tuple[Place | None, str, str]],
) -> dict[tuple[str, Part], list[Passage]]:
    placed = sorted((p, name, text) for p, name, text in passages if p is not None)
    return {
        key: [Passage(name, text) for _, name, text in group]
        for key, group in groupby(placed, key=lambda entry: entry[0][:2])
    }


def _aligned(before: Sequence[Passage], now: Sequence[Passage]) -> Iterator[Twin]:
    if not now:
        return
    matcher = SequenceMatcher(
        None, [each.text for each in before], [each.text for each in now], autojunk=False
    )
    for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if kind == "equal":
            for old, new in zip(before[old_from:old_to], now[new_from:new_to], strict=True):
                yield Twin(old.id, new.id, same=True)
        elif kind == "replace":
            yield from _reworded(before[old_from:old_to], now[new_from:new_to])


def _reworded(before: Sequence[Passage], now: Sequence[Passage]) -> Iterator[Twin]:
    """Pairs that are alike, in order: each old passage takes the most alike of those left."""
    free = 0
    for old in before:
        ratios = [
            (SequenceMatcher(None, old.text, new.text, autojunk=False).ratio(), -place)
            for place, new in enumerate(now[free:], start=free)
        ]
        ratio, place = max(ratios, default=(0.0, 0))
        if ratio >= LEAST_ALIKE:
            yield Twin(old.id, now[-place].id, same=False)
            free = -place + 1
