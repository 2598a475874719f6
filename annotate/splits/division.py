"""Divides examples into splits that last, and sets aside what fits into none.

A family never stands in two splits. Where its members have claims on several, by their stream or
by the split that they were in before, it goes to the first of test, validation, train; members
that belong to another split are set aside, and those without a claim follow.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from annotate.errors import SplitError
from annotate.records import Example, Split
from annotate.splits.drawing import affordable, drawn_for_test, groups_barred, learning_splits
from annotate.splits.excluded import IN_WORDS, Excluded, Reason
from annotate.splits.former import Former
from annotate.splits.groups import OF_STREAM, split_groups
from annotate.splits.parts import assign

_ORDER: Final[tuple[Split, ...]] = ("test", "validation", "train")
_NOTHING: Final = Former()

Side = Literal["learn", "test"]
"""Whether an article is to learn from or to test on, where a date or an outlet says so."""


@dataclass(frozen=True, slots=True)
class Division:
    """Examples with their splits, and those that are in none; each in the order they came."""

    examples: tuple[Example, ...]
    excluded: tuple[Excluded, ...]


def by_family(
    examples: Sequence[Example],
    *,
    shares: Mapping[Split, float],
    seed: int,
    former: Former = _NOTHING,
    unfit: Mapping[str, Reason] | None = None,
) -> Division:
    """Divide by families at random, except where a stream or an earlier data set decides.

    Families of which no label counts in test are not drawn for it.

    Args:
        examples: their own ``split`` is not looked at.
        shares: wanted share of the examples in each split, in [0, 1]; together 1.
        seed: of the random orders.
        former: where they stood before.
        unfit: ids of the examples whose labels may not count in test, with the reason.

    Raises:
        SplitError: the shares do not sum to 1, there are too few families for every split to get
            one, or no label counts in test.
    """
    claims = {one.id: OF_STREAM.get(one.stream) or former.split_of(one) for one in examples}
    settled = _settled(examples, claims, former.groups)
    kept, excluded = _apart(examples, claims, settled, "kin")
    shares = affordable(kept, settled, shares)
    barred = groups_barred(kept, settled, unfit or {})
    if barred:
        settled |= drawn_for_test(kept, barred, settled, shares=shares, seed=seed)
        splits = learning_splits(kept, settled, shares=shares, seed=seed)
    else:
        splits = split_groups(kept, shares=shares, seed=seed, keep=settled)
    division = _finished(examples, assign(kept, splits), excluded, unfit or {})
    if shares.get("test", 0) > 0 and not any(one.split == "test" for one in division.examples):
        aside = [Excluded.of(one, unfit[one.id]) for one in kept if unfit and one.id in unfit]
        raise SplitError(_all_aside("No label may count in test", aside))
    return division


def by_side(
    examples: Sequence[Example],
    *,
    side_of: Callable[[Example], Side | Reason],
    shares: Mapping[Split, float],
    seed: int,
    former: Former = _NOTHING,
    unfit: Mapping[str, Reason] | None = None,
) -> Division:
    """Divide by what is known of each article, such as its date or its outlet.

    A family with articles on both sides leaves test: those that were to be tested on are set
    aside. The streams of tasks come first: a family with articles of the stream audit-test is for
    test, and its other members are set aside if they are to learn from.

    Args:
        examples: their own ``split`` is not looked at.
        side_of: the side of an example, or why it has none.
        shares: of train and validation, what is to learn from is divided in their proportion.
        seed: of that division, by family.
        former: where the examples stood before; it decides between train and validation.
        unfit: as for `by_family`.

    Raises:
        SplitError: nothing is left to test on or to learn from.
    """
    sides = {one.id: _side(one, side_of) for one in examples}
    excluded = [
        Excluded.of(one, side)
        for one in examples
        if (side := sides[one.id]) != "learn" and side != "test"
    ]
    gone = {one.id for one in excluded}
    sided = [one for one in examples if one.id not in gone]
    settled = _settled_by_side(sided, sides)
    wanted = {one.id: "test" if settled[one.group] == "test" else "learn" for one in sided}
    excluded += [
        Excluded.of(one, "kin" if sides[one.id] == "learn" else "straddles")
        for one in sided
        if sides[one.id] != wanted[one.id]
    ]
    gone = {one.id for one in excluded}
    test = [one for one in sided if one.id not in gone and wanted[one.id] == "test"]
    rest = [one for one in sided if one.id not in gone and wanted[one.id] == "learn"]
    if not test or not rest:
        nothing = "test on" if not test else "learn from"
        raise SplitError(_all_aside(f"Nothing is left to {nothing}", excluded))
    claims = {one.id: _learning(OF_STREAM.get(one.stream) or former.split_of(one)) for one in rest}
    keep = _settled(rest, claims, {})
    learning, kin = _apart(rest, claims, keep, "kin")
    splits = learning_splits(learning, keep, shares=shares, seed=seed)
    splits |= {one.group: "test" for one in test}
    found = assign([*learning, *test], splits)
    return _finished(examples, found, [*excluded, *kin], unfit or {})


def as_given(
    examples: Sequence[Example],
    *,
    split_of: Callable[[Example], Split | None],
    unfit: Mapping[str, Reason] | None = None,
) -> Division:
    """Divide as the articles say; those that name no split are set aside.

    Args:
        examples: the examples.
        split_of: the split that the article of an example names.
        unfit: as for `by_family`.

    Raises:
        SplitError: no label counts in test.
    """
    claims = {one.id: split_of(one) for one in examples}
    excluded = [Excluded.of(one, "no split") for one in examples if claims[one.id] is None]
    named = [one for one in examples if claims[one.id] is not None]
    settled = _settled(named, claims, {})
    kept, kin = _apart(named, claims, settled, "kin")
    return _finished(examples, assign(kept, settled), [*excluded, *kin], unfit or {})


def _settled(
    examples: Iterable[Example],
    claims: Mapping[str, Split | None],
    groups: Mapping[str, frozenset[Split]],
) -> dict[str, Split]:
    """The split of each group that a member, of today or of before, has a claim for."""
    wanted: defaultdict[str, set[Split]] = defaultdict(set)
    for one in examples:
        found = groups.get(one.group, frozenset())
        claim = claims[one.id]
        wanted[one.group] |= found | ({claim} if claim else set())
    return {
        group: next(split for split in _ORDER if split in found)
        for group, found in sorted(wanted.items())
        if found
    }


def _apart(
    examples: Sequence[Example],
    claims: Mapping[str, Split | None],
    settled: Mapping[str, Split],
    reason: Reason,
) -> tuple[list[Example], list[Excluded]]:
    """Those that fit the split of their group, and those that belong to another."""
    kept: list[Example] = []
    excluded: list[Excluded] = []
    for one in examples:
        claim = claims[one.id]
        if claim is None or settled.get(one.group, claim) == claim:
            kept.append(one)
        else:
            excluded.append(Excluded.of(one, reason, claim))
    return kept, excluded


def _side(example: Example, side_of: Callable[[Example], Side | Reason]) -> Side | Reason:
    split = OF_STREAM.get(example.stream)
    if split is None:
        return side_of(example)
    return "test" if split == "test" else "learn"


def _settled_by_side(
    examples: Iterable[Example], sides: Mapping[str, Side | Reason]
) -> dict[str, Side]:
    """The side of each group: to learn from if any member is, unless one is of an audit."""
    found: dict[str, Side] = {}
    audited: set[str] = set()
    for one in examples:
        if one.stream == "audit-test":
            audited.add(one.group)
        if sides[one.id] == "learn" or one.group not in found:
            found[one.group] = "learn" if sides[one.id] == "learn" else "test"
    return found | dict.fromkeys(audited, "test")


def _learning(split: Split | None) -> Split | None:
    return split if split != "test" else None


def _finished(
    examples: Sequence[Example],
    found: Iterable[Example],
    excluded: Iterable[Excluded],
    unfit: Mapping[str, Reason],
) -> Division:
    """Set aside the test labels that may not count, and put everything back in order."""
    of = {one.id: one for one in found}
    aside = {one.id: one for one in excluded} | {
        name: Excluded.of(one, unfit[name], "test")
        for name, one in of.items()
        if one.split == "test" and name in unfit
    }
    kept = tuple(of[one.id] for one in examples if one.id in of and one.id not in aside)
    gone = tuple(aside[one.id] for one in examples if one.id in aside)
    if any(one.split == "test" for one in of.values()) and not any(
        one.split == "test" for one in kept
    ):
        raise SplitError(_all_aside("No label may count in test", gone))
    return Division(kept, gone)


def _all_aside(what: str, excluded: Sequence[Excluded]) -> str:
    counts: defaultdict[Reason, int] = defaultdict(int)
    for one in excluded:
        counts[one.reason] += 1
    found = "; ".join(f"{count} set aside ({IN_WORDS[why]})" for why, count in counts.items())
    return (
        f"{what}: {found or 'all articles are on the other side'}. Label more, or split otherwise."
    )
