"""Gold labels, tasks and documents to examples."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from annotate.errors import InputError
from annotate.records import Document, Example, GoldLabel, Record, Task

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Built:
    """The examples that can be made, and what could not become one.

    Attributes:
        examples: in the order of the tasks.
        undecided: tasks whose gold label is an open tie.
        without_gold: tasks that nobody has labelled yet.
        repeats: labelled tasks that show a place for a second time; one of each place is enough.
    """

    examples: list[Example]
    undecided: int
    without_gold: int
    repeats: int


def build_examples(
    documents: Iterable[Document], tasks: Iterable[Task], gold: Iterable[GoldLabel]
) -> Built:
    """Join each decided gold label with its task and its document.

    Args:
        documents: with the family that each was found to be in.
        tasks: in the order that the examples shall have.
        gold: at most one for each task.

    Raises:
        InputError: two records with one id, or a gold label without its task, or a labelled task
            without its document.
    """
    document_of = _by(lambda document: document.id, documents, Document)
    task_of = _by(lambda task: task.id, tasks, Task)
    gold_of = _by(lambda label: label.task_id, gold, GoldLabel)
    if strangers := gold_of.keys() - task_of.keys():
        problem = f"task {min(strangers)!r} has a gold label but is not in {Task.filename}"
        raise InputError(GoldLabel.filename, problem, "Run `annotate tasks`, then `annotate gold`.")
    labelled = [task for task in task_of.values() if task.id in gold_of]
    if lost := next((task for task in labelled if task.document_id not in document_of), None):
        problem = f"task {lost.id!r} belongs to a document that is not in {Document.filename}"
        raise InputError(Task.filename, problem, "Run `annotate import`, then `annotate tasks`.")
    decided = [task for task in labelled if gold_of[task.id].label is not None]
    first = [task for task in decided if task.repeat == 0]
    return Built(
        examples=[_example(t, document_of[t.document_id], gold_of[t.id]) for t in first],
        undecided=len(labelled) - len(decided),
        without_gold=len(task_of) - len(labelled),
        repeats=len(decided) - len(first),
    )


def _by(key: Callable[[R], str], records: Iterable[R], kind: type[R]) -> dict[str, R]:
    found: dict[str, R] = {}
    for record in records:
        if key(record) in found:
            problem = f"{key(record)!r} stands there twice"
            raise InputError(kind.filename, problem, "Keep one of the two.")
        found[key(record)] = record
    return found


def _example(task: Task, document: Document, gold: GoldLabel) -> Example:
    return Example(
        id=task.id,
        text=task.text,
        label=gold.label or "",  # never None: those were left out
        group=document.group,
        before=task.before,
        after=task.after,
        title=document.title,
        outlet=document.outlet,
        published=document.published,
        kind=task.kind,
        position=task.position,
        flags=gold.flags,
        votes=gold.votes,
        scores=gold.scores,
        document_id=document.id,
        part=task.part,
        start=task.start,
        end=task.end,
        stream=task.stream,
    )
