"""The audit stream: whole families drawn at random before any model, to measure with later.

Half of them are for thresholds and promotion (audit-dev), half for the final score (audit-test).
What was drawn is kept and never drawn again, since what was seen cannot be unseen.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from annotate.errors import WorkspaceError
from annotate.fields import Name, Record, Stream
from annotate.records import Document, Task
from annotate.tasks.drawing import lot

_HALVES: Final[tuple[Stream, Stream]] = ("audit-test", "audit-dev")

Family = Sequence[Document]


class Drawn(Record):
    """What the draw said of one article, by its key; ``none`` is drawn too."""

    filename: ClassVar[str] = "audit.jsonl"

    key: Name
    stream: Stream


@dataclass(frozen=True, slots=True)
class Audit:
    """The streams of all articles.

    Attributes:
        streams: of each article by its key: audit-test, audit-dev or none.
        families: how many families each of the two audit streams has.
        left: names of families that were in the audit and are not any more, since they have grown
            together with articles of which tasks were suggested.
    """

    streams: Mapping[str, Stream]
    families: Mapping[Stream, int]
    left: tuple[str, ...] = ()

    @property
    def records(self) -> Iterator[Drawn]:
        """What is kept of it, by key."""
        return (Drawn(key=key, stream=self.streams[key]) for key in sorted(self.streams))


NO_AUDIT: Final = Audit({}, {})


def draw_audit(
    documents: Iterable[Document],
    *,
    share: float,
    before: Mapping[str, Stream],
    suggested: Collection[str],
    stratum_of: Callable[[Document], str],
    seed: int,
) -> Audit:
    """Draw a share of the families that were never drawn from; all others stay what they are.

    An article that joins a family of the audit is in the audit. A family that unites both halves
    is audit-dev: what served for thresholds is no test any more. One that unites the audit with
    articles of which tasks were suggested leaves it, as a model may have learnt from it.

    Args:
        documents: with their families.
        share: of the families, in (0, 1).
        before: what earlier draws said, by the key of the article.
        suggested: names of the families that hold suggested tasks.
        stratum_of: each stratum gets its share of both halves; a family has that of its earliest
            article.
        seed: of the draw.

    Raises:
        WorkspaceError: the first draw leaves one of the halves empty.
    """
    families = _families(documents)
    settled: dict[str, Stream] = {}
    left = []
    for name, family in families.items():
        known = {before[document.key] for document in family if document.key in before}
        if known:
            settled[name] = _settled(known)
            if name in suggested and settled[name] != "none":
                settled[name] = "none"
                left.append(name)
    fresh = {name: family for name, family in families.items() if name not in settled}
    settled |= _draw(fresh, share=share, stratum_of=stratum_of, seed=seed)
    counts = {half: sum(stream == half for stream in settled.values()) for half in _HALVES}
    if not before and not all(counts.values()):
        msg = (
            f"{share:.0%} of {len(families)} families of articles is too few for an audit, whose "
            "halves take at least one each. Ask for a larger share, or import more articles first."
        )
        raise WorkspaceError(msg)
    streams = {doc.key: settled[name] for name, family in families.items() for doc in family}
    return Audit(streams, counts, tuple(left))


def in_streams(
    tasks: Iterable[Task], documents: Iterable[Document], audit: Audit, *, chosen: Mapping[str, int]
) -> list[Task]:
    """The tasks in their streams: that of their article if it is in the audit, else chosen or none.

    Args:
        tasks: in any order.
        documents: at least those of the tasks.
        audit: the draw.
        chosen: the batch of each task that was suggested, by its id.
    """
    keys = {document.id: document.key for document in documents}
    found = []
    for task in tasks:
        stream = audit.streams.get(keys.get(task.document_id, ""), "none")
        if stream == "none" and task.id in chosen:
            stream = "chosen"
        batch = chosen[task.id] if stream == "chosen" else 0
        same = (stream, batch) == (task.stream, task.suggested)
        update = {"stream": stream, "suggested": batch}
        found.append(task if same else task.model_copy(update=update))
    return found


def _families(documents: Iterable[Document]) -> dict[str, Family]:
    found: defaultdict[str, list[Document]] = defaultdict(list)
    for document in sorted(documents, key=lambda document: document.key):
        found[document.group].append(document)
    return dict(found)


def _settled(known: Collection[Stream]) -> Stream:
    ranks: tuple[Stream, ...] = ("audit-dev", "audit-test")
    return next((stream for stream in ranks if stream in known), "none")


def _draw(
    families: Mapping[str, Family],
    *,
    share: float,
    stratum_of: Callable[[Document], str],
    seed: int,
) -> dict[str, Stream]:
    """Systematic sampling with a random start, the strata one after the other, each mixed.

    Every family has the same chance, and a stratum of n families gets ``share * n`` of them, give
    or take one. The drawn go to the halves in turn.

    Source:
        Särndal, Swensson and Wretman (1992), Model Assisted Survey Sampling, 3.4.
    """
    ordered = sorted(
        families, key=lambda name: (stratum_of(_earliest(families[name])), lot(seed, "audit", name))
    )
    start = len(_HALVES) * lot(seed, "audit start", *ordered[:1])
    found: dict[str, Stream] = {}
    for place, name in enumerate(ordered):
        turn = math.floor((place + 1) * share + start)
        drawn = turn > math.floor(place * share + start)
        found[name] = _HALVES[turn % len(_HALVES)] if drawn else "none"
    return found


def _earliest(family: Family) -> Document:
    dated = [document for document in family if document.published]
    return min(
        dated, key=lambda d: d.published.timestamp() if d.published else 0, default=family[0]
    )
