"""From several annotators' labels to the decided one."""

from annotate.gold.majority import majority

__all__ = ["majority"]
