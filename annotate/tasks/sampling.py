"""A part of the tasks, drawn at random so that outlets and months have their share in it."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Literal

from annotate.records import Document, Task
from annotate.tasks.drawing import lot

Stratum = Literal["outlet", "month"]
STRATA: tuple[Stratum, ...] = ("outlet", "month")


def draw_sample(
    tasks: Sequence[Task], count: int, *, stratum_of: Callable[[Task], str], seed: int
) -> list[Task]:
    """Draw tasks without replacement; each stratum gets its share, give or take one.

    The task in place ``i`` of a stratum of ``n``, in random order, is drawn in turn
    ``(i + u) / n``, where ``u`` in [0, 1) is drawn once for the stratum: the first ``count`` turns
    hold about ``count * n / N`` tasks of it. So a larger sample holds every smaller one.

    Args:
        tasks: to draw from.
        count: how many; all where there are not more.
        stratum_of: the stratum that a task belongs to.
        seed: of the draw.

    Returns:
        The tasks drawn, in the order given.

    Source:
        Systematic sampling with a random start in each stratum: Särndal, Swensson and Wretman
        (1992), Model Assisted Survey Sampling, 3.4 and 3.7.
    """
    strata: defaultdict[str, list[Task]] = defaultdict(list)
    for task in tasks:
        strata[stratum_of(task)].append(task)
    turns: list[tuple[float, str]] = []
    for name, members in strata.items():
        start = lot(seed, "stratum", name)
        mixed = sorted(members, key=lambda task: lot(seed, "sample", task.id))
        turns += [((place + start) / len(mixed), task.id) for place, task in enumerate(mixed)]
    drawn = {task_id for _, task_id in sorted(turns)[:count]}
    return [task for task in tasks if task.id in drawn]


def stratum_name(document: Document, by: Sequence[Stratum]) -> str:
    """The stratum of a document's tasks; what is not known of it is a stratum of its own."""
    published = document.published
    values = {"outlet": document.outlet or "", "month": f"{published:%Y-%m}" if published else ""}
    return "\n".join(values[name] for name in by)
