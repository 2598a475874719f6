"""Where examples stood before documents were added."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from annotate.records import Example, Split
from annotate.splits.excluded import Excluded


@dataclass(frozen=True, slots=True)
class Former:
    """The splits of an earlier data set: what was in test stays there.

    Names of families change when documents join them, ids of documents never; so groups count
    for examples only that name no document.

    Attributes:
        documents: the split of each document, by its id.
        examples: the split of each example that names no document, by its id.
        groups: the splits that each group of today had members in.
    """

    documents: Mapping[str, Split] = field(default_factory=dict)
    examples: Mapping[str, Split] = field(default_factory=dict)
    groups: Mapping[str, frozenset[Split]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        examples: Iterable[Example],
        excluded: Iterable[Excluded],
        group_of: Mapping[str, str],
    ) -> "Former":
        """What an earlier data set says.

        Args:
            examples: its examples, with their splits.
            excluded: what it set aside.
            group_of: the group of each document as it is today, labelled or not.
        """
        documents: dict[str, Split] = {}
        single: dict[str, Split] = {}
        groups: defaultdict[str, set[Split]] = defaultdict(set)
        stood = [
            *((one.id, one.document_id, one.group, one.split) for one in examples),
            *((one.id, one.document_id, one.group, one.was) for one in excluded),
        ]
        for name, document, group, split in stood:
            if split is None:
                continue
            if document is None:
                single[name] = split
                groups[group].add(split)
            else:
                documents[document] = split
                groups[group_of.get(document, group)].add(split)
        return cls(documents, single, {group: frozenset(found) for group, found in groups.items()})

    def split_of(self, example: Example) -> Split | None:
        """The split that an example, or another of its document, was in."""
        if example.document_id is None:
            return self.examples.get(example.id)
        return self.documents.get(example.document_id)
