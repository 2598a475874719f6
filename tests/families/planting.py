"""Edited copies of articles, as desks make them and harder, for `scripts/bench_families`."""

import re
from collections.abc import Sequence

import numpy as np

KINDS = ("cut", "swapped", "changed", "all three", "merged")
CUT = 0.4
CHANGED = 0.15
_SENTENCE_END = re.compile(r"(?<=[.!?][\"”’)])\s+|(?<=[.!?])\s+")
_SPACE = re.compile(r"(\s+)")


def paragraphs(text: str) -> list[str]:
    """Paragraphs by blank lines, else lines, else sentences: the first that gives three or more."""
    for pieces in (re.split(r"\n\s*\n", text), text.split("\n"), _SENTENCE_END.split(text)):
        kept = [piece.strip() for piece in pieces if piece.strip()]
        if len(kept) >= 3:
            return kept
    return kept


def cut(pieces: Sequence[str], rng: np.random.Generator) -> list[str]:
    """40 % of the words: from the top, as a desk cuts, or sentences from all over the text."""
    sentences = [s for piece in pieces for s in _SENTENCE_END.split(piece) if s]
    wanted = max(1, round(CUT * sum(len(s.split()) for s in sentences)))
    order = np.arange(len(sentences))
    if rng.random() < 0.5:
        order = rng.permutation(len(sentences))
    kept: dict[int, str] = {}
    for place in order:
        words = sentences[place].split()
        kept[int(place)] = " ".join(words[:wanted])
        wanted -= len(words)
        if wanted <= 0:
            break
    return [kept[place] for place in sorted(kept)]


def swapped(pieces: Sequence[str], rng: np.random.Generator) -> list[str]:
    """The paragraphs (sentences of a text that has none) in random order."""
    return [pieces[place] for place in rng.permutation(len(pieces))]


def changed(
    pieces: Sequence[str], rng: np.random.Generator, *, vocabulary: Sequence[str]
) -> list[str]:
    """15 % of the words: three in five replaced, one left out, one with another put before it."""
    return [_changed(piece, rng, vocabulary) for piece in pieces]


def planted(
    kind: str, text: str, other: str, rng: np.random.Generator, *, vocabulary: Sequence[str]
) -> str:
    """A copy of a text, edited in one of `KINDS`; ``other`` is what it is merged with."""
    pieces = paragraphs(text)
    if kind == "merged":
        theirs = paragraphs(other)
        if rng.random() < 0.5:  # one after the other, or mixed
            return "\n\n".join([*pieces, *theirs])
        keys = [*np.linspace(0, 1, len(pieces)), *np.linspace(0, 1, len(theirs))]
        mixed = [*pieces, *theirs]
        return "\n\n".join(mixed[place] for place in np.argsort(keys, kind="stable"))
    if kind in {"cut", "all three"}:
        pieces = cut(pieces, rng)
    if kind in {"swapped", "all three"}:
        pieces = swapped(pieces, rng)
    if kind in {"changed", "all three"}:
        pieces = changed(pieces, rng, vocabulary=vocabulary)
    return "\n\n".join(pieces)


def _changed(text: str, rng: np.random.Generator, vocabulary: Sequence[str]) -> str:
    pieces = _SPACE.split(text)
    for place in range(0, len(pieces), 2):
        if rng.random() < CHANGED:
            new = vocabulary[rng.integers(len(vocabulary))]
            how = rng.random()
            pieces[place] = new if how < 0.6 else "" if how < 0.8 else f"{new} {pieces[place]}"
    return "".join(pieces).strip()
