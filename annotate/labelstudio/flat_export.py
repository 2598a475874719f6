"""Label Studio's flat exports (JSON_MIN, CSV, TSV) in the form of a JSON export.

They hold one row an annotation. They do not say which tasks were skipped or begun, nor which
annotation came from a pre-label, and spans lose what connects them.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotate.errors import InputError
from annotate.labelstudio.config import FLAGS, LABEL, SPANS
from annotate.labelstudio.convert import ID
from annotate.labelstudio.exported import Exported

REMEDY = "Export from Label Studio again, choosing the format JSON."

_ALWAYS = ("annotation_id", "annotator", "created_at", "updated_at")
_DATA = (ID, "text", "before", "after", "headline", "outlet", "published")
_OURS = "annotate_"
"""How fields begin that a push adds to a task's data for itself."""
_KNOWN = frozenset({"id", "lead_time", LABEL, FLAGS, SPANS, *_DATA, *_ALWAYS})

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a flat export, and its format."""

    kind: str
    rows: Sequence[Row]

    def tasks(self, path: Path) -> list[Exported]:
        """The tasks with their annotations, as in a JSON export.

        Args:
            path: the file, for messages.

        Raises:
            InputError: the table lacks something that a JSON export would say.
        """
        self._check(path)
        tasks: dict[tuple[str, ...], dict[str, Any]] = {}
        for row in self.rows:
            key = tuple(str(row.get(name)) for name in ("id", ID, "text"))
            data = {name: row[name] for name in _DATA if name in row}
            task = tasks.setdefault(key, {"data": data, "annotations": []})
            if row.get("annotation_id"):
                task["annotations"].append(_annotation(row))
        return list(tasks.values())

    def _check(self, path: Path) -> None:
        names = {str(name) for row in self.rows for name in row}
        problem = None
        if missing := [name for name in _ALWAYS if name not in names]:
            problem = f"without {missing[0]}, so not as Label Studio makes it"
        elif any(row.get(SPANS) for row in self.rows):
            problem = "with spans, which lacks the relations between them"
        elif strange := sorted(n for n in names - _KNOWN if not n.startswith(_OURS)):
            problem = (
                f"with {strange[0]!r}, of which it does not say whether it is an answer or part "
                "of the task"
            )
        if problem:
            raise InputError(path, f"a {self.kind} export {problem}", REMEDY)


def read_table(text: str) -> Table | None:
    """A CSV or TSV export; None if the text is something else."""
    header = text.partition("\n")[0]
    tabs = header.count("\t") > header.count(",")
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter="\t" if tabs else ",")
    try:
        rows = [
            row | {name: _unpacked(row[name]) for name in (LABEL, FLAGS) if row.get(name)}
            for row in reader
        ]
    except csv.Error:
        return None
    if not {"annotation_id", "annotator"} & set(reader.fieldnames or ()):
        return None
    return Table("TSV" if tabs else "CSV", rows)


def _annotation(row: Row) -> dict[str, Any]:
    return {
        "id": row["annotation_id"],
        "completed_by": _person(row.get("annotator")),
        "created_at": row.get("created_at"),
        "updated_at": row.get("updated_at"),
        "lead_time": _seconds(row.get("lead_time")),
        "was_cancelled": False,
        "result": [item for name in (LABEL, FLAGS) for item in _items(name, row.get(name))],
    }


def _items(control: str, value: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    """The answers of a control: one choice as text, several in a mapping."""
    if value in (None, ""):
        return
    for answer in value if isinstance(value, list) else [value]:
        several = answer.get("choices") if isinstance(answer, Mapping) else [answer]
        yield {"from_name": control, "type": "choices", "value": {"choices": several}}


def _unpacked(cell: str) -> Any:  # noqa: ANN401  what JSON holds
    """Several choices, which a cell holds as JSON; a name that only looks so stays what it is."""
    try:
        found = json.loads(cell) if cell[0] in "{[" else cell
    except (ValueError, RecursionError):
        return cell
    answers = found if isinstance(found, list) else [found]
    made = all(isinstance(each, str) or _is_choices(each) for each in answers)
    return found if answers and made else cell


def _is_choices(value: Any) -> bool:  # noqa: ANN401  what JSON holds
    return isinstance(value, Mapping) and set(value) == {"choices"}


def _person(annotator: object) -> object:
    """Who annotated, as a JSON export says it: a number, or a mapping with an address."""
    if not isinstance(annotator, str):
        return annotator
    if annotator.isdecimal():
        return int(annotator)
    return {"email": annotator} if "@" in annotator else None


def _seconds(cell: object) -> object:
    try:
        return float(cell) if isinstance(cell, str) else cell
    except ValueError:
        return None
