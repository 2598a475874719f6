"""What is left to chance where some families may not be tested on, or are settled already."""

from collections.abc import Mapping, Sequence

from annotate.records import Example, Split
from annotate.splits.excluded import Reason
from annotate.splits.groups import split_groups


def groups_barred(
    examples: Sequence[Example], settled: Mapping[str, Split], unfit: Mapping[str, Reason]
) -> frozenset[str]:
    """Groups without a split of which no label may count in test."""
    fit = {one.group for one in examples if one.id not in unfit}
    return frozenset({one.group for one in examples} - fit - settled.keys())


def drawn_for_test(
    examples: Sequence[Example],
    barred: frozenset[str],
    settled: Mapping[str, Split],
    *,
    shares: Mapping[Split, float],
    seed: int,
) -> dict[str, Split]:
    """Groups drawn for test from those that may be drawn, as many as fill its share."""
    free = [one for one in examples if one.group not in barred and one.group not in settled]
    there = sum(settled.get(one.group) == "test" for one in examples)
    audited = any(one.stream == "audit-test" for one in examples)
    missing = shares.get("test", 0) * len(examples) - there
    if not free or missing <= 0 or audited:
        return {}
    if missing >= len(free) or len({one.group for one in free}) == 1:
        return {one.group: "test" for one in free}
    share = missing / len(free)
    drawn = split_groups(free, shares={"train": 1 - share, "test": share}, seed=seed)
    return {group: split for group, split in drawn.items() if split == "test"}


def learning_splits(
    examples: Sequence[Example],
    settled: Mapping[str, Split],
    *,
    shares: Mapping[Split, float],
    seed: int,
) -> dict[str, Split]:
    """What is settled, and the rest divided between train and validation."""
    rest = [one for one in examples if settled.get(one.group) != "test"]
    keep = {group: split for group, split in settled.items() if split != "test"}
    scaled = affordable(rest, keep, _without("test", shares))
    return {**settled, **split_groups(rest, shares=scaled, seed=seed, keep=keep)}


def affordable(
    examples: Sequence[Example], settled: Mapping[str, Split], shares: Mapping[Split, float]
) -> Mapping[Split, float]:
    """The shares without validation, where too few groups are left for it to get one."""
    groups = {one.group for one in examples}
    taken = {settled[group] for group in groups if group in settled}
    empty = {split for split, share in shares.items() if share > 0} - taken
    too_few = len(groups - settled.keys()) < len(empty)
    return _without("validation", shares) if too_few and "validation" in empty else shares


def _without(gone: Split, shares: Mapping[Split, float]) -> dict[Split, float]:
    """The shares of the other splits among themselves."""
    left = {split: share for split, share in shares.items() if split != gone}
    return {split: share / sum(left.values()) for split, share in left.items()}
