"""Cue rules: what a sentence reports, by the words it uses and where they stand."""

from annotate.rules.book import Rule, RuleBook
from annotate.rules.labelling import Cues, Rules, Verdict
from annotate.rules.precision import Precision
from annotate.rules.spans import SpanFinder

__all__ = ["Cues", "Precision", "Rule", "RuleBook", "Rules", "SpanFinder", "Verdict"]
