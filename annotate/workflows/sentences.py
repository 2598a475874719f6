"""What has one label each, and the votes on it: tasks, or the sentences of marked articles."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from annotate.errors import InputError
from annotate.records import Annotation, Document, Task
from annotate.tasks import annotations_from_spans, sentences_in
from annotate.workflows.tasks import task_builder
from annotate.workspace import Workspace


def labelled_tasks(workspace: Workspace) -> Iterator[Task]:
    """The tasks that gold labels are of, where articles are marked those over their sentences."""
    if not workspace.settings.units.derive_labels:
        return workspace.read(Task)
    tasks = {task.id: task for task in workspace.read(Task)}
    divided = _divided(workspace, tasks)
    return iter({each.id: each for found in divided.values() for each in found}.values())


def sentences_of_tasks(workspace: Workspace) -> Mapping[str, int]:
    """How many sentences a label of each task is about: 1, or where an article is marked all.

    A task that is not there any more, or has no sentence, counts as one.
    """
    counts: dict[str, int] = defaultdict(lambda: 1)
    if workspace.settings.units.derive_labels:
        tasks = {task.id: task for task in workspace.read(Task)}
        divided = _divided(workspace, tasks)
        counts |= {number: max(1, len(found)) for number, found in divided.items()}
    return counts


def votes(workspace: Workspace) -> Iterator[Annotation]:
    """The annotations that count: where articles are marked, what follows for their sentences.

    A sentence or headline that somebody labelled as a task of its own keeps that label.

    Raises:
        InputError: an annotation of a task that is not there, or one that labels a whole article.
        SchemeError: the scheme does not say how labels follow from spans.
    """
    if not workspace.settings.units.derive_labels:
        return workspace.read(Annotation)
    tasks = {task.id: task for task in workspace.read(Task)}
    divided = _divided(workspace, tasks)
    direct: list[Annotation] = []
    derived: list[Annotation] = []
    for annotation in workspace.read(Annotation):
        task = _task_of(annotation, tasks)
        if annotation.skipped or (annotation.label is not None and task.kind != "article"):
            direct.append(annotation)
        else:
            sentences = divided[task.id]
            derived += annotations_from_spans(annotation, task, sentences, scheme=workspace.scheme)
    return iter({(vote.task_id, vote.annotator): vote for vote in (*derived, *direct)}.values())


def _divided(workspace: Workspace, tasks: Mapping[str, Task]) -> dict[str, tuple[Task, ...]]:
    """The sentences of each article task; any other task is its own."""
    build = task_builder(workspace.settings, of="sentence")
    documents = {document.id: document for document in workspace.read(Document)}
    found: dict[str, tuple[Task, ...]] = {}
    for task in tasks.values():
        document = documents.get(task.document_id)
        if document is None:
            problem = f"task {task.id!r} belongs to a document that is not in {Document.filename}"
            raise InputError(
                Task.filename, problem, "Run `annotate import`, then `annotate tasks`."
            )
        whole = task.kind == "article"
        found[task.id] = tuple(sentences_in(task, build(document))) if whole else (task,)
    return found


def _task_of(annotation: Annotation, tasks: Mapping[str, Task]) -> Task:
    task = tasks.get(annotation.task_id)
    if task is None:
        problem = f"task {annotation.task_id!r} is annotated but is not in {Task.filename}"
        raise InputError(
            Annotation.filename, problem, "Run `annotate tasks`, then `annotate pull`."
        )
    if task.kind == "article" and annotation.label is not None and not annotation.spans:
        problem = f"task {task.id!r} is an article with the label {annotation.label!r} and no spans"
        remedy = "Set `spans = false` in annotate.toml to use such labels, or take them out."
        raise InputError(Annotation.filename, problem, remedy)
    return task
