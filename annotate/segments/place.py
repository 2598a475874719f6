"""A mark that may end a sentence, and what stands around it."""

import re

from annotate.segments import abbreviations as words

OPEN = "\"'“‘«„\u201a`([\xa0 "
QUOTES = frozenset("\"'“”‘’»«`")
_WORD = re.compile(r"[^\W\d_]+")
_ATTACHED = re.compile(r"[-–—/(\[\"“&]")
_MOST_TOKEN = 40
_MOST_REST = 160
_LOOK_BACK = 2000


class Place:
    """A mark that may end a sentence, and what stands around it.

    Attributes:
        line, start, at: where the line, the sentence so far and the mark begin.
        mark: the mark or marks, without what closes after them.
        close: what closes after the mark.
        glued: whether no blank follows.
        last: the word before the mark, with the dots inside it.
        rest: what follows, up to a measure; ``inner`` is that without opening marks.
        first: the first character of ``inner``; empty where the line ends.
    """

    __slots__ = (
        "at",
        "close",
        "first",
        "glued",
        "inner",
        "last",
        "line",
        "mark",
        "rest",
        "start",
        "text",
    )  # fmt: skip

    def __init__(
        self,
        text: str,
        found: re.Match[str],
        *,
        line: int,
        start: int,
        end: int,
        after: int,
        limit: int,
    ) -> None:
        at, marked = found.span("mark")
        self.text = text
        self.line = line
        self.start = start
        self.at = at
        self.mark = text[at:marked]
        self.close = text[marked:end]
        self.glued = end == after
        self.rest = text[after : min(limit, after + _MOST_REST)]
        self.inner = self.rest.lstrip(OPEN)
        self.first = self.inner[:1]
        said = text[max(start, at - _MOST_TOKEN) : at].rsplit(None, 1)
        self.last = _ATTACHED.split(said[-1])[-1].lstrip("'‘’") if said else ""

    @property
    def length(self) -> int:
        """Of the sentence so far, without its last mark."""
        return self.at - self.start

    @property
    def said(self) -> str:
        """The last part of the sentence so far, without its last mark."""
        return self.text[max(self.start, self.at - 2 * _MOST_TOKEN) : self.at]

    @property
    def before(self) -> str:
        """The word before the last, with what is attached to it."""
        left = self.said
        return (left[: len(left) - len(self.last)].split() or [""])[-1]

    @property
    def word(self) -> str:
        """The first word of what follows, or nothing."""
        found = _WORD.match(self.inner)
        return found[0] if found else ""

    @property
    def opens(self) -> bool:
        """Whether what follows begins as sentences do, and names hardly ever."""
        word = self.word
        return word in words.OPENERS and not (len(word) == 1 and self.inner[1:2] == ".")

    @property
    def is_plain(self) -> bool:
        """Whether the mark is a full stop, with a blank and then a capital or a digit after it."""
        if self.mark != "." or self.close or self.glued:
            return False
        return self.rest[0].isalnum() and not self.rest[0].islower()

    @property
    def quoted(self) -> bool:
        """Whether a quotation mark closes after the mark."""
        return bool(self.close) and not QUOTES.isdisjoint(self.close)

    @property
    def inside_quotation(self) -> bool:
        """Whether a quotation is open at the mark, as far as the line tells."""
        line = self.text[max(self.line, self.at - _LOOK_BACK) : self.at]
        straight = line.count('"') + line.count("''")
        return line.count("“") > line.count("”") or straight % 2 == 1

    @property
    def ellipsis(self) -> bool:
        """Whether the mark stands for words left out."""
        return "…" in self.mark or ".." in self.mark or self.text[self.at - 2 : self.at] in _SPACED


_SPACED = frozenset({". ", ".\xa0"})
