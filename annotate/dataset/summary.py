"""What a data set holds, in numbers."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from annotate.records import Example, Split

SPLITS: Final[tuple[Split, ...]] = ("train", "validation", "test")


@dataclass(frozen=True, slots=True)
class SplitSummary:
    """Counts of one split; ``labels`` has every label of the scheme, also those with 0."""

    examples: int
    groups: int
    documents: int
    labels: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class DatasetSummary:
    """Counts of a data set.

    Attributes:
        whole: counts over all splits.
        splits: counts of each split that has examples, in the order train, validation, test.
        outlets: examples of each outlet, the largest first; those without one are not counted.
        first: earliest publication, None where none is known.
        last: latest publication.
        votes: how many examples rest on 1, 2, ... votes; empty where votes are not known.
        unanimous: examples with at least two votes, all for one label.
    """

    whole: SplitSummary
    splits: Mapping[Split, SplitSummary]
    outlets: Mapping[str, int]
    first: datetime | None
    last: datetime | None
    votes: Mapping[int, int]
    unanimous: int

    @property
    def double_labelled(self) -> int:
        """Examples that rest on at least two votes."""
        return sum(count for votes, count in self.votes.items() if votes > 1)


def summarise(examples: Sequence[Example], labels: Sequence[str]) -> DatasetSummary:
    """Count what examples with splits hold.

    Args:
        examples: each with its split.
        labels: of the scheme, in the order that they shall be counted.
    """
    members = {split: [one for one in examples if one.split == split] for split in SPLITS}
    published = [one.published for one in examples if one.published]
    votes = [one.votes for one in examples if sum(one.votes.values())]
    return DatasetSummary(
        whole=_split(examples, labels),
        splits={split: _split(found, labels) for split, found in members.items() if found},
        outlets=dict(_largest_first(one.outlet for one in examples if one.outlet)),
        first=min(published, default=None),
        last=max(published, default=None),
        votes=dict(sorted(Counter(sum(cast.values()) for cast in votes).items())),
        unanimous=sum(max(cast.values()) == sum(cast.values()) > 1 for cast in votes),
    )


def _split(examples: Sequence[Example], labels: Sequence[str]) -> SplitSummary:
    counts = Counter(one.label for one in examples)
    return SplitSummary(
        examples=len(examples),
        groups=len({one.group for one in examples}),
        documents=len({one.document_id for one in examples if one.document_id}),
        labels={label: counts[label] for label in labels},
    )


def _largest_first(names: Iterable[str]) -> list[tuple[str, int]]:
    return sorted(Counter(names).items(), key=lambda entry: (-entry[1], entry[0]))
