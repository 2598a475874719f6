"""Text into sentences with exact offsets, behind one interface."""

from annotate.segments.interface import Segment, Segmenter, load_segmenter

__all__ = ["Segment", "Segmenter", "load_segmenter"]
