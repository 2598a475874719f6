"""What a segmenter is."""

from collections.abc import Callable
from typing import NamedTuple

from annotate.records import Kind


class Segment(NamedTuple):
    """A sentence, or a line that stands for itself: ``[start, end)`` in code points of the text.

    It neither begins nor ends with white space.
    """

    start: int
    end: int
    kind: Kind = "body"


Segmenter = Callable[[str], list[Segment]]
"""Text to its segments, in order and without overlap."""
