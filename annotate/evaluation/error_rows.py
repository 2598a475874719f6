"""The rows of the page's table of errors: what is shown of each, and how many there is room for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from annotate.evaluation.error_list import ErrorKind, error_kinds
from annotate.evaluation.results import Evaluation, Scored

_MOST_OF_A_KIND: Final = 100
_BUDGET_BYTES: Final = 1_800_000  # of all errors together
_FRAME_BYTES: Final = 1_100  # the tags around one error
_MARK_BYTES: Final = 30
_LONGEST_TEXT: Final = 1_000
_LONGEST_CONTEXT: Final = 300
_LONGEST_NAME: Final = 200
_SCORES_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class LabelLine:
    """A label and its score in [0, 1]."""

    label: str
    score: float


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text; ``strength`` is 0, or 1 to 3 for a word that mattered."""

    text: str
    strength: int


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """One error as the page shows it, its long texts cut.

    ``scores`` has the highest ones and always those of both labels, in falling order. ``anchor``
    is where a link from the table of confusions leads; only the first error of a kind has one.
    """

    id: str
    group: str
    gold: str
    predicted: str
    score: float | None
    outlet: str
    day: str
    title: str
    before: str
    pieces: tuple[Piece, ...]
    after: str
    scores: tuple[LabelLine, ...]
    anchor: str = ""

    @classmethod
    def of(cls, item: Scored, *, anchor: str = "") -> "ErrorRow":
        """The row of a wrongly labelled example."""
        ranked = sorted(item.scores.items(), key=lambda pair: -pair[1])
        shown = [pair for place, pair in enumerate(ranked) if _is_shown(item, pair[0], place)]
        return cls(
            id=_start_of(item.id, _LONGEST_NAME),
            group=_start_of(item.group, _LONGEST_NAME),
            gold=item.gold,
            predicted=item.predicted,
            score=item.score,
            outlet=_start_of(item.outlet or "", _LONGEST_NAME),
            day=item.published.date().isoformat() if item.published else "",
            title=_start_of(item.title or "", _LONGEST_NAME),
            before=_end_of(item.before, _LONGEST_CONTEXT),
            pieces=tuple(_pieces(item)),
            after=_start_of(item.after, _LONGEST_CONTEXT),
            scores=tuple(LabelLine(*pair) for pair in shown),
            anchor=anchor,
        )

    @property
    def weight_bytes(self) -> int:
        """About how much of the page it takes."""
        names = [self.id, self.group, self.outlet, self.title, self.gold, self.predicted]
        names += [self.gold, self.predicted]  # which stand there twice
        names += [self.before, self.after, *(line.label for line in self.scores)]
        texts = [*names, *(piece.text for piece in self.pieces)]
        marks = _MARK_BYTES * len(self.pieces)
        return _FRAME_BYTES + marks + sum(len(escape(text).encode()) for text in texts)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A kind of error of which the page does not show all."""

    gold: str
    predicted: str
    shown: int
    total: int

    @property
    def left(self) -> int:
        """How many are in ``errors.csv`` alone."""
        return self.total - self.shown


@dataclass(frozen=True, slots=True)
class ErrorTable:
    """The errors that the page shows, those of the most frequent kind first.

    Attributes:
        rows: the errors.
        anchors: where the first error of each (gold, predicted) stands.
        left_out: the kinds of which some are not shown.
    """

    rows: tuple[ErrorRow, ...]
    anchors: dict[tuple[str, str], str]
    left_out: tuple[LeftOut, ...]

    @property
    def dated(self) -> bool:
        """Whether any has a day."""
        return any(row.day for row in self.rows)

    @property
    def named(self) -> bool:
        """Whether any has an outlet."""
        return any(row.outlet for row in self.rows)

    @property
    def scored(self) -> bool:
        """Whether any has a score."""
        return any(row.score is not None for row in self.rows)

    @property
    def marked(self) -> bool:
        """Whether any has words that mattered."""
        return any(piece.strength for row in self.rows for piece in row.pieces)


def error_table(evaluation: Evaluation) -> ErrorTable:
    """The errors of each kind, as many as the page has room for."""
    kinds = error_kinds(evaluation)
    views = [list(_rows(kind, number)) for number, kind in enumerate(kinds, start=1)]
    room = _room_for(views)
    shown = [found[:count] for found, count in zip(views, room, strict=True)]
    pairs = list(zip(kinds, shown, strict=True))
    return ErrorTable(
        rows=tuple(row for found in shown for row in found),
        anchors={(k.gold, k.predicted): found[0].anchor for k, found in pairs if found},
        left_out=tuple(
            LeftOut(kind.gold, kind.predicted, len(found), len(kind.items))
            for kind, found in pairs
            if len(found) < len(kind.items)
        ),
    )


def _rows(kind: ErrorKind, number: int) -> Iterator[ErrorRow]:
    for place, item in enumerate(kind.items[:_MOST_OF_A_KIND]):
        yield ErrorRow.of(item, anchor="" if place else f"errors-{number}")


def _room_for(views: Sequence[Sequence[ErrorRow]]) -> list[int]:
    """How many errors of each kind fit: the first of every kind, then the second, and so on."""
    counts, left = [0] * len(views), _BUDGET_BYTES
    for rank in range(_MOST_OF_A_KIND):
        for number, found in enumerate(views):
            if rank == counts[number] and rank < len(found):
                weight = found[rank].weight_bytes
                if weight <= left:
                    counts[number] += 1
                    left -= weight
    return counts


def _pieces(item: Scored) -> Iterator[Piece]:
    """The text, cut where it is too long, with the words that mattered apart."""
    text, at = _start_of(item.text, _LONGEST_TEXT), 0
    for word in item.words:
        if word.end <= min(len(item.text), _LONGEST_TEXT):
            if word.start > at:
                yield Piece(text[at : word.start], 0)
            yield Piece(text[word.start : word.end], word.strength)
            at = word.end
    if at < len(text):
        yield Piece(text[at:], 0)


def _is_shown(item: Scored, label: str, rank: int) -> bool:
    return rank < _SCORES_SHOWN or label in {item.gold, item.predicted}


def _start_of(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]} …"


def _end_of(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"… {text[-longest:]}"
