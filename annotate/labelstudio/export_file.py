"""The file that Label Studio's Export button makes."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from annotate.errors import InputError
from annotate.files import read_text
from annotate.labelstudio.received import Exported

_REMEDY = "Export from Label Studio again, choosing the format JSON."
_LOSSY = (
    "a {} export, which lacks skipped tasks, drafts, relations and the answers that several "
    "annotators gave to one control"
)


def read_export(path: Path) -> list[Exported]:
    """The tasks of a JSON export, with their annotations.

    Raises:
        InputError: the file is missing, or is something else; the message says what.
    """
    content = _parsed(path)
    if not isinstance(content, list) or not content:
        problem = "no list of tasks, so no JSON export of Label Studio"
        raise InputError(path, problem, _REMEDY)
    if not all(isinstance(task, Mapping) for task in content):
        raise InputError(path, "not every entry is a task", _REMEDY)
    if all("data" not in task for task in content):
        flat = any("annotator" in task or "annotation_id" in task for task in content)
        problem = _LOSSY.format("JSON_MIN") if flat else "its entries are no tasks of Label Studio"
        raise InputError(path, problem, _REMEDY)
    for number, task in enumerate(content, start=1):
        if not isinstance(task.get("data"), Mapping):
            raise InputError(path, f"task {number} has no data", _REMEDY)
    if not any("annotations" in task for task in content):
        problem = "it holds tasks without annotations (a file to import, not an export)"
        raise InputError(path, problem, _REMEDY)
    return content


def _parsed(path: Path) -> Any:  # noqa: ANN401  what JSON holds
    text = read_text(path)
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        first = text.partition("\n")[0]
        if "annotation_id" in first or "annotator" in first:
            raise InputError(path, _LOSSY.format("CSV or TSV"), _REMEDY) from None
        raise InputError(path, "not readable as JSON, so no JSON export", _REMEDY) from None
