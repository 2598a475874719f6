"""Links to families: connected components, with what a hand parted kept apart."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from annotate.errors import FamilyError
from annotate.families.override import OVERRIDE, Pair
from annotate.kinship import Link


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
    where a chain leads from one to the other, it is cut at its weakest link.

    Args:
        links: at most one a pair.
        part: pairs of ids that must end up in different groups.

    Raises:
        FamilyError: links by hand bring parted documents together.
    """
    above: dict[str, str] = {}
    apart: defaultdict[str, set[str]] = defaultdict(set)
    for one, other in part:
        apart[one].add(other)
        apart[other].add(one)
    kept: list[Link] = []
    cut: list[Link] = []
    for link in sorted(links, key=_strongest_first):
        one, other = _top(above, link.first), _top(above, link.second)
        if one != other and _parted(above, apart, one, other):
            if link.kind == "joined":
                problem = f"{link.first} and {link.second} are joined, and parted through others"
                raise FamilyError(OVERRIDE, problem, "Take one of these lines away.")
            cut.append(link)
            continue
        kept.append(link)
        if one != other:
            low, high = sorted((one, other))
            above[high] = low
            apart[low] |= apart.pop(high, set())
    names = {end for link in kept for end in (link.first, link.second)}
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(names):
        groups[_top(above, name)].append(name)
    members = tuple(tuple(groups[first]) for first in sorted(groups))
    return Components(members, _sorted(kept), _sorted(cut))


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


def _top(above: dict[str, str], name: str) -> str:
    """The representative of a group, with the path to it made shorter."""
    while (higher := above.get(name, name)) != name:
        above[name] = above.get(higher, higher)
        name = higher
    return name


def _parted(above: dict[str, str], apart: dict[str, set[str]], one: str, other: str) -> bool:
    return any(_top(above, name) == other for name in apart.get(one, ()))
