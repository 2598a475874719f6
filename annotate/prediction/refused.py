"""Errors that are told in one line, in a form that can be sent between processes."""

from dataclasses import dataclass
from typing import Self

from annotate.errors import AnnotateError


@dataclass(frozen=True, slots=True)
class Refused:
    """What an error said; most such errors cannot be sent as they are.

    Attributes:
        message: its words.
        exit_code: of an error raised on purpose; None of one of the system, such as a full disk.
        number: by which the system knows the latter.
        filename: the file that it is about, where that is known.
    """

    message: str
    exit_code: int | None = None
    number: int | None = None
    filename: str | None = None

    @classmethod
    def of(cls, error: AnnotateError | OSError) -> Self:
        """What an error says."""
        if isinstance(error, AnnotateError):
            return cls(str(error), error.exit_code)
        filename = None if error.filename is None else str(error.filename)
        return cls(error.strerror or str(error), None, error.errno, filename)

    def error(self) -> AnnotateError | OSError:
        """The error, for being raised again."""
        if self.exit_code is None:
            return OSError(self.number, self.message, self.filename)
        error = AnnotateError(self.message)
        error.exit_code = self.exit_code
        return error
