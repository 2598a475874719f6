"""The cells of a table of shares: what a sentence's article says of outlet, time and the like."""

from collections.abc import Callable
from datetime import date
from typing import Final

from annotate.errors import CellFieldError
from annotate.fields import Part

Cell = tuple[str | None, ...]
"""A value for each field; None where the article does not say."""


def parse_fields(text: str) -> tuple[str, ...]:
    """The fields that ``outlet,month`` names.

    Raises:
        CellFieldError: it names none, one twice, or one that predictions do not carry.
    """
    names = tuple(name.strip() for name in text.split(","))
    for place, name in enumerate(names):
        if name not in FIELDS or name in names[:place]:
            raise CellFieldError(name, tuple(FIELDS), twice=name in FIELDS)
    return names


def cell_of(fields: tuple[str, ...], *, outlet: str | None, part: Part, day: str | None) -> Cell:
    """The cell of a sentence.

    Args:
        fields: names of `FIELDS`.
        outlet: that published the article.
        part: of the article that the sentence stands in.
        day: of publication in UTC, as ``2024-05-31``.
    """
    return tuple(FIELDS[name](outlet, part, day) for name in fields)


def _week(day: str | None) -> str | None:
    if day is None:
        return None
    year, week, _ = date.fromisoformat(day).isocalendar()
    return f"{year}-W{week:02}"


_MONTH: Final = 7
_YEAR: Final = 4

FIELDS: Final[dict[str, Callable[[str | None, Part, str | None], str | None]]] = {
    "outlet": lambda outlet, _part, _day: outlet or None,
    "year": lambda _outlet, _part, day: day and day[:_YEAR],
    "month": lambda _outlet, _part, day: day and day[:_MONTH],
    "week": lambda _outlet, _part, day: _week(day),
    "day": lambda _outlet, _part, day: day,
    "part": lambda _outlet, part, _day: part,
}
"""Their names, and what each is of outlet, part and day. Weeks are those of ISO 8601."""
