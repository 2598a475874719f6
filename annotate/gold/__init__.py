"""From several annotators' labels to the decided one."""

from annotate.gold.dawid_skene import dawid_skene
from annotate.gold.deciding import METHODS, Decided, VoteMethod, decide
from annotate.gold.mace import mace
from annotate.gold.majority import majority
from annotate.gold.votes import VoteTable

__all__ = [
    "METHODS", "Decided", "VoteMethod", "VoteTable", "dawid_skene", "decide", "mace", "majority",
]  # fmt: skip
