"""One task for each unit of a document."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from annotate.records import Document, Kind, Part, Task
from annotate.running_text import Divided
from annotate.tasks.drawing import lot

Unit = tuple[int, int, Kind]
"""What a segmenter finds: a stretch ``[start, end)`` and what it is."""


@dataclass(frozen=True, slots=True)
class Holdout:
    """The share of the tasks that is shown without pre-labels, drawn by their ids.

    More tasks, or a larger share, leave those that are held out what they are.
    """

    share: float
    """In [0, 1)."""
    seed: int

    def takes(self, task_id: str) -> bool:
        """Whether a task is held out."""
        return lot(self.seed, task_id) < self.share


@dataclass(frozen=True, slots=True)
class JoinedTasks:
    """The tasks to keep, and how many of them were there before or stay only for their labels."""

    tasks: list[Task]
    new: int
    kept_for_labels: int


def build_tasks(
    document: Document,
    *,
    segment: Callable[[str], Sequence[Unit]],
    of: Literal["sentence", "article"] = "sentence",
    titles: bool = True,
    before: int = 2,
    after: int = 1,
    holdout: Holdout | None = None,
) -> Iterator[Task]:
    """The tasks of a document, its title first.

    Args:
        document: the article.
        segment: text to units, in order, without overlap.
        of: one task a sentence, or one for the whole article.
        titles: whether the headline is a task. One that the text repeats as its first line is
            a task there and nowhere else.
        before: units shown as context before a sentence.
        after: units shown after it.
        holdout: which tasks are to be shown without pre-labels.
    """
    divided = divide(document, segment=segment, of=of, titles=titles)
    for task in _tasks(document, divided, before=before, after=after):
        held_out = holdout is not None and holdout.takes(task.id)
        yield task.model_copy(update={"prelabel_held_out": True}) if held_out else task


def divide(
    document: Document,
    *,
    segment: Callable[[str], Sequence[Unit]],
    of: Literal["sentence", "article"] = "sentence",
    titles: bool = True,
) -> Divided:
    """What `build_tasks` makes tasks of; without the records, where there are millions of them."""
    text, title = document.text, document.title
    units: list[Unit] = list(segment(text))
    repeated = title is not None and units and _same(title, text[slice(*units[0][:2])])
    if repeated:
        units[0] = (*units[0][:2], "headline")
    if of == "article":
        units = [(0, len(text), "article")]
    return Divided(text, title, with_title=titles and bool(title) and not repeated, units=units)


def join_tasks(
    existing: Iterable[Task], built: Iterable[Task], *, labelled: frozenset[str]
) -> JoinedTasks:
    """Put newly built tasks in place of those that are there, without losing labelled ones.

    A task that is no longer built (its document was revised, the units changed) stays where its id
    is among those ``labelled``; otherwise it goes.
    """
    tasks = {task.id: task for task in built}
    there = list(existing)
    known = {task.id for task in there}
    kept = [task for task in there if task.id not in tasks and task.id in labelled]
    new = sum(task_id not in known for task_id in tasks)
    return JoinedTasks([*tasks.values(), *kept], new=new, kept_for_labels=len(kept))


def _tasks(document: Document, divided: Divided, *, before: int, after: int) -> Iterator[Task]:
    text, units, last = divided.text, divided.units, len(divided.units) - 1
    if divided.with_title:
        yield _task(document, "title", 0, len(divided.title or ""), kind="headline")
    for place, (start, end, kind) in enumerate(units):
        said = text[units[max(0, place - before)][0] : start].rstrip()
        following = text[end : units[min(last, place + after)][1]].lstrip()
        around = {"before": said, "after": following, "position": place / len(units)}
        yield _task(document, "body", start, end, kind=kind, **around)


def _task(document: Document, part: Part, start: int, end: int, **fields: Any) -> Task:  # noqa: ANN401
    return Task(
        id=Task.id_of(document.id, part, start, end),
        document_id=document.id,
        part=part,
        start=start,
        end=end,
        text=document.part(part)[start:end],
        **fields,
    )


def _same(title: str, line: str) -> bool:
    return title.rstrip(" .").casefold() == line.rstrip(" .").casefold()
