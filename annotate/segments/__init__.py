"""Text into sentences with exact offsets, behind one interface."""

from annotate.segments.interface import Segment, Segmenter
from annotate.segments.loading import load_segmenter

__all__ = ["Segment", "Segmenter", "load_segmenter"]
