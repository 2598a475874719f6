"""A quiz for annotators: short texts of which the right label is known and why."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from annotate import jsonl
from annotate.errors import InputError
from annotate.fields import Kind, Name, Record
from annotate.records import Document, Part, Source, Task
from annotate.scheme import Scheme
from annotate.tasks.drawing import lot
from annotate.text import normalise

OUTLET = "quiz"


class QuizItem(Record):
    """A sentence in its context, its label, and the edge case of the scheme that it shows."""

    id: Name
    pattern: Name
    name: str = ""
    before: str = ""
    text: Name
    after: str = ""
    title: str | None = None
    kind: Kind = "body"
    label: Name
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QuizTask:
    """An item with the document that is made of it and the task to be labelled in that."""

    item: QuizItem
    document: Document
    task: Task


def read_quiz(path: Path, scheme: Scheme) -> list[QuizItem]:
    """Read a quiz.

    Raises:
        InputError: a line is no such item, its label is not of the scheme, or an id or a sentence
            stands twice.
    """
    items = [_normalised(item) for item in jsonl.read(path, QuizItem)]
    known: set[str] = set()
    for item in items:
        if not item.text:
            raise InputError(path, f"item {item.id}: its text is empty", "Write the sentence.")
        if item.label not in scheme.label_names:
            problem = f"item {item.id}: {item.label!r} is not a label of {scheme.name!r}"
            remedy = "Use its labels, or name a quiz of your own with --quiz-file (docs/tasks.md)."
            raise InputError(path, problem, remedy)
        if item.id in known:
            raise InputError(path, f"two items have the id {item.id!r}", "Rename one.")
        known.add(item.id)
    places: dict[str, str] = {}
    for each in quiz_tasks(items):
        if other := places.get(each.task.id):
            problem = f"items {other} and {each.item.id} are the same sentence or its neighbour"
            raise InputError(path, problem, "Leave out one of them.")
        places[each.task.id] = each.item.id
    if not items:
        raise InputError(path, "it holds no item", "docs/tasks.md shows what one looks like.")
    return items


def _normalised(item: QuizItem) -> QuizItem:
    def plain(text: str) -> str:
        return normalise(text).strip().text

    texts = {"before": plain(item.before), "text": plain(item.text), "after": plain(item.after)}
    title = plain(item.title) if item.title else None
    return item.model_copy(update={**texts, "title": title or None})


def draw_items(items: Iterable[QuizItem], per_pattern: int, *, seed: int) -> list[QuizItem]:
    """So many items of each edge case, and all of them in random order.

    Args:
        items: a quiz.
        per_pattern: how many; all where there are not more.
        seed: of the draw.
    """
    cases: defaultdict[str, list[QuizItem]] = defaultdict(list)
    for item in items:
        cases[item.pattern].append(item)

    def turn(item: QuizItem) -> float:
        return lot(seed, "quiz", item.id)

    drawn = [each for members in cases.values() for each in sorted(members, key=turn)[:per_pattern]]
    return sorted(drawn, key=lambda item: lot(seed, "order", item.id))


def quiz_tasks(items: Sequence[QuizItem]) -> Iterator[QuizTask]:
    """A document for each item, and the task that is its sentence.

    A headline is the title of its document; every other sentence stands in the body between what
    comes before and after it.
    """
    for item in items:
        parts = [part for part in (item.before, item.text, item.after) if part]
        headline = item.kind == "headline"
        body = " ".join(parts) if not headline else item.after or item.text
        document = Document(
            id=Document.id_of(body),
            key=f"{OUTLET}:{item.id}",
            external_id=item.id,
            text=body,
            title=item.text if headline else item.title,
            sources=(Source(outlet=OUTLET),),
        )
        start = 0 if headline or not item.before else len(item.before) + 1
        end = start + len(item.text)
        part: Part = "title" if headline else "body"
        task = Task(
            id=Task.id_of(document.id, part, start, end), document_id=document.id, part=part,
            start=start, end=end, text=item.text, before="" if headline else item.before,
            after=item.after, kind=item.kind, prelabel_held_out=True,
        )  # fmt: skip
        yield QuizTask(item, document, task)
