"""Tasks as Label Studio takes them: our id travels in ``data``, its own numbers mean nothing."""

from collections.abc import Iterable, Mapping
from typing import Any

from annotate.errors import SyncError
from annotate.labelstudio.config import NOTE, flags_of
from annotate.labelstudio.results import make_result
from annotate.labelstudio.tabs import BATCH, FOR, named
from annotate.records import Document, Marked, Prediction, Task
from annotate.scheme import Scheme
from annotate.settings import SENTENCES, UnitSettings

ID = "annotate_id"
"""Field of a task's data that holds our task id."""

Place = tuple[str, str, int, int]


def to_studio_task(
    task: Task,
    document: Document,
    *,
    prediction: Prediction | None = None,
    scheme: Scheme,
    units: UnitSettings = SENTENCES,
    note: str | None = None,
) -> dict[str, Any]:
    """One task as Label Studio imports it.

    ``data`` holds our id and all that the annotator sees, every field as text, empty where there
    is none. The prediction becomes a pre-label, but never on a task of an audit stream or on one
    held out from pre-labels.

    Args:
        task: what is to be labelled.
        document: the document that it is part of.
        prediction: what a model says of the same place.
        scheme: the labels that a prediction may have.
        units: what the page offers; of a prediction, only that is shown.
        note: what the page says beneath the text; None where it has no place for that.

    Raises:
        UnknownLabelError: the prediction is not of the scheme.
        SyncError: the prediction is of another place.
    """
    published = document.published
    sent: dict[str, Any] = {
        "data": {
            ID: task.id,
            "text": task.text,
            "before": task.before,
            "after": task.after,
            # Where the headline itself is the task, showing it twice would only confuse.
            "headline": (document.title or "") if task.part == "body" else "",
            "outlet": document.outlet or "",
            "published": published.date().isoformat() if published else "",
        }
    }
    if note is not None:
        sent["data"][NOTE] = note
    if task.annotators:
        sent["data"][FOR] = named(task.annotators)
    if task.suggested:
        sent["data"][BATCH] = str(task.suggested)
    if prediction is not None and takes_prelabel(task):
        prelabel = _prelabel(task, prediction, scheme, units)
        if prelabel["result"]:
            sent["predictions"] = [prelabel]
    return sent


def takes_prelabel(task: Task) -> bool:
    """Whether a pre-label may be shown: not in an audit stream, not where it is held out."""
    return not task.prelabel_held_out and not task.stream.startswith("audit-")


def export_tasks(
    tasks: Iterable[Task],
    documents: Iterable[Document],
    *,
    predictions: Iterable[Prediction] = (),
    scheme: Scheme,
    units: UnitSettings = SENTENCES,
    notes: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """Tasks in the form that Label Studio's own import takes: dump the list as one JSON array.

    Args:
        tasks: in the order in which they shall be labelled.
        documents: at least those that the tasks are part of.
        predictions: at most one for each place; those of other places are passed over.
        scheme: the labels that predictions may have.
        units: what the page offers; of predictions, only that is shown.
        notes: what the page says beneath the text of tasks, by id; None where it has no place for
            that.

    Raises:
        SyncError: a document is missing, or two tasks have one id.
        UnknownLabelError: a prediction is not of the scheme.
    """
    by_id = {document.id: document for document in documents}
    by_place = {place_of(prediction): prediction for prediction in predictions}
    sent: dict[str, dict[str, Any]] = {}
    for task in tasks:
        document = by_id.get(task.document_id)
        if document is None:
            msg = (
                f"Task {task.id} is part of a document that is not in documents.jsonl. "
                "Run `annotate tasks` again."
            )
            raise SyncError(msg)
        if task.id in sent:
            msg = f"Task {task.id} stands twice in tasks.jsonl. Run `annotate tasks` again."
            raise SyncError(msg)
        prediction = by_place.get(place_of(task))
        note = None if notes is None else notes.get(task.id, "")
        sent[task.id] = to_studio_task(
            task, document, prediction=prediction, scheme=scheme, units=units, note=note
        )
    return list(sent.values())


def place_of(located: Task | Prediction) -> Place:
    """Where a task or prediction stands; the repeats of a task share it."""
    return (located.document_id, located.part, located.start, located.end)


def _prelabel(
    task: Task, prediction: Prediction, scheme: Scheme, units: UnitSettings
) -> dict[str, Any]:
    where = f"The prediction for task {task.id}"
    if place_of(prediction) != place_of(task) or prediction.text != task.text:
        msg = f"{where} is of another text. Run `annotate predict` again."
        raise SyncError(msg)
    scheme.check_label(prediction.label, where)
    scheme.check_marks(prediction, where)
    if any(span.end > len(task.text) for span in prediction.spans):
        msg = f"{where} marks more than the text. Run `annotate predict` again."
        raise SyncError(msg)
    prelabel: dict[str, Any] = {
        "model_version": prediction.model,
        "result": _shown(prediction, scheme, units),
    }
    if prediction.scores:
        prelabel["score"] = prediction.scores[prediction.label]
    return prelabel


def _shown(prediction: Prediction, scheme: Scheme, units: UnitSettings) -> list[dict[str, Any]]:
    """What the page has controls for; an article gets its spans, and is not said to have none."""
    flags = {flag.name for flag in flags_of(scheme, units)}
    shown = tuple(name for name in prediction.flags if name in flags)
    if not units.spans:
        return make_result(prediction.label, Marked(flags=shown))
    marked = Marked(flags=shown, spans=prediction.spans, relations=prediction.relations)
    if units.derive_labels:
        return make_result(None, marked) if prediction.spans else []
    return make_result(prediction.label, marked)
