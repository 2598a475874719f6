"""What a segmenter is."""

from collections.abc import Callable
from dataclasses import dataclass

from annotate.records import Kind


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence, or a line that stands for itself: ``[start, end)`` in code points of the text.

    It neither begins nor ends with white space.
    """

    start: int
    end: int
    kind: Kind = "body"


Segmenter = Callable[[str], list[Segment]]
"""Text to its segments, in order and without overlap."""
