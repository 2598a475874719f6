"""When a rule fires."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from annotate.rules.book import Rule, RuleBook
from annotate.rules.coded import Numbers, Part
from annotate.rules.context import Surroundings
from annotate.rules.lexicon import Lexicon
from annotate.rules.pattern import END_CODE, compile_pattern
from annotate.rules.required import Present, Required

_REST_OF_SENTENCE = f"[^{END_CODE}]*"
"""After a match: one is enough for a sentence."""


class Condition:
    """The patterns and the context that one rule asks for; what it needs is seen to before."""

    def __init__(
        self, rule: Rule, lexicon: Lexicon, book: RuleBook, required: Required
    ) -> None:  # fmt: skip
        """Compile a rule's patterns.

        Args:
            rule: the rule.
            lexicon: with the words of all rules.
            book: with the rule's phrases and common words.
            required: what its patterns cannot do without.

        Raises:
            ValueError: one is no regular expression.
        """
        self._rule = rule
        self._match = _Patterns(rule.match, lexicon, book, required)
        self._unless = _Patterns(rule.unless, lexicon, book, required)
        self._before = _any_of(rule.before, lexicon, book)

    def hits(
        self, whole: Part, present: Present, numbers: Numbers, around: Surroundings
    ) -> Numbers:  # fmt: skip
        """The numbers of the sentences on which the rule fires.

        Args:
            whole: the batch in codes.
            present: what of that which patterns need each sentence has.
            numbers: the sentences to look at, ascending: those with what the rule needs.
            around: the batch and the context of its sentences.
        """
        if self._before:
            numbers = numbers[around.preceded(numbers)]
        if self._rule.match and len(numbers):
            numbers = numbers[self._match.found(whole, present, numbers)]
        if self._rule.unless and len(numbers):
            numbers = numbers[~self._unless.found(whole, present, numbers)]
        return self._in_context(numbers, around) if len(numbers) else numbers

    def _in_context(self, numbers: Numbers, around: Surroundings) -> Numbers:
        """Those of the sentences whose context is as the rule wants it."""
        rule = self._rule
        if rule.quoted:
            numbers = numbers[around.quoted(numbers)]
        if self._before and len(numbers):
            search = self._before.search
            numbers = numbers[[search(c) is not None for c in around.before(numbers)]]
        if rule.echoes:
            numbers = numbers[around.echoes(numbers) >= rule.echoes]
        return numbers


class _Patterns:
    """Patterns of which any one is enough."""

    def __init__(
        self, patterns: Sequence[str], lexicon: Lexicon, book: RuleBook, required: Required
    ) -> None:
        self._patterns = [
            (
                compile_pattern(f"({book.expanded(each)})", lexicon.codes, then=_REST_OF_SENTENCE),
                required.wanted(each),
            )
            for each in patterns
        ]

    def found(self, whole: Part, present: Present, numbers: Numbers) -> NDArray[np.bool_]:
        """Whether one of them matches, of each of the sentences."""
        found = np.zeros(len(numbers), dtype=np.bool_)
        for pattern, wanted in self._patterns:
            idle = found
            for row, bits in wanted:
                idle = idle | (present[row].take(numbers) & bits != bits)
            asked = np.flatnonzero(~idle)
            if len(asked):
                part = whole.of(numbers.take(asked))
                starts = [match.start() for match in pattern.finditer(part.text)]
                found[asked[np.searchsorted(part.ends, starts, side="right")]] = True
        return found


def _any_of(patterns: Sequence[str], lexicon: Lexicon, book: RuleBook) -> re.Pattern[str] | None:
    if not patterns:
        return None
    either = "|".join(f"({book.expanded(pattern)})" for pattern in patterns)
    return compile_pattern(either, lexicon.codes)
