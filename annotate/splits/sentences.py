"""Sentences that a model was trained on, word for word: known by their digests, without text."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotate.records import Example
from annotate.text import normalise

Digests = NDArray[np.uint64]

NO_SENTENCES: Final[Digests] = np.empty(0, np.uint64)
_LONG: Final = 8
"""Words from which on a sentence hardly recurs by chance."""
_KNOWN: Final = 0.5
"""Share of a group's sentences from which on the group is known."""


def sentence_digests(examples: Sequence[Example]) -> Digests:
    """What stands for the text of each; texts that differ in case or white space alone are one.

    Returns:
        The first 8 bytes of the SHA-256 of each text, of shape (examples,).
    """
    texts = (" ".join(normalise(example.text).text.lower().split()) for example in examples)
    found = (hashlib.sha256(text.encode()).digest()[:8] for text in texts)
    return np.array([int.from_bytes(digest) for digest in found], dtype=np.uint64)


def known_sentences(examples: Sequence[Example], trained_on: Digests) -> NDArray[np.bool_]:
    """Whether each text is among those trained on, of shape (examples,)."""
    if not len(trained_on):
        return np.zeros(len(examples), dtype=np.bool_)
    return np.isin(sentence_digests(examples), trained_on)


def known_groups(examples: Sequence[Example], trained_on: Digests) -> frozenset[str]:
    """Groups at least half of whose sentences were trained on, whatever the groups are called.

    Only sentences of 8 words or more count, since short ones recur; in a group that has none all.
    """
    known = known_sentences(examples, trained_on).tolist()
    if not any(known):
        return frozenset()
    every: defaultdict[str, list[bool]] = defaultdict(list)
    long: defaultdict[str, list[bool]] = defaultdict(list)
    for example, seen in zip(examples, known, strict=True):
        every[example.group].append(seen)
        if len(example.text.split()) >= _LONG:
            long[example.group].append(seen)
    return frozenset(
        group for group, seen in (every | long).items() if sum(seen) >= _KNOWN * len(seen)
    )
