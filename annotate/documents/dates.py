"""Dates as newsrooms write them, to UTC; what is ambiguous is not guessed."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime

EARLIEST_YEAR, LATEST_YEAR = 1000, 2100
"""Years outside these are stand-ins for "no date", as 0001 and 9999 are, or slips."""

_SECONDS = re.compile(r"(\d{9,10})(?:\.\d+)?", re.ASCII)
_MILLISECONDS = re.compile(r"\d{12,13}", re.ASCII)
_STAMP = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])"
                    r"(?:[0-5]\d)?", re.ASCII)  # fmt: skip
"""Digits that may be seconds or milliseconds since 1970, or a year, month, day, hour and minute."""
_WEEK = re.compile(r"\d{4}-?W\d\d(?!-?\d)", re.ASCII)
"""A week without a day, which is no date; Python would take its Monday."""
_WRITTEN_OUT = ("%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y", "%A, %B %d, %Y", "%A, %d %B %Y")
"""Only forms in which day and month cannot be mistaken for one another."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class YearError(ValueError):
    """A date outside the years that news can be of."""


def parse_time(text: str) -> datetime:
    """A date or time as it is written, with a zone or without.

    Read are ISO 8601, the form of mail and RSS, English dates with the month in letters, and
    seconds or milliseconds since 1970 (which are UTC). Digits that could also be a year, month, day
    and hour are ambiguous, and a week is no date.

    Raises:
        YearError: its year is not within `EARLIEST_YEAR` to `LATEST_YEAR`.
        ValueError: it is none of these forms, or ambiguous.
    """
    text = " ".join(text.split())
    if _STAMP.fullmatch(text) or _WEEK.match(text):
        raise ValueError(text)
    try:
        moment = _since_1970(text) or _iso(text) or _written_out(text)
        moment = moment or parsedate_to_datetime(text)
    except (OverflowError, TypeError, IndexError, AttributeError):
        raise ValueError(text) from None
    if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
        msg = f"lies outside the years {EARLIEST_YEAR} to {LATEST_YEAR}"
        raise YearError(msg)
    return moment


def read_time(text: str, *, zone: tzinfo = UTC) -> datetime:
    """A date or time as UTC; a date alone is midnight, and without a zone it is of ``zone``.

    Raises:
        ValueError: it cannot be read, or its year is out of range (`YearError`).
    """
    return in_utc(parse_time(text), zone=zone)


def in_utc(moment: datetime, *, zone: tzinfo) -> datetime:
    """The moment in UTC; one without a zone is of ``zone``."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _since_1970(text: str) -> datetime | None:
    if found := _SECONDS.fullmatch(text):
        return _EPOCH + timedelta(seconds=int(found[1]))
    if _MILLISECONDS.fullmatch(text):
        return _EPOCH + timedelta(milliseconds=int(text))
    return None


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _written_out(text: str) -> datetime | None:
    for form in _WRITTEN_OUT:
        try:
            return datetime.strptime(text.replace(".", ""), form)
        except ValueError:
            continue
    return None
