"""The default segmenter: lines first, then nupunkt's sentences, mended at quotation marks."""

import re
from collections.abc import Iterator
from functools import cache

from nupunkt import PunktSentenceTokenizer, load_default_model

from annotate.segments.blocks import Block, blocks
from annotate.segments.interface import Segment

_SAID_NO = re.compile(r"\bno\.\s+(?=[“‘\"']?[A-ZÀ-Þ])")
_CLOSED = re.compile(r"[\"”’»']\s*$")
_EXCLAIMED = re.compile(r"[?!][\"”’»']\s*$")
_ATTRIBUTION = re.compile(
    r"(\S+\s+){1,5}(said|says|asked|asks|added|wrote|replied|cried|shouted|demanded|wondered)\.?$"
)


def segment_news(text: str) -> list[Segment]:
    """Sentences of a news text.

    A line break always ends a sentence. A quotation of several sentences is divided at each of
    their ends; the closing mark and the attribution after it stay with the sentence before.
    """
    return [segment for block in blocks(text) for segment in _sentences(text, block)]


def _sentences(text: str, block: Block) -> list[Segment]:
    if block.is_whole:
        return [Segment(block.start, block.end, block.kind)]
    found: list[Segment] = []
    for start, end in _spans(text[block.start : block.end]):
        sentence = _trimmed(text, block.start + start, block.start + end, block)
        if sentence is None:
            continue
        if found and _continues(text, found[-1], sentence):
            sentence = Segment(found.pop().start, sentence.end, block.kind)
        found.append(sentence)
    return found


def _spans(line: str) -> Iterator[tuple[int, int]]:
    """Sentences by nupunkt, which takes every "no." for the abbreviation of number."""
    for start, end in _tokenizer().spans(line):
        begin = start
        for match in _SAID_NO.finditer(line, start, end):
            yield begin, match.end()
            begin = match.end()
        yield begin, end


def _trimmed(text: str, start: int, end: int, block: Block) -> Segment | None:
    stretch = text[start:end]
    start += len(stretch) - len(stretch.lstrip())
    end -= len(stretch) - len(stretch.rstrip())
    return Segment(start, end, block.kind) if start < end else None


def _continues(text: str, before: Segment, after: Segment) -> bool:
    """Whether a sentence is only the attribution, or the closing mark, of the one before."""
    rest = text[after.start : after.end]
    if not any(character.isalnum() for character in rest):
        return True
    said = text[before.start : before.end]
    if rest[0].islower():
        return _CLOSED.search(said) is not None
    return _EXCLAIMED.search(said) is not None and _ATTRIBUTION.match(rest) is not None


@cache
def _tokenizer() -> PunktSentenceTokenizer:
    return load_default_model()
