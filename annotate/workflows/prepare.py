"""Articles to documents to tasks."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from annotate.documents import latest_revisions
from annotate.files import read_text, write_text
from annotate.guideline import MARK, guideline_markdown
from annotate.records import Annotation, Document, Task
from annotate.revisions import Passage, carry_over, find_twins, outdated_documents
from annotate.segments import load_segmenter
from annotate.settings import Settings, Unit
from annotate.tasks import Holdout, build_tasks, join_tasks
from annotate.workspace import GUIDELINE, Workspace


@dataclass(frozen=True, slots=True)
class TasksMade:
    """The tasks of a workspace after they were built anew."""

    tasks: int
    new: int
    documents: int
    kept_for_labels: int
    """Tasks no longer built that stay since they are labelled, or may be in Label Studio."""
    carried_over: int
    """Annotations of sentences that stand elsewhere in a corrected article now."""


def make_workspace(
    folder: Path, *, scheme: Path | None, overlap: int = 1, notes: Sequence[str] = ()
) -> Workspace:
    """Make a workspace and write the scheme's guideline page into it."""
    workspace = Workspace.create(folder, scheme=scheme, overlap=overlap, notes=notes)
    write_guideline(workspace)
    return workspace


def write_guideline(workspace: Workspace) -> None:
    """Bring the guideline page up to date with the scheme; a page of your own stays as it is."""
    page = workspace.root / GUIDELINE
    if not page.exists() or MARK in read_text(page):
        write_text(page, guideline_markdown(workspace.scheme, workspace.settings.units))


def task_builder(
    settings: Settings, *, of: Unit | None = None
) -> Callable[[Document], Iterator[Task]]:
    """The function that makes a document's tasks as the settings say, or of another unit."""
    units = settings.units
    return partial(
        build_tasks,
        segment=load_segmenter(settings.segmenter, language=settings.language),
        of=of or units.of,
        titles=units.titles,
        before=units.before,
        after=units.after,
        holdout=Holdout(settings.label_studio.prelabel_holdout, seed=settings.seed),
    )


def make_tasks(workspace: Workspace) -> TasksMade:
    """Build the tasks of all documents, the latest revision of each; keep what was labelled."""
    with workspace.locked():
        write_guideline(workspace)
        return _make_tasks(workspace)


def _make_tasks(workspace: Workspace) -> TasksMade:
    everything = list(workspace.read(Document))
    documents = latest_revisions(everything)
    build = task_builder(workspace.settings)
    built = [task for document in documents for task in build(document)]
    existing = list(workspace.existing(Task))
    moved = _moved(existing, built, outdated_documents(everything, documents))
    carried = _carry_over(workspace, moved)
    remaining = [task for task in existing if task.id not in moved]
    joined = join_tasks(remaining, built, labelled=_maybe_labelled(workspace, remaining))
    inputs = [workspace.path(Document)]
    workspace.write(Task, joined.tasks, command="tasks", inputs=inputs)
    return TasksMade(
        tasks=len(joined.tasks),
        new=joined.new,
        documents=len(documents),
        kept_for_labels=joined.kept_for_labels,
        carried_over=carried,
    )


def _moved(
    existing: Iterable[Task], built: Sequence[Task], outdated: Mapping[str, str]
) -> dict[str, str]:  # fmt: skip
    """Today's ids of the passages of corrected articles that only stand elsewhere."""
    known = {task.id for task in built}
    before = [Passage(task.id, task.text) for task in existing if task.id not in known]
    return {t.before: t.now for t in find_twins(before, built, outdated=outdated) if t.same}


def _carry_over(workspace: Workspace, moved: Mapping[str, str]) -> int:
    """Give the labels of passages that stand elsewhere now their new ids; returns how many."""
    annotations = list(workspace.existing(Annotation))
    count = sum(annotation.task_id in moved for annotation in annotations)
    if count:
        inputs = [workspace.path(Task)]
        kept = carry_over(annotations, moved)
        workspace.write(Annotation, kept, command="tasks", inputs=inputs)
    return count


def _maybe_labelled(workspace: Workspace, tasks: Iterable[Task]) -> frozenset[str]:
    """Ids of tasks that somebody labelled; after a push that may be any of them."""
    if workspace.is_linked:
        return frozenset(task.id for task in tasks)
    return frozenset(annotation.task_id for annotation in workspace.existing(Annotation))
