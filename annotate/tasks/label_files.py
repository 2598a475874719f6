"""Pre-labels from a file: what any other system says of the sentences of this workspace."""

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from annotate import jsonl
from annotate.errors import InputError
from annotate.jsonl import explain
from annotate.predictions import prediction_of
from annotate.records import Document, Located, Part, Prediction, Share, Task
from annotate.scheme import Scheme
from annotate.tables import csv_rows
from annotate.tasks.prelabels import prelabelled
from annotate.text import normalise

_SCORE: Final = "score_"
"""Beginning of the names of CSV columns that hold the score of one label."""
_ROUNDING: Final = 1e-3
"""How far from 1 scores may sum: other systems write a few digits."""

Pair = tuple[Document, Task]
Content = tuple[int, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class FileLabels:
    """The pre-labels of a file, and the lines that are of none of the tasks."""

    predictions: list[Prediction]
    unmatched: tuple[str, ...]
    """``file:line: why``, a line each."""


class _Row(BaseModel):
    """One line; fields that are not named here are the other system's own business."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    label: Annotated[str, Field(min_length=1)]
    id: Annotated[str | None, BeforeValidator(lambda v: None if v is None else str(v))] = None
    task_id: str | None = None
    document_id: str | None = None
    part: Part = "body"
    start: int | None = None
    end: int | None = None
    text: str | None = None
    score: Share | None = None
    scores: dict[str, Share] = {}
    model: str | None = None
    reason: str | None = None


def read_labels(path: Path, pairs: Iterable[Pair], *, scheme: Scheme) -> FileLabels:
    """Read the labels of another system.

    A line says which sentence it is about by ``id`` or ``task_id``, by ``document_id``, ``start``
    and ``end`` (and ``part``), or by its ``text`` where that stands in one place only; the first
    of these that leads to a task counts.

    Args:
        path: a ``.jsonl`` or ``.csv`` file with ``label``, one of the above, and where known
            ``score`` or ``scores`` (in CSV ``score_LABEL``), ``model`` and ``reason``.
        pairs: the tasks with their documents.
        scheme: the labels that there are.

    Raises:
        InputError: the file is missing, empty, of another kind or not readable, its lines are of
            several models, or two of them disagree on one sentence; names the line.
        UnknownLabelError: a label is not in the scheme; names the line.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        remedy = f"Use one of {', '.join(_READERS)}."
        raise InputError(path, f"labels are not read from {path.suffix or 'such'} files", remedy)
    tasks = _Tasks(prelabelled(pairs))
    found: dict[str, tuple[Prediction, int]] = {}
    unmatched: list[str] = []
    model: str | None = None
    for line, content in reader(path):
        row = _row(path, line, content, scheme)
        name = row.model or path.stem
        if name != (model := model or name):
            problem = f"line {line}: a label of {name!r} after those of {model!r}"
            raise InputError(path, problem, "Give the labels of each model a file of their own.")
        scores = _scores(path, line, row, scheme)
        pair = tasks.find(row)
        if isinstance(pair, str):
            unmatched.append(f"{path}:{line}: {pair}")
            continue
        made = _prediction(row, pair, model=name, scores=scores)
        before, earlier = found.setdefault(made.id, (made, line))
        if before.label != made.label:
            problem = f"line {line}: says {made.label!r}, line {earlier} {before.label!r} of it"
            raise InputError(path, problem, "Keep one of them.")
    if model is None:
        raise InputError(path, "there is no label in it", "Check the path.")
    return FileLabels([made for made, _ in found.values()], tuple(unmatched))


class _Tasks:
    """Tasks by everything that a line may name them by."""

    def __init__(self, pairs: Iterable[Pair]) -> None:
        self._by_place: dict[tuple[str, Part, int, int], Pair] = {}
        self._by_text: dict[str, Pair | None] = {}
        for pair in pairs:
            task = pair[1]
            self._by_place[task.document_id, task.part, task.start, task.end] = pair
            text = _plain(task.text)
            self._by_text[text] = None if text in self._by_text else pair

    def find(self, row: _Row) -> Pair | str:
        """The task that a line is about, or why there is none."""
        for name in (row.task_id, row.id):
            place = Located.place_of(name or "")
            if place and (pair := self._by_place.get(place[:4])):
                return pair
        if row.document_id is not None and row.start is not None and row.end is not None:
            at = (row.document_id, row.part, row.start, row.end)
            if pair := self._by_place.get(at):
                return pair
        if row.text is None:
            return "no task has this id or place"
        if (text := _plain(row.text)) not in self._by_text:
            return "no task has this text"
        return self._by_text[text] or "this text stands in several places"


def _prediction(row: _Row, pair: Pair, *, model: str, scores: dict[str, float]) -> Prediction:
    document, task = pair
    return prediction_of(
        document, task, label=row.label, model=model, scores=scores, reason=row.reason
    )


def _row(path: Path, line: int, content: dict[str, Any], scheme: Scheme) -> _Row:
    try:
        row = _Row.model_validate(content)
    except ValidationError as error:
        problem = f"line {line}: {explain(error)}"
        raise InputError(path, problem, "Correct that line.") from None
    for label in (row.label, *row.scores):
        scheme.check_label(label, f"{path}:{line}")
    return row


def _scores(path: Path, line: int, row: _Row, scheme: Scheme) -> dict[str, float]:
    """A score for each label of the scheme, or none where the line has none."""
    if row.scores:
        total = math.fsum(row.scores.values())
        if abs(total - 1) > _ROUNDING or row.label not in row.scores:
            problem = f"line {line}: the scores of all labels must sum to 1 (they sum to {total:g})"
            raise InputError(path, problem, "Correct that line, or give a `score` alone.")
        return {label: row.scores.get(label, 0.0) / total for label in scheme.label_names}
    if row.score is None:
        return {}
    rest = (1 - row.score) / (len(scheme.label_names) - 1)
    return {label: row.score if label == row.label else rest for label in scheme.label_names}


def _plain(text: str) -> str:
    return " ".join(normalise(text).text.split())


def _jsonl(path: Path) -> Iterator[Content]:
    for line in jsonl.lines(path):
        try:
            content = json.loads(line.text) if line.problem is None else None
        except (ValueError, RecursionError) as error:
            problem = f"line {line.number}: not JSON ({error})"
            raise InputError(path, problem, "Correct that line.") from None
        if not isinstance(content, dict):
            problem = f"line {line.number}: {line.problem or 'no JSON object'}"
            raise InputError(path, problem, "Correct that line.")
        yield line.number, {name: value for name, value in content.items() if value is not None}


def _csv(path: Path) -> Iterator[Content]:
    for line, cells in csv_rows(path):
        scores = {
            name.removeprefix(_SCORE): cell
            for name, cell in cells.items()
            if name.startswith(_SCORE)
        }
        yield line, cells | ({"scores": scores} if scores else {})


_READERS: Final[Mapping[str, Callable[[Path], Iterator[Content]]]] = {
    ".jsonl": _jsonl,
    ".csv": _csv,
}
