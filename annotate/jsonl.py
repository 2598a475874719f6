"""Record files: JSON Lines, read as a stream, written whole or not at all."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, TypeVar

from pydantic import ValidationError

from annotate.errors import InputError, RecordError
from annotate.files import atomic_file
from annotate.records import Record

R = TypeVar("R", bound=Record)

MAX_LINE_BYTES = 32 * 2**20
"""Longest line that is read: no article comes near it, and a broken file must not fill memory."""


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a UTF-8 file that hold something, with their numbers from 1.

    Raises:
        InputError: there is no such file.
        RecordError: a line is longer than `MAX_LINE_BYTES` or is not UTF-8.
    """
    try:
        stream = path.open("rb")
    except FileNotFoundError:
        raise InputError(path, "no such file", "Check the path.") from None
    with stream:
        for number, line in enumerate(_bounded(stream, path), start=1):
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8").strip()
            except UnicodeDecodeError as error:
                problem = f"not UTF-8 (byte {error.start + 1} of the line)"
                raise RecordError(path, number, problem) from None
            if text:
                yield number, text


def read(path: Path, record: type[R]) -> Iterator[R]:
    """The records of a file, one at a time.

    Raises:
        InputError: there is no such file.
        RecordError: a line is not a valid record; the message names file and line.
    """
    for number, line in lines(path):
        try:
            yield record.model_validate_json(line)
        except ValidationError as error:
            raise RecordError(path, number, explain(error)) from None


def write(path: Path, records: Iterable[Record]) -> int:
    """Write records in place of the file's content; returns how many."""
    count = 0
    with atomic_file(path) as stream:
        for record in records:
            stream.write(record.model_dump_json(exclude_defaults=False) + "\n")
            count += 1
    return count


def explain(error: ValidationError) -> str:
    """The first problem of a validation error in one line."""
    problem = error.errors(include_url=False)[0]
    place = ".".join(str(step) for step in problem["loc"])
    message = problem["msg"].removeprefix("Value error, ")
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return f"{place}: {message}{more}" if place else f"{message}{more}"


def _bounded(stream: IO[bytes], path: Path) -> Iterator[bytes]:
    number = 0
    while line := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(line) > MAX_LINE_BYTES:
            problem = f"longer than {MAX_LINE_BYTES // 2**20} MB, which no record is"
            raise RecordError(path, number, problem)
        yield line
