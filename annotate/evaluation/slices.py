"""How good a model is on parts of the examples: one outlet, long sentences, those with a cue."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotate.evaluation.columns import Columns
from annotate.evaluation.intervals import Figure
from annotate.evaluation.measures import basics
from annotate.evaluation.results import Scored

OTHERS: Final = "all others"
_MOST_VALUES: Final = 12
_QUOTATION_MARKS: Final = frozenset('"“”„«»‟')
_LENGTHS: Final = ((10, "up to 10 words"), (20, "11 to 20 words"), (30, "21 to 30 words"))
_LONGEST: Final = "over 30 words"
_OVERLAPPING: Final = "flag"


@dataclass(frozen=True, slots=True)
class Slice:
    """The examples that have something in common.

    Attributes:
        trait: what was looked at, such as "outlet".
        value: what they have in common of it.
        n: how many examples.
        groups: of how many groups.
        macro_f1: over the labels that occur among them.
        accuracy: share with the right label.
        labels: how many examples each label has, of those that occur.
    """

    trait: str
    value: str
    n: int
    groups: int
    macro_f1: Figure
    accuracy: Figure
    labels: Mapping[str, int]


def slices(
    items: Sequence[Scored],
    *,
    labels: Sequence[str],
    more: Mapping[str, Sequence[str]],
) -> tuple[Slice, ...]:
    """Score the parts that traits divide the examples into.

    A trait that all examples share tells nothing and is left out; of a trait with many values the
    12 most frequent stand alone. Months and lengths come in their order, others by size.

    Args:
        items: what was scored.
        labels: the labels in the order of every table.
        more: other traits by name, with the value of each item in the order of ``items``; an empty
            value leaves an item out.
    """
    columns = Columns.of(items, labels)
    found = []
    for trait, values in (_own_traits(items) | {k: [(v,) for v in more[k]] for k in more}).items():
        for value, chosen in _parts(trait, values):
            part = columns.part(chosen)
            figures = basics(part, seed=0, resamples=0)  # nothing is drawn
            counts = np.bincount(part.gold, minlength=len(labels)).tolist()
            found.append(
                Slice(
                    trait=trait,
                    value=value,
                    n=len(part.gold),
                    groups=part.clusters,
                    macro_f1=figures.macro_f1,
                    accuracy=figures.accuracy,
                    labels={k: n for k, n in zip(labels, counts, strict=True) if n},
                )
            )
    return tuple(found)


Values = Sequence[tuple[str, ...]]
"""What each item has of a trait: nothing, one value, or several."""


def _own_traits(items: Sequence[Scored]) -> dict[str, Values]:
    return {
        "outlet": [(item.outlet,) if item.outlet else () for item in items],
        "month": [(f"{item.published:%Y-%m}",) if item.published else () for item in items],
        "kind": [(item.kind,) for item in items],
        "quotation": [(_quotation(item.text),) for item in items],
        "length": [(_length(item.text),) for item in items],
        "flag": [item.flags for item in items],
    }


def _quotation(text: str) -> str:
    return "with quotation marks" if set(text) & _QUOTATION_MARKS else "without"


def _length(text: str) -> str:
    words = len(text.split())
    return next((name for most, name in _LENGTHS if words <= most), _LONGEST)


def _parts(trait: str, values: Values) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Each value that stands alone, and the items that have it."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, each in enumerate(values):
        for value in each:
            if value:
                places[value].append(place)
    if len(places) < 2 and trait != _OVERLAPPING:  # noqa: PLR2004
        return
    counts = Counter({value: len(found) for value, found in places.items()})
    ranked = [value for value, _ in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]
    shown, rest = ranked[:_MOST_VALUES], ranked[_MOST_VALUES:]
    for value in _in_order(trait, shown):
        yield value, _mask(places[value], len(values))
    if rest and trait != _OVERLAPPING:
        yield OTHERS, _mask([place for value in rest for place in places[value]], len(values))


def _in_order(trait: str, values: Sequence[str]) -> Sequence[str]:
    if trait == "month":
        return sorted(values)
    if trait == "length":
        order = [name for _, name in _LENGTHS]
        return sorted(values, key=lambda name: order.index(name) if name in order else len(order))
    return values


def _mask(places: Sequence[int], size: int) -> NDArray[np.bool_]:
    chosen = np.zeros(size, dtype=np.bool_)
    chosen[places] = True
    return chosen
