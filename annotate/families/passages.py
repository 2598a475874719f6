"""The passages that two texts share, with where they stand in each."""

from dataclasses import dataclass
from typing import Final

from annotate.families.shingles import SHINGLE, word_pattern

SHORTEST: Final = 5
"""Words of the shortest passage that is shown; shorter ones are stock phrases."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of words that stands in both texts; places are code points, ``[start, end)``."""

    text: str
    words: int
    first_start: int
    first_end: int
    second_start: int
    second_end: int


def shared_passages(first: str, second: str) -> list[Passage]:
    """The longest passages of two texts that are the same but for case and punctuation.

    Passages do not overlap in the first text, so that paragraphs which changed places are all
    found. Each is as it stands in the first text, the longest first.
    """
    here, there = _words(first), _words(second)
    where: dict[tuple[str, ...], list[int]] = {}
    for at in range(len(there) - SHINGLE + 1):
        where.setdefault(_run(there, at), []).append(at)
    found: list[Passage] = []
    at = 0
    while at + SHINGLE <= len(here):
        best = max(
            ((_length(here, there, at, place), -place) for place in where.get(_run(here, at), ())),
            default=(0, 0),
        )
        length, place = best[0], -best[1]
        if length >= SHORTEST:
            spans = here[at][0], here[at + length - 1][1]
            theirs = there[place][0], there[place + length - 1][1]
            found.append(Passage(first[spans[0] : spans[1]], length, *spans, *theirs))
            at += length
        else:
            at += 1
    return sorted(found, key=lambda passage: (-passage.words, passage.first_start))


Word = tuple[int, int, str]


def _words(text: str) -> list[Word]:
    found = word_pattern(text).finditer(text)
    return [(match.start(), match.end(), match.group().lower()) for match in found]


def _run(words: list[Word], at: int) -> tuple[str, ...]:
    return tuple(word[2] for word in words[at : at + SHINGLE])


def _length(here: list[Word], there: list[Word], at: int, place: int) -> int:
    """How many words are the same from two places on."""
    most = min(len(here) - at, len(there) - place)
    length = 0
    while length < most and here[at + length][2] == there[place + length][2]:
        length += 1
    return length
