"""Numbers with their nouns, for the lines that plans and results are told in."""

from collections.abc import Sequence


def counted(number: int, noun: str) -> str:
    """``1 task``, ``2 tasks``: a number of things whose plural ends in s."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def some(names: Sequence[str], most: int = 5) -> str:
    """The first names, and how many more there are."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
