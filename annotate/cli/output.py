"""Results to stdout, notes and progress to stderr."""

import json
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any, Protocol

import typer


def show(lines: Iterable[str], data: Mapping[str, Any], *, as_json: bool) -> None:
    """Print a result: its lines for people, or the data as one JSON object for machines."""
    if as_json:
        typer.echo(_printable(json.dumps(data, ensure_ascii=False, indent=2, default=_plain)))
    else:
        for line in lines:
            typer.echo(_printable(line))


def note(message: str) -> None:
    """Say something beside the result, on stderr."""
    typer.echo(_printable(message), err=True)


def table(rows: Iterable[tuple[str, ...]], *, indent: str = "  ") -> Iterator[str]:
    """Rows as lines with aligned columns; a column whose last cell is a number goes right."""
    cells = [tuple(str(cell) for cell in row) for row in rows]
    columns = list(zip(*cells, strict=True))
    widths = [max(map(len, column)) for column in columns]
    numeric = [column[-1][:1].isdigit() or column[-1][:1] in {"-", "–"} for column in columns]
    for row in cells:
        line = (
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numeric, strict=True)
        )
        yield (indent + "  ".join(line)).rstrip()


def figure(value: float | None) -> str:
    """A score with three digits, or a dash where it is undefined."""
    return "–" if value is None else f"{value:.3f}"


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """``1 article``, ``2 articles``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


class Advance(Protocol):
    """Is told how much is done, and of how much where that is known."""

    def __call__(self, done: int, total: int | None = None) -> None: ...  # noqa: D102


@contextmanager
def progress(description: str, *, rate: bool = False) -> Iterator[Advance]:
    """A progress bar on stderr where that is a terminal, from the first move on.

    Yields the function that moves it.

    Args:
        description: of what is counted.
        rate: whether to show how many there are a second.
    """
    if not sys.stderr.isatty():
        yield _silent
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TaskID,
        TextColumn,
        TimeRemainingColumn,
    )

    left = TimeRemainingColumn(elapsed_when_finished=True)
    columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), left]
    if rate:
        columns.append(TextColumn("{task.fields[rate]}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        jobs: list[TaskID] = []

        def advance(done: int, total: int | None = None) -> None:
            if not jobs:  # its clock starts with the first move
                jobs.append(bar.add_task(description, rate=""))
            speed = bar.tasks[0].speed
            shown = f"{speed:,.0f}/s" if speed else ""
            bar.update(jobs[0], completed=done, total=total, rate=shown)

        yield advance


def _silent(done: int, total: int | None = None) -> None:
    """Where nobody watches."""


def own_name() -> str:
    """What to type to run this program: its name, or its path where the name is not found."""
    program = Path(sys.argv[0])
    if shutil.which(program.name) or not program.is_absolute():
        return program.name
    here = Path.cwd()
    return str(program.relative_to(here) if program.is_relative_to(here) else program)


def _printable(text: str) -> str:
    """The text without lone surrogates, which file names of other encodings bring."""
    return text.encode("utf-8", "replace").decode()


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, frozenset | set):
        return sorted(value)
    return str(value)
