"""Families: articles that are the same story text, as wire copies, updates and cut copies are."""

from annotate.families.finding import Families, compare_two, find_families
from annotate.families.override import OVERRIDE, Override, without
from annotate.families.passages import Passage, shared_passages

__all__ = [
    "OVERRIDE",
    "Families",
    "Override",
    "Passage",
    "compare_two",
    "find_families",
    "shared_passages",
    "without",
]
