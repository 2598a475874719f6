"""Documents to tasks: which sentences, in which order, and for whom."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Self

from pydantic import Field, TypeAdapter, ValidationError

from annotate.documents import latest_revisions
from annotate.errors import WorkspaceError
from annotate.jsonl import explain
from annotate.records import Annotation, Document, Share, Task
from annotate.revisions import Passage, carry_over, find_twins, outdated_documents
from annotate.segments import load_segmenter
from annotate.settings import Settings, Unit
from annotate.sidecar import options_in
from annotate.tasks import (
    Holdout,
    assign,
    build_tasks,
    draw_sample,
    in_reading_order,
    join_tasks,
)
from annotate.tasks.auditing import in_streams
from annotate.tasks.sampling import STRATA, Stratum, stratum_name
from annotate.workflows.prepare import write_guideline
from annotate.workflows.streams import AuditMade, audit_made, settle_audit
from annotate.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Choice:
    """Which tasks are made and for whom. It is kept beside the tasks and holds until changed.

    Attributes:
        sample: how many tasks are drawn of all that there are; None takes all.
        by: each value of these has its share in the sample; with none of them the draw is simple.
        annotators: names of those who each get a part of the articles; with none, everybody gets
            everything.
        shared: share of the tasks that two annotators get, in [0, 1].
        seed: of every draw, that of the tasks held out from pre-labels too; None is that of the
            workspace.
    """

    sample: Annotated[int, Field(gt=0)] | None = None
    by: tuple[Stratum, ...] = STRATA
    annotators: tuple[str, ...] = ()
    shared: Share = 0.0
    seed: int | None = None

    @classmethod
    def of(cls, workspace: Workspace) -> Self:
        """What was chosen for the tasks that are there; everything where there are none.

        Raises:
            WorkspaceError: the file that says it was changed by hand.
        """
        path = workspace.path(Task)
        try:
            return TypeAdapter(cls).validate_python(options_in(path))
        except ValidationError as error:
            msg = f"{path}.meta.json: {explain(error)}. Remove that file and choose again."
            raise WorkspaceError(msg) from None

    def check(self) -> None:
        """See that it can be done.

        Raises:
            WorkspaceError: tasks are to be shared, and there are not two to share them, or names
                cannot be told apart.
        """
        if bad := [name for name in self.annotators if "|" in name]:
            msg = f"The name {bad[0]!r} holds a `|`, which stands between names. Leave it out."
            raise WorkspaceError(msg)
        if len(set(self.annotators)) < len(self.annotators):
            msg = f"Two annotators have the same name: {', '.join(self.annotators)}. Rename one."
            raise WorkspaceError(msg)
        if self.shared and len(self.annotators) < 2:  # noqa: PLR2004  it takes two
            msg = (
                "Tasks can only be shared by two annotators: name them, "
                "such as `--annotators ann,ben --overlap 20%`, or say `--overlap 0%`."
            )
            raise WorkspaceError(msg)

    @property
    def as_options(self) -> dict[str, Any]:
        """What is kept beside the tasks: all that is not as it is without being chosen."""
        usual = Choice()
        found = {"sample": self.sample, "by": self.by, "annotators": self.annotators,
                 "shared": self.shared, "seed": self.seed}  # fmt: skip
        return {name: value for name, value in found.items() if value != getattr(usual, name)}


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
    drawn_from: int
    """How many tasks there are in all, of which these were drawn."""
    choice: Choice
    seed: int
    batches: dict[str, int]
    """How many tasks each annotator has, where they were given out."""
    shared: int
    """How many of them two annotators have."""
    suggested: int = 0
    """Number of the batch that was suggested; 0 where none was."""
    audit: AuditMade | None = None
    """The audit stream, where one was drawn."""


def task_builder(
    settings: Settings, *, of: Unit | None = None, seed: int | None = None
) -> Callable[[Document], Iterator[Task]]:
    """The function that makes a document's tasks as the settings say.

    Args:
        settings: of the workspace.
        of: another unit than theirs.
        seed: another seed than theirs.
    """
    units = settings.units
    return partial(
        build_tasks,
        segment=load_segmenter(settings.segmenter, language=settings.language),
        of=of or units.of,
        titles=units.titles,
        before=units.before,
        after=units.after,
        holdout=Holdout(
            settings.label_studio.prelabel_holdout, seed=settings.seed if seed is None else seed
        ),
    )


def make_tasks(
    workspace: Workspace,
    choice: Choice | None = None,
    *,
    audit: float | None = None,
    suggested: Collection[str] = (),
) -> TasksMade:
    """Build the tasks of the latest revision of each document; keep what was labelled.

    Args:
        workspace: whose documents.
        choice: which tasks, and for whom; None keeps to what was chosen before.
        audit: share of the families of articles to be drawn for the audit stream, in (0, 1); None
            keeps to what was drawn before.
        suggested: ids of tasks that come into the stream ``chosen`` as a new batch, beside those
            that are in it.

    Raises:
        WorkspaceError: the choice cannot be carried out, or the workspace is a quiz.
    """
    if workspace.is_quiz:
        msg = f"{workspace.root} is a quiz. Its tasks are made by `annotate tasks --quiz` above it."
        raise WorkspaceError(msg)
    with workspace.locked():
        chosen = choice or Choice.of(workspace)
        chosen.check()
        made = _make_tasks(workspace, chosen, audit=audit, suggested=suggested)
        write_guideline(workspace)
        return made


def _make_tasks(
    workspace: Workspace, choice: Choice, *, audit: float | None, suggested: Collection[str]
) -> TasksMade:
    everything = list(workspace.read(Document))
    documents = latest_revisions(everything)
    outdated = outdated_documents(everything, documents)
    seed = workspace.settings.seed if choice.seed is None else choice.seed
    drawn = settle_audit(workspace, audit, seed=seed)
    build = task_builder(workspace.settings, seed=seed)
    all_tasks = [task for document in documents for task in build(document)]
    existing = list(workspace.existing(Task))
    picked = _picked(existing, all_tasks, outdated)
    batch = 1 + max(picked.values(), default=0)
    picked |= dict.fromkeys(suggested, batch)
    built = _chosen(all_tasks, documents, choice, picked, seed=seed)
    moved = _moved(existing, built, outdated)
    carried = _carry_over(workspace, moved)
    remaining = [task for task in existing if task.id not in moved]
    joined = join_tasks(remaining, built, labelled=_maybe_labelled(workspace, remaining))
    streamed = in_streams(joined.tasks, everything, drawn, chosen=picked)
    tasks = _given_out(streamed, existing, choice, seed=seed)
    inputs = [workspace.path(Document)]
    workspace.write(
        Task, tasks, command="tasks", inputs=inputs, seed=seed, options=choice.as_options
    )
    return TasksMade(
        tasks=len(tasks),
        new=joined.new,
        documents=len(documents),
        kept_for_labels=joined.kept_for_labels,
        carried_over=carried,
        drawn_from=len(all_tasks),
        choice=choice,
        seed=seed,
        batches={
            name: sum(name in task.annotators for task in tasks) for name in choice.annotators
        },
        shared=sum(len(task.annotators) > 1 for task in tasks),
        suggested=batch if suggested else 0,
        audit=audit_made(workspace, drawn, tasks),
    )


def _picked(
    existing: Iterable[Task], built: Sequence[Task], outdated: Mapping[str, str]
) -> dict[str, int]:  # fmt: skip
    """The batch of each task that was suggested, by its id of today."""
    before = [task for task in existing if task.stream == "chosen"]
    moved = _moved(before, built, outdated)
    return {moved.get(task.id, task.id): task.suggested for task in before}


def _chosen(
    tasks: list[Task],
    documents: Iterable[Document],
    choice: Choice,
    picked: Mapping[str, int],
    *,
    seed: int,
) -> list[Task]:
    """Those drawn and those picked; the latter come first, the newest batch before the others."""
    if choice.sample is not None:
        strata = {document.id: stratum_name(document, choice.by) for document in documents}
        drawn = draw_sample(
            tasks, choice.sample, stratum_of=lambda task: strata[task.document_id], seed=seed
        )
        wanted = {*picked, *(task.id for task in drawn)}
        tasks = [task for task in tasks if task.id in wanted]
    return sorted(
        in_reading_order(tasks, seed=seed),
        key=lambda task: (task.id not in picked, -picked.get(task.id, 0)),
    )


def _given_out(
    tasks: list[Task], existing: Iterable[Task], choice: Choice, *, seed: int
) -> list[Task]:
    if not choice.annotators:
        return [
            task.model_copy(update={"annotators": ()}) if task.annotators else task
            for task in tasks
        ]
    before = {task.document_id: task.annotators for task in existing if task.annotators}
    return assign(tasks, choice.annotators, shared=choice.shared, seed=seed, before=before)


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
