"""Pre-labels: checked before they are sent, and compared with those that a project holds."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from annotate.errors import SyncError
from annotate.labelstudio.rows import Prelabel, Row

PREDICTIONS = "predictions"
"""Where a task that is sent holds its pre-labels."""


def prelabel_of(task: Mapping[str, Any]) -> Prelabel | None:
    """The pre-label of a task as Label Studio takes it; None where it has none."""
    found = task.get(PREDICTIONS) or ()
    return found[0] if found else None


def digest_of(prelabel: Prelabel) -> str:
    """Digest of a pre-label, the same before it is sent and when it is read back."""
    content = {name: prelabel.get(name) for name in ("model_version", "result", "score")}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def one_model(tasks: Iterable[Mapping[str, Any]]) -> str | None:
    """The model that all pre-labels are of; None where there are none.

    Raises:
        SyncError: they are of several: a project shows those of one only.
    """
    models = {str(found["model_version"]) for task in tasks if (found := prelabel_of(task))}
    if len(models) > 1:
        some = ", ".join(sorted(models)[:3])
        msg = (
            f"The pre-labels are of {len(models)} models ({some}), and Label Studio shows those of "
            "one only. Make them again with `annotate tasks --prelabel`."
        )
        raise SyncError(msg)
    return next(iter(models), None)


def check_prelabels(config: str, tasks: Iterable[Mapping[str, Any]]) -> None:
    """See that a labelling page can show the pre-labels: the server takes any, and hides them.

    Args:
        config: the page.
        tasks: as they are sent; those without a pre-label are passed over.

    Raises:
        SyncError: one cannot be shown; the message names the task and why.
    """
    distinct: dict[str, tuple[str, Prelabel]] = {}
    for task in tasks:
        if prelabel := prelabel_of(task):
            key = json.dumps(prelabel["result"], sort_keys=True)
            distinct.setdefault(key, (str(task["data"].get("annotate_id")), prelabel))
    if not distinct:
        return
    from label_studio_sdk.label_interface.interface import LabelInterface

    page = LabelInterface(config)
    for task_id, prelabel in distinct.values():
        problems = page.validate_prediction(  # type: ignore[no-untyped-call]
            dict(prelabel), return_errors=True
        )
        if problems:
            msg = (
                f"The pre-label of task {task_id} would stay invisible: {_first(problems)}. "
                "Make the pre-labels again with `annotate tasks --prelabel`."
            )
            raise SyncError(msg)


def _first(problems: object) -> str:
    """The first text in the SDK's lists of lists of problems."""
    while isinstance(problems, list):
        problems = problems[0] if problems else "no reason given"
    return " ".join(str(problems).split())[:240].rstrip(".")


@dataclass(frozen=True, slots=True)
class PrelabelPlan:
    """What becomes of the pre-labels of tasks that are there already.

    Attributes:
        send: the wanted pre-label by the server's number, in place of what is there.
        remove: numbers of tasks that shall not have one any more.
        known: digests learned by looking, by our id.
        kept: how many tasks keep another one than wanted since somebody has worked on them.
        held: how many have the one that is wanted.
        surplus: the server's numbers of pre-labels that a labelled task holds beside another, and
            that no annotation began with.
    """

    send: Mapping[int, Prelabel]
    remove: tuple[int, ...]
    known: Mapping[str, str]
    kept: int
    held: int
    surplus: tuple[int, ...] = ()


def plan_prelabels(
    rows: Mapping[str, Row],
    wanted: Mapping[str, Mapping[str, Any]],
    *,
    sent: Mapping[str, str],
    there: Mapping[int, list[Prelabel]],
    managed: bool,
) -> PrelabelPlan:
    """Compare the pre-labels wanted with those there.

    A task that somebody has worked on keeps what was shown: replacing it would blur what the
    annotator saw.

    Args:
        rows: the task on the server by our id.
        wanted: tasks as they would be sent, by our id.
        sent: digest of what each task holds, by our id, as far as known.
        there: what was read back, by number; tasks whose state is not known must be among them.
        managed: whether the pre-labels are ours to decide: without any of our own, those that
            others made stay.
    """
    send: dict[int, Prelabel] = {}
    remove: list[int] = []
    known: dict[str, str] = {}
    kept = held = 0
    for task_id, row in rows.items():
        prelabel = prelabel_of(wanted[task_id])
        want = digest_of(prelabel) if prelabel else ""
        have = sent.get(task_id, "") if row.number not in there else _digest(there[row.number])
        if row.number in there:
            known[task_id] = have
        if want == have and row.predictions == bool(want):
            held += bool(want)
            continue
        if not managed and not sent.get(task_id):
            continue
        if row.work:
            kept += 1
        elif prelabel:
            send[row.number] = prelabel
        elif row.predictions:
            remove.append(row.number)
    return PrelabelPlan(send=send, remove=tuple(remove), known=known, kept=kept, held=held)


def unknown_prelabels(rows: Mapping[str, Row], sent: Mapping[str, str]) -> list[int]:
    """Numbers of the tasks that hold pre-labels of which nothing is known here."""
    return [row.number for task_id, row in rows.items() if row.predictions and task_id not in sent]


def _digest(found: list[Prelabel]) -> str:
    """Of the pre-labels of one task; several are never what is wanted."""
    return digest_of(found[0]) if len(found) == 1 else "several" if found else ""
