"""When a rule fires."""

import re
from collections.abc import Mapping, Sequence

import numpy as np

from annotate.rules.book import Rule, RuleBook
from annotate.rules.coded import Answers, Coded, Numbers
from annotate.rules.context import Surroundings
from annotate.rules.lexicon import Lexicon
from annotate.rules.pattern import END_CODE, compile_pattern

_REST_OF_SENTENCE = f"[^{END_CODE}]*"
"""After a match: one is enough for a sentence."""


class Condition:
    """The patterns and the context that one rule asks for; what it needs is seen to before."""

    def __init__(
        self, rule: Rule, lexicon: Lexicon, book: RuleBook, rows: Mapping[str, int]
    ) -> None:  # fmt: skip
        """Compile a rule's patterns.

        Args:
            rule: the rule.
            lexicon: with the words of all rules.
            book: with the rule's phrases and common words.
            rows: of each pattern, the row of `kept` in `hits` that is about it.

        Raises:
            ValueError: one is no regular expression.
        """
        self._rule = rule
        self._match = _Patterns(rule.match, lexicon, book, rows)
        self._unless = _Patterns(rule.unless, lexicon, book, rows)
        self._before = _any_of(rule.before, lexicon, book)

    def hits(
        self, coded: Coded, kept: Answers, asked: Answers, around: Surroundings
    ) -> Numbers:  # fmt: skip
        """The numbers of the sentences on which the rule fires.

        Args:
            coded: the batch in codes.
            kept: which sentences have what a pattern cannot do without.
            asked: which sentences to look at: those with what the rule needs.
            around: the batch and the context of its sentences.
        """
        numbers = np.flatnonzero(asked)
        if self._rule.match:
            numbers = numbers[self._match.found(coded, kept, numbers)]
        if self._rule.unless:
            numbers = numbers[~self._unless.found(coded, kept, numbers)]
        return self._in_context(numbers, around) if len(numbers) else numbers

    def _in_context(self, numbers: Numbers, around: Surroundings) -> Numbers:
        """Those of the sentences whose context is as the rule wants it."""
        rule = self._rule
        if rule.quoted:
            numbers = numbers[around.quoted(numbers)]
        if self._before:
            numbers = numbers[around.preceded(numbers)]
        if self._before and len(numbers):
            search = self._before.search
            numbers = numbers[[search(c) is not None for c in around.before(numbers)]]
        if rule.echoes:
            numbers = numbers[around.echoes(numbers) >= rule.echoes]
        return numbers


class _Patterns:
    """Patterns of which any one is enough."""

    def __init__(
        self, patterns: Sequence[str], lexicon: Lexicon, book: RuleBook, rows: Mapping[str, int]
    ) -> None:
        self._patterns = [
            (
                compile_pattern(f"({book.expanded(each)})", lexicon.codes, then=_REST_OF_SENTENCE),
                rows[each],
            )
            for each in patterns
        ]

    def found(self, coded: Coded, kept: Answers, numbers: Numbers) -> Answers:
        """Whether one of them matches in each of these sentences."""
        found = np.zeros(len(coded.ends), dtype=np.bool_)
        for pattern, row in self._patterns:
            asked = numbers[kept[row].take(numbers) & ~found.take(numbers)].tolist()
            if asked:
                found[coded.matching(pattern, asked)] = True
        return found.take(numbers)


def _any_of(patterns: Sequence[str], lexicon: Lexicon, book: RuleBook) -> re.Pattern[str] | None:
    if not patterns:
        return None
    either = "|".join(f"({book.expanded(pattern)})" for pattern in patterns)
    return compile_pattern(either, lexicon.codes)
