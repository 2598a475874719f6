"""One task for each unit of a document."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from annotate.records import Document, Kind, Part, Task
from annotate.tasks.drawing import lot


class Unit(Protocol):
    """What a segmenter finds: a stretch ``[start, end)`` and what it is."""

    @property
    def start(self) -> int: ...  # noqa: D102
    @property
    def end(self) -> int: ...  # noqa: D102
    @property
    def kind(self) -> Kind: ...  # noqa: D102


class Stretch(NamedTuple):
    """What a task will be made of: ``[start, end)`` of a part, and what stands around it."""

    part: Part
    start: int
    end: int
    kind: Kind
    before: str = ""
    after: str = ""
    position: float = 0.0


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
    found = stretches(document, segment=segment, of=of, titles=titles, before=before, after=after)
    for stretch in found:
        task = _task(document, stretch)
        held_out = holdout is not None and holdout.takes(task.id)
        yield task.model_copy(update={"prelabel_held_out": True}) if held_out else task


def stretches(
    document: Document,
    *,
    segment: Callable[[str], Sequence[Unit]],
    of: Literal["sentence", "article"] = "sentence",
    titles: bool = True,
    before: int = 2,
    after: int = 1,
) -> Iterator[Stretch]:
    """What `build_tasks` makes tasks of; without the records, where there are millions of them."""
    units = [(unit.start, unit.end, unit.kind) for unit in segment(document.text)]
    if document.title and units and _same(document.title, document.text[slice(*units[0][:2])]):
        units[0] = (*units[0][:2], "headline")
    elif titles and document.title:
        yield Stretch("title", 0, len(document.title), "headline")
    if of == "article":
        yield Stretch("body", 0, len(document.text), "article")
        return
    text, last = document.text, len(units) - 1
    for place, (start, end, kind) in enumerate(units):
        said = text[units[max(0, place - before)][0] : start].rstrip()
        following = text[end : units[min(last, place + after)][1]].lstrip()
        yield Stretch("body", start, end, kind, said, following, place / len(units))


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


def _task(document: Document, stretch: Stretch) -> Task:
    part, start, end = stretch[:3]
    return Task(
        id=Task.id_of(document.id, part, start, end),
        document_id=document.id,
        text=document.part(part)[start:end],
        **stretch._asdict(),
    )


def _same(title: str, line: str) -> bool:
    return title.rstrip(" .").casefold() == line.rstrip(" .").casefold()
