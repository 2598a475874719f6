"""Finds passages again in another copy of their article, by fingerprints alone."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from annotate.dataset.folding import (
    Fingerprint,
    digests_from,
    follow_of,
    lead_of,
    tokens_of,
    with_marks,
)

LONG: Final = 8
"""Tokens from which the only passage of the same words needs no known neighbour."""
_BOTH: Final = 2


@dataclass(frozen=True, slots=True)
class Place:
    """Where a passage stands in the copy: code points, and the places of its tokens."""

    start: int
    end: int
    first_token: int


@dataclass(frozen=True, slots=True)
class _Candidate:
    at: int
    support: int  # how many of its two surroundings are the same


def anchored(text: str, passages: Sequence[Fingerprint], *, salt: str) -> list[Place | None]:
    """Find passages in a text; a passage that could be meant in two places is not found.

    A passage is where its tokens stand with the same neighbours before or after them. Where the
    neighbours do not decide, the order of the passages does; a passage of which all neighbours
    have changed is found if it is long and stands there once, in its place in the order.

    Args:
        text: of the copy.
        passages: in the order in which they stood.
        salt: of the fingerprints.
    """
    tokens = tokens_of(text)
    folded = [token.folded for token in tokens]
    where = _occurrences(folded, passages, salt)
    candidates = [
        [_Candidate(at, _support(folded, at, each, salt)) for at in where.get(each.digest, ())]
        for each in passages
    ]
    found = _by_neighbours(candidates)
    found |= _by_count(passages, candidates, found)
    found |= _by_order(passages, candidates, found)
    places: list[Place | None] = []
    for number, each in enumerate(passages):
        at = found.get(number)
        if at is None:
            places.append(None)
            continue
        ends = with_marks(text, tokens[at].start, tokens[at + each.tokens - 1].end, each)
        places.append(Place(*ends, at))
    return places


def _occurrences(
    folded: Sequence[str], passages: Sequence[Fingerprint], salt: str
) -> Mapping[str, list[int]]:
    """Where the tokens of each passage stand, by its digest."""
    wanted = {each.digest for each in passages}
    lengths = frozenset(each.tokens for each in passages if each.tokens)
    found: defaultdict[str, list[int]] = defaultdict(list)
    for at in range(len(folded)):
        for _, digest in digests_from(folded, at, lengths, salt):
            if digest in wanted:
                found[digest].append(at)
    return found


def _support(folded: Sequence[str], at: int, passage: Fingerprint, salt: str) -> int:
    lead = lead_of(folded, at, salt) == passage.lead
    return lead + (follow_of(folded, at + passage.tokens, salt) == passage.follow)


def _best(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    most = max((one.support for one in candidates), default=0)
    return [one for one in candidates if one.support == most]


def _supported(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    return [one for one in candidates if one.support]


def _by_neighbours(candidates: Sequence[Sequence[_Candidate]]) -> dict[int, int]:
    """The passages that have a single place with a known neighbour.

    Of two such places neither is taken, though one may have more: where a paragraph repeats two
    sentences of the article, the copy can stand in better company than the original.
    """
    supported = {number: _supported(each) for number, each in enumerate(candidates)}
    return {number: each[0].at for number, each in supported.items() if len(each) == 1}


def _by_count(
    passages: Sequence[Fingerprint],
    candidates: Sequence[Sequence[_Candidate]],
    found: Mapping[int, int],
) -> dict[int, int]:
    """Passages of the same words and neighbours, where the copy has just as many: in order."""
    alike: defaultdict[Fingerprint, list[int]] = defaultdict(list)
    for number, each in enumerate(passages):
        if number not in found:
            alike[each].append(number)
    more: dict[int, int] = {}
    for numbers in alike.values():
        best = _best(candidates[numbers[0]])
        if len(best) == len(numbers) > 1 and best[0].support == _BOTH:
            more |= zip(numbers, (one.at for one in best), strict=True)
    return more


def _by_order(
    passages: Sequence[Fingerprint],
    candidates: Sequence[Sequence[_Candidate]],
    found: Mapping[int, int],
) -> dict[int, int]:
    """The passages that can stand in one place only between those before and after them."""
    more: dict[int, int] = {}
    for number, passage in enumerate(passages):
        if number in found:
            continue
        low, high = _bounds(passages, found, number)
        inside = [
            one
            for one in _supported(candidates[number]) or candidates[number]
            if low <= one.at and one.at + passage.tokens <= high
        ]
        alone = len(candidates[number]) == 1
        if len(inside) == 1 and (inside[0].support or (alone and passage.tokens >= LONG)):
            more[number] = inside[0].at
    return more


def _bounds(
    passages: Sequence[Fingerprint], found: Mapping[int, int], number: int
) -> tuple[int, float]:
    """Where the nearest passage before one ends, and where the nearest after it begins."""
    before = next((n for n in range(number - 1, -1, -1) if n in found), None)
    after = next((n for n in range(number + 1, len(passages)) if n in found), None)
    low = 0 if before is None else found[before] + passages[before].tokens
    return low, float("inf") if after is None else found[after]
