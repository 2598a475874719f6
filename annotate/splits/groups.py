"""Which split each group of examples belongs to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isclose
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotate.errors import SplitError
from annotate.records import Example, Split, Stream

_SPLITS: Final[tuple[Split, ...]] = ("train", "validation", "test")
_AUDIT: Final[Mapping[Stream, Split]] = {"audit-test": "test", "audit-dev": "validation"}
OF_STREAM: Final[Mapping[Stream, Split]] = {
    **_AUDIT,
    "chosen": "train",  # picked by a model, so not like the news at large: nothing to score on
}
_ORDERS: Final = 500


def split_groups(
    examples: Sequence[Example],
    *,
    shares: Mapping[Split, float],
    seed: int,
    keep: Mapping[str, Split] | None = None,
) -> dict[str, Split]:
    """Give every group to one split.

    First come the groups whose split is settled: by ``keep``, or by the stream of their examples
    (audit-test is for test, audit-dev for validation, chosen for train). A split that an audit
    stream fills gets no other group. The rest is shared out by the best of 500 random orders: the
    one with the least sum, over splits and over (all examples, and each label), of
    (share found - share wanted)² / share wanted. A label thus counts the same however rare it is.

    Args:
        examples: the examples, in any order; their own ``split`` is not looked at.
        shares: wanted share of the examples in each split, in [0, 1]; together 1.
        seed: of the random orders.
        keep: groups that stay where they were when documents are added; others may be named too.

    Returns:
        The split of every group of the examples, sorted by group. The same for the same groups,
        shares, seed and ``keep``, whatever the order of the examples.

    Raises:
        SplitError: the shares do not sum to 1, streams (or a stream and ``keep``) want one group
            in two splits, or there are too few groups for every split to get one.
    """
    _check_shares(shares)
    settled = _settled(examples, keep or {})
    free = sorted({example.group for example in examples} - settled.keys())
    wanted = [split for split in _SPLITS if shares.get(split, 0) > 0]
    audited = {_AUDIT[example.stream] for example in examples if example.stream in _AUDIT}
    empty = [split for split in wanted if split not in settled.values()]
    if len(free) < len(empty) or not examples:
        msg = (
            f"Too few groups of articles ({len(free) + len(settled)}) for {', '.join(wanted)}: "
            f"nothing is left for {empty[-1]}. Add documents, or set its share to 0."
        )
        raise SplitError(msg)
    plan = _Plan(
        shares=np.array([shares.get(split, 0) for split in _SPLITS], dtype=np.float64),
        opened=[split in wanted and split not in audited for split in _SPLITS],
        empty=[_SPLITS.index(split) for split in empty],
    )
    found = settled | _share_out(examples, plan, settled, free, seed)
    return {group: found[group] for group in sorted(found)}


@dataclass(frozen=True, slots=True)
class _Plan:
    shares: NDArray[np.float64]  # (splits,)
    opened: list[bool]  # (splits,): whether groups that are not settled may go there
    empty: list[int]  # splits that must still get a group


def _check_shares(shares: Mapping[Split, float]) -> None:
    if any(share < 0 for share in shares.values()) or not isclose(sum(shares.values()), 1):
        found = ", ".join(f"{split} {share:g}" for split, share in shares.items())
        msg = f"The shares of the splits ({found}) do not sum to 1. Correct them."
        raise SplitError(msg)


def _settled(examples: Sequence[Example], keep: Mapping[str, Split]) -> dict[str, Split]:
    """The groups of these examples whose split is known beforehand."""
    settled: dict[str, Split] = {}
    for example in sorted(examples, key=lambda example: example.id):
        for split in (keep.get(example.group), OF_STREAM.get(example.stream)):
            if split and settled.setdefault(example.group, split) != split:
                msg = (
                    f"Group {example.group!r} belongs to {settled[example.group]}, but the stream "
                    f"{example.stream!r} of example {example.id!r} wants it in {split}. "
                    "Correct the stream of its tasks, or split the data set afresh."
                )
                raise SplitError(msg)
    return settled


def _share_out(
    examples: Sequence[Example],
    plan: _Plan,
    settled: Mapping[str, Split],
    free: list[str],
    seed: int,
) -> dict[str, Split]:
    """Give the free groups to the opened splits, by the best of many random orders."""
    if not free:
        return {}
    counts = _counts(examples, [*settled, *free])
    total, counts, already = counts.sum(axis=0), counts[len(settled) :], counts[: len(settled)]
    before = _by_split([_SPLITS.index(split) for split in settled.values()], already)
    random = np.random.default_rng(seed)
    best: NDArray[np.int64] = np.zeros(len(free), dtype=np.int64)
    least = np.inf
    for _ in range(_ORDERS):
        order = random.permutation(len(free))
        places = _fill(plan, counts[order, 0], plan.shares * total[0] - before[:, 0])
        distance = _distance((before + _by_split(places, counts[order])) / total, plan.shares)
        if distance < least:
            best, least = places[np.argsort(order)], distance
    return {group: _SPLITS[place] for group, place in zip(free, best.tolist(), strict=True)}


def _counts(examples: Sequence[Example], groups: list[str]) -> NDArray[np.int64]:
    """Examples of each group: all of them, then those of each label; (groups, 1 + labels)."""
    row = {group: place for place, group in enumerate(groups)}
    labels = sorted({example.label for example in examples})
    column = {label: place for place, label in enumerate(labels, start=1)}
    counts = np.zeros((len(groups), 1 + len(labels)), dtype=np.int64)
    for example in examples:
        counts[row[example.group], [0, column[example.label]]] += 1
    return counts


def _by_split(
    places: Sequence[int] | NDArray[np.int64], counts: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Counts of groups summed into their splits: (splits, 1 + labels)."""
    found = np.zeros((len(_SPLITS), counts.shape[1]), dtype=np.int64)
    np.add.at(found, np.asarray(places, dtype=np.int64), counts)
    return found


def _fill(plan: _Plan, sizes: NDArray[np.int64], missing: NDArray[np.float64]) -> NDArray[np.int64]:
    """Split of each group, in this order: one for each empty split, then up to the shares."""
    first, rest = plan.empty, sizes[len(plan.empty) :]
    missing = missing.copy()
    missing[first] -= sizes[: len(first)]
    room = np.where(plan.opened, np.maximum(missing, 0), 0)
    if not room.any():
        room = plan.shares * plan.opened
    if not room.any():  # audit streams fill all that was wanted: the rest is to learn from
        room = np.array([1.0, 0.0, 0.0])
    ends = room.cumsum() * (rest.sum() / room.sum())
    middles = rest.cumsum() - rest / 2
    places = np.searchsorted(ends, middles)
    return np.concatenate([np.array(first, dtype=np.int64), places])


def _distance(found: NDArray[np.float64], wanted: NDArray[np.float64]) -> float:
    """Chi-squared distance of the shares of each column, (splits, columns), from those wanted."""
    asked = wanted > 0
    column = wanted[asked, None]
    return float(((found[asked] - column) ** 2 / column).sum())
