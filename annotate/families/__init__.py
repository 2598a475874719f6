"""Families: articles that are the same story text, as wire copies, updates and cut copies are."""

from annotate.families.explaining import Explained, explain
from annotate.families.finding import Families, find_families
from annotate.families.override import OVERRIDE, Override, without
from annotate.families.passages import Passage, shared_passages

__all__ = [
    "OVERRIDE",
    "Explained",
    "Families",
    "Override",
    "Passage",
    "explain",
    "find_families",
    "shared_passages",
    "without",
]
