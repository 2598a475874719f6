"""Numbers with their nouns, for the lines that plans and results are told in."""


def counted(number: int, noun: str) -> str:
    """``1 task``, ``2 tasks``: a number of things whose plural ends in s."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
