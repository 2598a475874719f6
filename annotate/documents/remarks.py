"""What a reading took for granted, to be said once with a count, not once an article."""

from collections.abc import Iterator
from dataclasses import dataclass, field

_MOST = 200
"""Different remarks that are kept, so that their number does not grow with the articles."""


@dataclass(slots=True)
class Remarks:
    """Remarks by their wording, each with how often it was made and where first."""

    found: dict[str, tuple[int, str]] = field(default_factory=dict)
    left_out: int = 0
    """Remarks of wordings beyond the first ones, which are counted only."""

    def add(self, what: str, where: str) -> None:
        """Remark something of a place."""
        count, first = self.found.get(what, (0, where))
        if count or len(self.found) < _MOST:
            self.found[what] = (count + 1, first)
        else:
            self.left_out += 1

    def lines(self) -> Iterator[str]:
        """A line for each remark, in the order in which they came up."""
        for what, (count, first) in self.found.items():
            more = f" and {count - 1:,} more" if count > 1 else ""
            yield in_one_line(f"{first}{more}: {what}")
        if self.left_out:
            yield f"and {self.left_out:,} remarks of other kinds"


def in_one_line(message: str) -> str:
    """A message without the characters of names and fields that break lines or steer terminals."""
    return "".join(c if c.isprintable() else "\ufffd" for c in message)
