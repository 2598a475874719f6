"""What a reader must know of a division before trusting it, in words."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from annotate.records import Split
from annotate.splits.division import Division
from annotate.splits.excluded import IN_WORDS

FEW_FAMILIES: Final = 5
"""Below this many families a split is a story or two."""


def remarks(
    division: Division, *, shares: Mapping[Split, float], labels: Sequence[str]
) -> Iterator[str]:
    """What is odd about a division, a line each.

    Args:
        division: the examples with their splits, and those set aside.
        shares: the shares that were wanted, in [0, 1].
        labels: those that test should have.
    """
    sizes = Counter(one.group for one in division.examples)
    if len(sizes) < FEW_FAMILIES:
        families = "1 family" if len(sizes) == 1 else f"{len(sizes)} families"
        yield f"There are only {families} of articles: a score on one or two stories says little."
    yield from _of_shares(division, sizes, shares)
    found = {one.label for one in division.examples if one.split == "test"}
    for label in labels:
        if label not in found:
            yield f"Test has no example of {label!r}: no score will say how well it is found."
    for reason, count in sorted(Counter(one.reason for one in division.excluded).items()):
        examples = "1 example is" if count == 1 else f"{count:,} examples are"
        yield f"{examples} set aside: {IN_WORDS[reason]}."


def _of_shares(
    division: Division, sizes: Mapping[str, int], shares: Mapping[Split, float]
) -> Iterator[str]:
    """Splits that are empty, and families that are larger than the split they are in."""
    split_of = {one.group: one.split for one in division.examples}
    for split, share in shares.items():
        if share > 0 and split not in split_of.values():
            yield f"No family is left for {split}: there are too few. Add articles."
    for group, size in sizes.items():
        its = split_of[group]
        share = size / len(division.examples)
        if its and 0 < shares.get(its, 0) < share:
            yield (
                f"The family {group!r} holds {share:.0%} of the sentences, more than all of "
                f"{its} was to have ({shares[its]:.0%}); families are never divided."
            )
