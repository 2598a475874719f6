"""Who says it, by which words, and what is said, as spans of a sentence."""

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from annotate.records import Span
from annotate.rules.book import RuleBook
from annotate.rules.lexicon import Lexicon
from annotate.rules.pattern import compile_pattern
from annotate.rules.tokens import Tokens

ROLES: Final[tuple[str, ...]] = ("source", "cue", "content", "target")
"""What a span can be, in the words of the codebook."""


class SpanFinder:
    """Proposes spans by the patterns of a book of rules; the first that matches counts."""

    def __init__(self, book: RuleBook) -> None:
        """Compile the patterns.

        Raises:
            ValueError: one is no regular expression.
        """
        self._lexicon = Lexicon(book.classes, book.atoms)
        self._patterns = [
            compile_pattern(book.expanded(pattern), self._lexicon.codes) for pattern in book.spans
        ]

    def find(self, text: str) -> tuple[Span, ...]:
        """The spans of a sentence in the order of the text; none where no pattern matches."""
        coded = self._lexicon.read([text])
        for pattern in self._patterns:
            if match := pattern.search(coded.text):
                places = {role: match.span(role) for role in ROLES if role in match.groupdict()}
                return tuple(sorted(_spans(places, coded.tokens), key=lambda span: span.start))
        return ()


def _spans(places: Mapping[str, tuple[int, int]], tokens: Tokens) -> Iterator[Span]:
    """Places in the coded sentence, which begins with one code that is no token, as spans."""
    starts_character = (tokens.buffer & 0xC0) != 0x80  # noqa: PLR2004  all but UTF-8's later bytes
    character_at = np.concatenate([[0], np.cumsum(starts_character)])
    for role, (first, after) in places.items():
        if first < after:
            begin, stop = tokens.begins[first - 1], tokens.stops[after - 2]
            yield Span(start=int(character_at[begin]), end=int(character_at[stop]), label=role)
