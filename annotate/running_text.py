"""Sentences of articles as they follow one another: what stands around each is among them.

A sentence of an article is read by itself and again as the context of its neighbours. Who labels a
whole archive holds each once, here, and says by number which sentences are the context of which.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple, Self, overload

import numpy as np
from numpy.typing import NDArray

from annotate.fields import Input, Kind

Numbers = NDArray[np.int64]
LONGEST: Final = 8_000
"""Characters of a text that models need to look at, and of a context that is put together."""
_BLANKS: Final = " \t\n\u00a0"
_USUAL: Final = frozenset({" ", "\n", "\n\n"})
_APOSTROPHES: Final = frozenset("'’")


class Divided(NamedTuple):
    """An article in its parts.

    Attributes:
        text: of the article.
        title: of the article, if it has one.
        with_title: whether the headline is labelled too; it comes first then, without context.
        units: its sentences ``(start, end, kind)``, in order, ``[start, end)`` code points.
    """

    text: str
    title: str | None
    with_title: bool
    units: Sequence[tuple[int, int, Kind]]


@dataclass(frozen=True, slots=True, eq=False)
class RunningText(Sequence[Input]):
    """All sentences of some articles, in order; as a sequence, what a model may look at of each.

    Attributes:
        texts: of each sentence.
        kinds: of each sentence.
        positions: of each sentence, the share of its article before it; shape (sentences,).
        first: number of the first sentence of the context before each, its own where there is
            none; shape (sentences,).
        last: number after the last sentence of the context after each; shape (sentences,).
        apart: whether the context of a sentence has to be read by itself, since its words and marks
            need not be those of its sentences put together: no blank is between two of them, or
            there is more than blanks, a single mark of quotation and a blank begin one, or it is
            longer than `LONGEST`. Rare; shape (sentences,).
        starts: where each begins in its article, or in the title; shape (sentences,).
        ends: where each ends.
        in_title: whether it is the title; shape (sentences,).
        articles: number of the article of each; shape (sentences,).
        bodies: texts of the articles.
        titles: titles of the articles.
    """

    texts: Sequence[str]
    kinds: Sequence[Kind]
    positions: NDArray[np.float64]
    first: Numbers
    last: Numbers
    apart: NDArray[np.bool_]
    starts: Numbers
    ends: Numbers
    in_title: NDArray[np.bool_]
    articles: Numbers
    bodies: Sequence[str]
    titles: Sequence[str | None]

    @classmethod
    def of(cls, articles: Iterable[Divided], *, before: int, after: int) -> Self:
        """Take all sentences of some articles.

        Args:
            articles: any number.
            before: sentences before one that are its context.
            after: sentences after it.
        """
        gathered = _Gathered()
        for article in articles:
            gathered.add(article)
        return cls(**gathered.numbered(before, after))

    def __len__(self) -> int:
        return len(self.texts)

    @overload
    def __getitem__(self, place: int) -> Input: ...
    @overload
    def __getitem__(self, place: slice) -> list[Input]: ...
    def __getitem__(self, place: int | slice) -> Input | list[Input]:
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self)))]
        number = range(len(self))[place]
        body = self.bodies[article := int(self.articles[number])]
        first, last = int(self.first[number]), int(self.last[number])
        before = body[self.starts[first] : self.starts[number]].rstrip() if first < number else ""
        after = body[self.ends[number] : self.ends[last - 1]].lstrip() if last > number + 1 else ""
        position = float(self.positions[number])
        return Input(
            self.texts[number], before, after, self.titles[article], self.kinds[number], position
        )

    def batches(self, size: int) -> Iterator[Self]:
        """The same in parts of whole articles, of at least so many sentences each but the last."""
        ends = np.append(np.flatnonzero(np.diff(self.articles)) + 1, len(self)).tolist()
        begin = 0
        for end in ends:
            if end > begin and (end - begin >= size or end == ends[-1]):
                yield self if end - begin == len(self) else self._part(begin, end)
                begin = end

    def cut(self, longest: int) -> Self:
        """The same with no sentence longer than so many characters; contexts stay whole."""
        if max(map(len, self.texts), default=0) <= longest:
            return self
        return replace(self, texts=[text[:longest] for text in self.texts])

    def _part(self, begin: int, end: int) -> Self:
        here = slice(begin, end)
        first, last = int(self.articles[begin]), int(self.articles[end - 1])
        return type(self)(
            self.texts[here], self.kinds[here], self.positions[here],
            self.first[here] - begin, self.last[here] - begin, self.apart[here],
            self.starts[here], self.ends[here], self.in_title[here],
            self.articles[here] - first,
            self.bodies[first : last + 1], self.titles[first : last + 1],
        )  # fmt: skip


def _tied(gap: str, text: str) -> bool:
    """Whether a sentence may read otherwise after what stands before it than alone."""
    if not gap or gap.strip(_BLANKS):
        return True
    second = text[1:2]
    return text[0] in _APOSTROPHES and not (second.isalnum() or second in _APOSTROPHES)


@dataclass(slots=True)
class _Gathered:
    """The sentences of articles, one value a sentence or an article in each list."""

    texts: list[str] = field(default_factory=list)
    kinds: list[Kind] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    tied: list[int] = field(default_factory=list)
    """Sentences that may read otherwise after the one before than alone."""
    bodies: list[str] = field(default_factory=list)
    titles: list[str | None] = field(default_factory=list)
    headlines: list[bool] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)

    def add(self, article: Divided) -> None:
        body, title = article.text, article.title
        if article.with_title and title:
            self.texts.append(title)
            self.kinds.append("headline")
            self.starts.append(0)
            self.ends.append(len(title))
        upto = 0
        for start, end, kind in article.units:
            text, gap = body[start:end], body[upto:start]
            if (gap not in _USUAL or text[0] in _APOSTROPHES) and upto and _tied(gap, text):
                self.tied.append(len(self.texts))
            self.texts.append(text)
            self.kinds.append(kind)
            self.starts.append(start)
            self.ends.append(end)
            upto = end
        self.bodies.append(body)
        self.titles.append(title)
        self.headlines.append(bool(article.with_title and title))
        self.counts.append(len(article.units))

    def numbered(self, before: int, after: int) -> dict[str, Any]:
        """The fields of a `RunningText`."""
        headlines = np.array(self.headlines, dtype=np.int64)
        units = np.array(self.counts, dtype=np.int64)
        counts = headlines + units
        articles = np.repeat(np.arange(len(counts)), counts)
        numbers = np.arange(len(articles))
        begins = (np.cumsum(counts) - units).take(articles)  # of each article's first unit
        units = units.take(articles)
        in_body = numbers >= begins
        starts, ends = np.array(self.starts, dtype=np.int64), np.array(self.ends, dtype=np.int64)
        first = np.where(in_body, np.maximum(begins, numbers - before), numbers)
        last = np.where(in_body, np.minimum(begins + units, numbers + after + 1), numbers + 1)
        marked = np.zeros(len(numbers) + 1, dtype=np.int64)
        marked[np.array(self.tied, dtype=np.int64) + 1] = 1
        tied = np.cumsum(marked)
        return {
            "texts": self.texts,
            "kinds": self.kinds,
            "positions": np.where(in_body, (numbers - begins) / np.maximum(units, 1), 0),
            "first": first,
            "last": last,
            "apart": (tied.take(last) > tied.take(first + 1))
            | (ends.take(last - 1) - starts.take(first) > LONGEST),
            "starts": starts,
            "ends": ends,
            "in_title": ~in_body,
            "articles": articles,
            "bodies": self.bodies,
            "titles": self.titles,
        }
