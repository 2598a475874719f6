"""When a rule fires."""

import re
from collections.abc import Sequence

import numpy as np

from annotate.rules.book import Rule, RuleBook
from annotate.rules.coded import Numbers, Part
from annotate.rules.context import Surroundings
from annotate.rules.lexicon import Lexicon
from annotate.rules.pattern import END_CODE, compile_pattern

_REST_OF_SENTENCE = f"[^{END_CODE}]*"
"""After a match: one is enough for a sentence."""


class Condition:
    """The patterns and the context that one rule asks for; what it needs is seen to before."""

    def __init__(self, rule: Rule, lexicon: Lexicon, book: RuleBook) -> None:
        """Compile a rule's patterns.

        Args:
            rule: the rule.
            lexicon: with the words of all rules.
            book: with the rule's phrases and common words.

        Raises:
            ValueError: one is no regular expression.
        """
        self._rule = rule
        self._match = _each_of(rule.match, lexicon, book)
        self._unless = _each_of(rule.unless, lexicon, book)
        self._before = _any_of(rule.before, lexicon, book)

    def hits(self, whole: Part, numbers: Numbers, around: Surroundings) -> Numbers:
        """The numbers of the sentences on which the rule fires.

        Args:
            whole: the batch in codes.
            numbers: the sentences to look at: those with what the rule needs.
            around: the batch and the context of its sentences.
        """
        if self._before:
            numbers = numbers[around.preceded(numbers)]
        if not len(numbers):
            return numbers
        if self._match or self._unless:
            numbers = numbers[self._matches(whole.of(numbers))]
        return self._in_context(numbers, around)

    def _matches(self, part: Part) -> Numbers:
        """Places in a part of the sentences that match."""
        found: Numbers = np.arange(len(part.ends))
        if self._match:
            found = _with_any(self._match, part)
        if self._unless and len(found):
            found = np.delete(found, _with_any(self._unless, part.of(found)))
        return found

    def _in_context(self, numbers: Numbers, around: Surroundings) -> Numbers:
        """Those of the sentences whose context is as the rule wants it."""
        rule = self._rule
        if rule.quoted:
            numbers = numbers[around.quoted(numbers)]
        if self._before and len(numbers):
            search = self._before.search
            numbers = numbers[[search(c) is not None for c in around.before(numbers)]]
        if rule.echoes:
            numbers = numbers[[around.echoes(n) >= rule.echoes for n in numbers.tolist()]]
        return numbers


def _with_any(patterns: Sequence[re.Pattern[str]], part: Part) -> Numbers:
    """Places in a part of the sentences that match one of some patterns."""
    starts = [match.start() for pattern in patterns for match in pattern.finditer(part.text)]
    found: Numbers = np.unique(np.searchsorted(part.ends, starts, side="right"))
    return found


def _each_of(patterns: Sequence[str], lexicon: Lexicon, book: RuleBook) -> list[re.Pattern[str]]:
    return [
        compile_pattern(f"({book.expanded(pattern)})", lexicon.codes, then=_REST_OF_SENTENCE)
        for pattern in patterns
    ]


def _any_of(patterns: Sequence[str], lexicon: Lexicon, book: RuleBook) -> re.Pattern[str] | None:
    if not patterns:
        return None
    either = "|".join(f"({book.expanded(pattern)})" for pattern in patterns)
    return compile_pattern(either, lexicon.codes)
