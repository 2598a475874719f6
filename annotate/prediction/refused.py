"""Errors raised on purpose, in a form that can be sent from one process to another."""

from dataclasses import dataclass
from typing import Self

from annotate.errors import AnnotateError


@dataclass(frozen=True, slots=True)
class Refused:
    """What an error said; most such errors cannot be sent as they are."""

    message: str
    exit_code: int

    @classmethod
    def of(cls, error: AnnotateError) -> Self:
        """What an error says."""
        return cls(str(error), error.exit_code)

    def error(self) -> AnnotateError:
        """The error, for being raised again."""
        error = AnnotateError(self.message)
        error.exit_code = self.exit_code
        return error
