"""Record files: JSON Lines, read as a stream, written whole or not at all."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, TypeVar

from pydantic import ValidationError

from annotate.errors import InputError, RecordError
from annotate.files import atomic_file, atomic_path
from annotate.records import Record

R = TypeVar("R", bound=Record)

MAX_LINE_BYTES = 32 * 2**20
"""Longest line that is read: no article comes near it, and a broken file must not fill memory."""


_PLAIN: Final = {
    "extra_forbidden": "there is no such field",
    "missing": "is missing",
    "model_type": "should be an object with fields, as {…}",
    "dict_type": "should be an object with fields, as {…}",
    "tuple_type": "should be a list",
    "list_type": "should be a list",
}
"""What pydantic's types of error are called here; it speaks of models, fields and inputs."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file: its number from 1 and its text, or why it cannot be read."""

    number: int
    text: str
    problem: str | None = None


def lines(path: Path) -> Iterator[Line]:
    """The lines of a UTF-8 file that hold something; a bad line does not end the reading.

    Raises:
        InputError: there is no such file.
    """
    try:
        stream = path.open("rb")
    except FileNotFoundError:
        raise InputError(path, "no such file", "Check the path.") from None
    with stream:
        yield from numbered(stream)


def numbered(stream: IO[bytes]) -> Iterator[Line]:
    """The lines of a stream of UTF-8 that hold something."""
    number = 0
    while raw := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(raw) > MAX_LINE_BYTES:
            if not raw.endswith(b"\n"):
                _skip_line(stream)
            limit = MAX_LINE_BYTES // 2**20
            yield Line(number, "", f"longer than {limit} MB, which no record is")
            continue
        try:
            text = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip()
        except UnicodeDecodeError as error:
            yield Line(number, "", f"not UTF-8 (byte {error.start + 1} of the line)")
            continue
        if text:
            yield Line(number, text)


def explain(error: ValidationError) -> str:
    """The first problem of a validation error in one line."""
    problem = error.errors(include_url=False)[0]
    place = ".".join(str(step) for step in problem["loc"])
    message = problem["msg"].removeprefix("Value error, ")
    message = _PLAIN.get(problem["type"], message.replace("Input should be", "should be", 1))
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return f"{place}: {message}{more}" if place else f"{message}{more}"


def read(
    path: Path, record: type[R], *, in_words: Callable[[ValidationError], str] = explain
) -> Iterator[R]:
    """The records of a file, one at a time.

    Args:
        path: the file.
        record: their type.
        in_words: how a line that is no such record is explained.

    Raises:
        InputError: there is no such file.
        RecordError: a line is not a valid record; the message names file and line.
    """
    for line in lines(path):
        if line.problem:
            raise RecordError(path, line.number, line.problem)
        try:
            yield record.model_validate_json(line.text)
        except ValidationError as error:
            raise RecordError(path, line.number, in_words(error)) from None


def write(path: Path, records: Iterable[Record]) -> int:
    """Write records in place of the file's content; returns how many."""
    count = 0
    with atomic_file(path) as stream:
        for record in records:
            stream.write(record.model_dump_json() + "\n")
            count += 1
    return count


def write_lines(path: Path, lines: Iterable[str]) -> int:
    """Write records that are JSON already, one a line, in place of the file's content."""
    count = 0
    with atomic_file(path) as stream:
        for line in lines:
            stream.write(line + "\n")
            count += 1
    return count


def append(path: Path, records: Iterable[Record]) -> None:
    """Add records to a file, which is made if it is not there: all of them or none."""
    with atomic_path(path) as temporary:
        if path.exists():
            shutil.copyfile(path, temporary)
        with temporary.open("a", encoding="utf-8", newline="\n") as stream:
            stream.writelines(record.model_dump_json() + "\n" for record in records)
            stream.flush()
            os.fsync(stream.fileno())


def _skip_line(stream: IO[bytes]) -> None:
    """Read on to the end of the line."""
    while (rest := stream.readline(MAX_LINE_BYTES)) and not rest.endswith(b"\n"):
        pass
