"""What a reading is told beforehand, and where it says what it took for granted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from annotate.documents.fieldnames import FieldNames, parse_map
from annotate.documents.remarks import Remarks
from annotate.errors import ZoneError


def _nobody(_file: Path) -> None:
    """Is told of a file, and does nothing; unlike a lambda it can be sent to other processes."""


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """How files are read.

    Attributes:
        names: the names of fields that were given, and the guesses for the rest.
        zone: of dates that name none.
        remarks: what was taken for granted; filled while reading.
        on_read: told of each file that gave an article, once it is read; where it raises an
            `OSError`, the file counts as one that cannot be read.
    """

    names: FieldNames = field(default_factory=FieldNames)
    zone: tzinfo = UTC
    remarks: Remarks = field(default_factory=Remarks)
    on_read: Callable[[Path], None] = _nobody


def reading_options(mapping: Sequence[str], zone: str) -> ReadingOptions:
    """The options that a command line gives.

    Args:
        mapping: as `annotate.documents.fieldnames.parse_map` takes it.
        zone: name of a time zone, as ``Europe/Paris``.

    Raises:
        MappingError: the mapping names no field of ours.
        ZoneError: there is no such zone.
    """
    try:
        found: tzinfo = UTC if zone == "UTC" else ZoneInfo(zone)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise ZoneError(zone) from None
    return ReadingOptions(FieldNames(parse_map(mapping)), found)
