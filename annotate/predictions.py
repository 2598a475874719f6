"""A prediction for the place of a task, by whatever made it."""

from typing import Any

from annotate.records import Document, Prediction, Task


def prediction_of(
    document: Document,
    task: Task,
    *,
    label: str,
    model: str,
    scores: dict[str, float],
    **more: Any,  # noqa: ANN401  validated by the record
) -> Prediction:
    """Say a label of the place of a task; its repeats share it.

    Args:
        document: that the task is part of.
        task: the place.
        label: what is said of it.
        model: who says it.
        scores: of all labels, or empty.
        more: other fields of a prediction, such as ``reason`` and ``flags``.
    """
    return Prediction(
        id=Prediction.id_of(task.document_id, task.part, task.start, task.end),
        document_id=task.document_id,
        part=task.part,
        start=task.start,
        end=task.end,
        text=task.text,
        label=label,
        model=model,
        scores=scores,
        title=document.title,
        outlet=document.outlet,
        published=document.published,
        key=document.key,
        **more,
    )
