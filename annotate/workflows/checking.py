"""Every problem of a record file at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from annotate import jsonl
from annotate.errors import InputError, UnknownLabelError
from annotate.jsonl import explain
from annotate.records import (
    RECORDS,
    Annotation,
    Document,
    Example,
    GoldLabel,
    Prediction,
    Record,
    Task,
)
from annotate.scheme import Scheme
from annotate.workspace import PRELABELS, Workspace


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of checking one file."""

    path: Path
    record: str
    lines: int
    problems: tuple[str, ...]
    """Each begins with ``file:line``."""


def record_files(workspace: Workspace) -> list[Path]:
    """The record files that a workspace holds."""
    files = [workspace.path(record) for record in RECORDS]
    return [path for path in (*files, workspace.prelabels) if path.is_file()]


def check_places(workspace: Workspace) -> Iterator[str]:
    """Tasks whose text does not stand in their document where they say; a line each."""
    if not (workspace.has(Task) and workspace.has(Document)):
        return
    documents = {document.id: document for document in workspace.read(Document)}
    for task in workspace.read(Task):
        document = documents.get(task.document_id)
        if document is None:
            yield f"{workspace.path(Task)}: {task.id}: its document is not in documents.jsonl"
        elif document.part(task.part)[task.start : task.end] != task.text:
            yield f"{workspace.path(Task)}: {task.id}: its text is not that of its document"


def check_file(path: Path, *, scheme: Scheme | None, kind: str | None = None) -> Checked:
    """Validate each line of a record file, its labels, and that no id stands twice.

    Args:
        path: a JSON Lines file of one record type.
        scheme: what labels there are; None leaves labels unchecked.
        kind: name of the record type such as ``task``; by default it follows from the file name.

    Raises:
        InputError: the file is missing, or its record type cannot be told.
    """
    if not path.exists():
        raise InputError(path, "no such file", "Check the path.")
    record = _record_type(path, kind)
    problems: list[str] = []
    first: dict[object, int] = {}
    count = 0
    for line in jsonl.lines(path):
        count += 1
        where = f"{path}:{line.number}"
        try:
            found = None if line.problem else record.model_validate_json(line.text)
        except ValidationError as error:
            problems.append(f"{where}: {explain(error)}")
            continue
        if found is None:
            problems.append(f"{where}: {line.problem}")
            continue
        problems += _label_problems(found, where, scheme)
        earlier = first.setdefault(_identity(found), line.number)
        if earlier != line.number:
            problems.append(f"{where}: stands in line {earlier} already")
    return Checked(path, record.__name__, count, tuple(problems))


def _record_type(path: Path, kind: str | None) -> type[Record]:
    if kind is None and path.name == PRELABELS:
        return Prediction
    for record in RECORDS:
        wanted = kind.casefold() == record.__name__.casefold() if kind else False
        if wanted or (kind is None and path.name == record.filename):
            return record
    names = ", ".join(record.__name__.lower() for record in RECORDS)
    raise InputError(path, "its kind of record is not known", f"Say --kind, one of {names}.")


def _identity(record: Record) -> object:
    if isinstance(record, Annotation):
        return record.task_id, record.annotator
    if isinstance(record, GoldLabel):
        return record.task_id
    return getattr(record, "id")  # noqa: B009  all the others have one


def _label_problems(record: Record, where: str, scheme: Scheme | None) -> Iterator[str]:
    if scheme is None:
        return
    try:
        if isinstance(record, Annotation | GoldLabel | Example | Prediction) and record.label:
            scheme.check_label(record.label, where)
        if isinstance(record, Annotation | Prediction):
            scheme.check_marks(record, where)
    except UnknownLabelError as error:
        yield str(error)
