"""When a rule fires."""

import re
from collections.abc import Sequence

import numpy as np

from annotate.rules.book import Rule, RuleBook
from annotate.rules.coded import Numbers, Part
from annotate.rules.context import Surroundings, in_quotation
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
        self._match = [
            compile_pattern(f"({book.expanded(pattern)})", lexicon.codes, then=_REST_OF_SENTENCE)
            for pattern in rule.match
        ]
        self._unless = _any_of(rule.unless, lexicon, book)
        self._before = _any_of(rule.before, lexicon, book)

    def hits(self, whole: Part, numbers: Numbers, around: Surroundings) -> Numbers:
        """The numbers of the sentences on which the rule fires.

        Args:
            whole: the batch in codes.
            numbers: the sentences to look at: those with what the rule needs.
            around: the batch and the context of its sentences.
        """
        if self._before:
            numbers = numbers[[around.batch[n].before != "" for n in numbers.tolist()]]
        if not len(numbers):
            return numbers
        if self._match or self._unless:
            numbers = numbers[self._matches(whole.of(numbers))]
        return self._in_context(numbers, around)

    def _matches(self, part: Part) -> Numbers:
        """Places in a part of the sentences that match."""
        found: Numbers = np.arange(len(part.ends))
        if self._match:
            starts = [m.start() for p in self._match for m in p.finditer(part.text)]
            found = np.unique(np.searchsorted(part.ends, starts, side="right"))
        if self._unless is None:
            return found
        search, text = self._unless.search, part.text
        spans = zip(part.begins[found].tolist(), part.ends[found].tolist(), strict=True)
        return found[[search(text, begin, end + 1) is None for begin, end in spans]]

    def _in_context(self, numbers: Numbers, around: Surroundings) -> Numbers:
        """Those of the sentences whose context is as the rule wants it."""
        rule = self._rule
        if rule.quoted:
            numbers = numbers[[in_quotation(around.batch[n].before) for n in numbers.tolist()]]
        if rule.echoes:
            numbers = numbers[[around.echoes(n) >= rule.echoes for n in numbers.tolist()]]
        if self._before and len(numbers):
            search = self._before.search
            numbers = numbers[[search(c) is not None for c in around.before(numbers.tolist())]]
        return numbers


def _any_of(patterns: Sequence[str], lexicon: Lexicon, book: RuleBook) -> re.Pattern[str] | None:
    if not patterns:
        return None
    either = "|".join(f"({book.expanded(pattern)})" for pattern in patterns)
    return compile_pattern(either, lexicon.codes)
