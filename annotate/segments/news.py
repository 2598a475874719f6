"""The default segmenter: lines first, then the sentences of each by our own rules for news."""

from bisect import bisect_left

from annotate.segments.blocks import WHOLE, blocks
from annotate.segments.boundaries import MARK, breaks
from annotate.segments.interface import Segment


def segment_news(text: str) -> list[Segment]:
    """Sentences of a news text.

    A line break always ends a sentence. A quotation of several sentences is divided at each of
    their ends; the closing mark and the attribution after it stay with the sentence before.
    """
    found: list[Segment] = []
    add = found.append
    marks = list(MARK.finditer(text))
    places = [mark.start() for mark in marks]
    first = 0
    for block in blocks(text):
        line, limit, kind = block
        start, last = line, bisect_left(places, limit, first)
        if first < last and kind not in WHOLE:
            for end, following in breaks(text, marks[first:last], line, limit):
                add(Segment(start, end, kind))
                start = following
        first = last
        add(block if start == line else Segment(start, limit, kind))
    return found
