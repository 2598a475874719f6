"""The file that Label Studio's Export button makes, zipped or not."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotate.errors import InputError
from annotate.labelstudio.exported import Exported
from annotate.labelstudio.flat_export import REMEDY, Table, read_table
from annotate.labelstudio.zipped import export_in

_LOSSY = (
    "a {} export, which lacks skipped tasks, drafts, relations and the answers that several "
    "annotators gave to one control"
)


@dataclass(frozen=True, slots=True)
class ExportFile:
    """The tasks of an export with their annotations, and its format.

    A ``flat`` one says less than JSON: skips, drafts and pre-labels are not in it.
    """

    tasks: list[Exported]
    kind: str
    flat: bool = False


def read_export(path: Path) -> ExportFile:
    """Read an export in the format JSON, JSON_MIN, CSV or TSV.

    Raises:
        InputError: the file is missing, is something else, or lacks what a JSON export would say;
            the message says what.
    """
    content = _content(path)
    if isinstance(content, Table):
        return ExportFile(content.tasks(path), content.kind, flat=True)
    return ExportFile(content, "JSON")


def read_json_export(path: Path) -> list[Exported]:
    """The tasks of a JSON export, with their annotations.

    Raises:
        InputError: the file is missing, or is something else; the message says what.
    """
    content = _content(path)
    if isinstance(content, Table):
        raise InputError(path, _LOSSY.format(content.kind), REMEDY)
    return content


def _content(path: Path) -> list[Exported] | Table:
    content = _parsed(path)
    if isinstance(content, Table):
        return content
    if not isinstance(content, list) or not content:
        problem = "no list of tasks, so no JSON export of Label Studio"
        raise InputError(path, problem, REMEDY)
    if not all(isinstance(task, Mapping) for task in content):
        raise InputError(path, "not every entry is a task", REMEDY)
    if all("data" not in task for task in content):
        if any("annotator" in task or "annotation_id" in task for task in content):
            return Table("JSON_MIN", content)
        raise InputError(path, "its entries are no tasks of Label Studio", REMEDY)
    _check_tasks(path, content)
    return content


def _check_tasks(path: Path, content: Iterable[Exported]) -> None:
    for number, task in enumerate(content, start=1):
        if not isinstance(task.get("data"), Mapping):
            raise InputError(path, f"task {number} has no data", REMEDY)
    if not any("annotations" in task for task in content):
        problem = "it holds tasks without annotations (a file to import, not an export)"
        raise InputError(path, problem, REMEDY)


def _parsed(path: Path) -> Any:  # noqa: ANN401  what JSON holds, or a table
    try:
        text = export_in(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(path, "not a UTF-8 text file", "Save it as UTF-8.") from None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        table = read_table(text)
        if table is None:
            problem = "not readable as JSON, so no JSON export"
            raise InputError(path, problem, REMEDY) from None
        return table
