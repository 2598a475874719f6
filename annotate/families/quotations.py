"""Which words of a text stand inside quotation marks."""

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotate.families.shingles import SHINGLE, word_pattern

_OPEN, _CLOSE = "“„«", "”“»"
_QUOTED: Final = re.compile(rf'[{_OPEN}][^{_CLOSE}]*|"[^"]*')


def quoted_places(text: str) -> NDArray[np.bool_]:
    """Whether each shingle of a text stands wholly inside quotation marks.

    A quotation ends with its paragraph, since each paragraph of a long one opens anew. Paragraphs
    end at blank lines, and at every line end in a text without blank lines.

    Returns:
        One value for each shingle, shape (words - 2,), in the order of the text.
    """
    starts = np.array([found.start() for found in word_pattern(text).finditer(text)], dtype=int)
    found = quotations(text)
    begins = np.array([begin for begin, _ in found], dtype=int)
    ends = np.array([end for _, end in found], dtype=int)
    which = np.searchsorted(begins, starts, side="right") - 1
    inside = (which >= 0) & (starts < np.append(ends, 0)[which])
    number = np.where(inside, which, -1)
    places = max(0, len(starts) - SHINGLE + 1)
    whole = inside[:places].copy()
    for step in range(1, SHINGLE):
        whole &= number[step : places + step] == number[:places]
    return whole


def quotations(text: str) -> list[tuple[int, int]]:
    """Where each quotation begins and ends."""
    gap = re.compile(r"\n\s*\n" if re.search(r"\n\s*\n", text) else r"\n")
    ends = [*(found.start() for found in gap.finditer(text)), len(text)]
    found: list[tuple[int, int]] = []
    begin = 0
    for end in ends:
        found += [match.span() for match in _QUOTED.finditer(text, begin, end)]
        begin = end
    return found
