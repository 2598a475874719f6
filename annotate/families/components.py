"""Links to families: connected components, with what a hand parted kept apart."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from annotate.errors import FamilyError
from annotate.families.override import OVERRIDE, Pair
from annotate.kinship import Link, LinkKind

CHAINED: Final[frozenset[LinkKind]] = frozenset({"given", "revision"})
"""Kinds of which each document is linked to the one before it; the reason names the chain."""


@dataclass(frozen=True, slots=True)
class Components:
    """Groups of documents that hang together.

    Attributes:
        members: ids of each group of two or more, sorted; the groups by their first.
        kept: the links within the groups, sorted.
        cut: links that were left out since they would bring parted documents together, sorted.
    """

    members: tuple[tuple[str, ...], ...]
    kept: tuple[Link, ...]
    cut: tuple[Link, ...]


def connect(links: Iterable[Link], part: Collection[Pair] = ()) -> Components:
    """Join what is linked, the strongest links first.

    A link that would bring parted documents together, directly or through others, is left out: so
    where a chain leads from one to the other, it is cut at its weakest link. Revisions and given
    families are chains only because not every pair is listed: where one is cut, each of the rest
    is linked to the first of its documents that nothing parts it from.

    Args:
        links: a pair may have several.
        part: pairs of ids that must end up in different groups.

    Raises:
        FamilyError: links by hand bring parted documents together.
    """
    groups = _Groups(part)
    kept: list[Link] = []
    cut: list[Link] = []
    heads: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for link in sorted(links, key=_strongest_first):
        chained = link.kind in CHAINED
        starts = heads[link.kind, link.reason] if chained else [link.first]
        if not starts:
            starts.append(link.first)
        head = next((one for one in starts if groups.fit(one, link.second)), None)
        if head is None and link.kind == "joined":
            problem = f"{link.first} and {link.second} are joined, and parted through others"
            raise FamilyError(OVERRIDE, problem, "Take one of these lines away.")
        if head is None:
            starts.append(link.second)
        elif groups.top(head) == groups.top(link.first):
            kept.append(link)
            groups.join(link.first, link.second)
            continue
        else:
            kept.append(link.model_copy(update={"first": head}))
            groups.join(head, link.second)
        cut.append(link)
    return Components(groups.members(kept), _sorted(kept), _sorted(cut))


def bridging(members: Sequence[str], links: Iterable[Link]) -> tuple[str, ...]:
    """The members without which the others would no longer hang together (articulation points).

    Source:
        Tarjan (1972), Depth-first search and linear graph algorithms; here without recursion.
    """
    near: defaultdict[str, list[str]] = defaultdict(list)
    for link in links:
        near[link.first].append(link.second)
        near[link.second].append(link.first)
    root = members[0]
    order, parent = _depth_first(root, near)
    number = {name: place for place, name in enumerate(order)}
    lowest: dict[str, int] = {}
    for name in reversed(order):  # children before their parents
        low = (lowest[other] if parent[other] == name else number[other] for other in near[name])
        lowest[name] = min(number[name], *low)
    children = [name for name in order if name != root]
    found = {parent[n] for n in children if lowest[n] >= number[parent[n]]} - {root}
    branches = sum(parent[name] == root for name in children)
    return tuple(sorted(found | ({root} if branches > 1 else set())))


def _depth_first(
    root: str, near: dict[str, list[str]]
) -> tuple[list[str], dict[str, str]]:  # fmt: skip
    """What can be reached, in the order of a depth-first search, and what each was reached from."""
    order: list[str] = []
    parent: dict[str, str] = {}
    waiting = [(root, "")]
    while waiting:
        name, before = waiting.pop()
        if name in parent:
            continue
        parent[name] = before
        order.append(name)
        waiting += [(other, name) for other in near[name] if other not in parent]
    return order, parent


def _strongest_first(link: Link) -> tuple[int, float, str, str]:
    strength = link.evidence.containment + link.evidence.similarity if link.evidence else 0.0
    order = ("joined", "given", "revision").index(link.kind) if link.evidence is None else 3
    return order, -strength, link.first, link.second


def _sorted(links: Iterable[Link]) -> tuple[Link, ...]:
    return tuple(sorted(links, key=lambda link: (link.first, link.second)))


class _Groups:
    """Which documents hang together so far, and which may not."""

    def __init__(self, part: Collection[Pair]) -> None:
        self._above: dict[str, str] = {}
        self._apart: defaultdict[str, set[str]] = defaultdict(set)
        for one, other in part:
            self._apart[one].add(other)
            self._apart[other].add(one)

    def top(self, name: str) -> str:
        """The representative of a group, with the path to it made shorter."""
        while (higher := self._above.get(name, name)) != name:
            self._above[name] = self._above.get(higher, higher)
            name = higher
        return name

    def fit(self, one: str, other: str) -> bool:
        """Whether nothing in the group of the one is parted from anything in that of the other."""
        first, second = self.top(one), self.top(other)
        return first == second or all(
            self.top(name) != second for name in self._apart.get(first, ())
        )

    def join(self, one: str, other: str) -> None:
        """Let two groups hang together from now on."""
        low, high = sorted((self.top(one), self.top(other)))
        if low != high:
            self._above[high] = low
            self._apart[low] |= self._apart.pop(high, set())

    def members(self, links: Iterable[Link]) -> tuple[tuple[str, ...], ...]:
        """The groups of what is linked, each sorted, by their first."""
        groups: defaultdict[str, list[str]] = defaultdict(list)
        for name in sorted({end for link in links for end in (link.first, link.second)}):
            groups[self.top(name)].append(name)
        return tuple(tuple(groups[first]) for first in sorted(groups))
