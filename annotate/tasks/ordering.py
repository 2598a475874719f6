"""The order in which tasks are labelled."""

from collections.abc import Iterable

from annotate.records import Task
from annotate.tasks.drawing import lot


def in_reading_order(tasks: Iterable[Task], *, seed: int) -> list[Task]:
    """Articles in random order, each from its headline to its end.

    So nobody has read how an article ends before its beginning is labelled, and what is labelled
    first is no month and no outlet more than another.

    Args:
        tasks: in any order.
        seed: of the draw.
    """
    return sorted(
        tasks,
        key=lambda task: (
            lot(seed, "order", task.document_id),
            task.document_id,
            task.part != "title",
            task.start,
            task.end,
            task.repeat,
        ),
    )
