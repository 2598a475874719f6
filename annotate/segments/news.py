"""The default segmenter: lines first, then the sentences of each by our own rules for news."""

from annotate.segments.blocks import blocks
from annotate.segments.boundaries import breaks
from annotate.segments.interface import Segment


def segment_news(text: str) -> list[Segment]:
    """Sentences of a news text.

    A line break always ends a sentence. A quotation of several sentences is divided at each of
    their ends; the closing mark and the attribution after it stay with the sentence before.
    """
    found: list[Segment] = []
    add = found.append
    for block in blocks(text):
        start, limit, kind = block
        if not block.is_whole:
            for end, following in breaks(text, start, limit):
                add(Segment(start, end, kind))
                start = following
        add(Segment(start, limit, kind))
    return found
