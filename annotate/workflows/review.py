"""The referee: doubtful tasks to a Label Studio project of their own, and the decisions back."""

import os
from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from annotate import jsonl
from annotate.documents import latest_revisions
from annotate.errors import MissingFileError, WorkspaceError
from annotate.files import read_text, write_text
from annotate.gold.ballots import Ballots, ballots
from annotate.gold.referee import Query, Why, query, to_review
from annotate.labelstudio import Pseudonyms, Pulled, PushPlan, Studio, Wanted, plan_push
from annotate.labelstudio.refresh import Progress
from annotate.labelstudio.sync import Pushed
from annotate.records import Annotation, Document, GoldLabel, Task
from annotate.revisions import carry_over, outdated_documents
from annotate.settings import UnitSettings
from annotate.sidecar import outdated, write_sidecar
from annotate.workflows.gold import gold_inputs
from annotate.workflows.label import pull_annotations, push_tasks
from annotate.workflows.prepare import make_workspace, write_guideline
from annotate.workflows.referee import Asked, asked_of_referee, referee_of
from annotate.workflows.sentences import labelled_tasks, votes
from annotate.workspace import Workspace

_MOST_TITLE = 41


@dataclass(frozen=True, slots=True)
class Review:
    """What a referee is to decide.

    Attributes:
        folder: of the workspace that holds it.
        added: how many tasks are new there, by why they are.
        decided: how many of all that are there a referee has decided.
        queries: one for each task, in the order of labelling.
        tasks: the tasks, in the same order.
        documents: at least those that they are part of.
    """

    folder: Path
    added: Mapping[Why, int]
    decided: int
    queries: tuple[Query, ...] = field(repr=False)
    tasks: tuple[Task, ...] = field(repr=False)
    documents: tuple[Document, ...] = field(repr=False)

    @property
    def waiting(self) -> int:
        """Tasks that no referee has decided yet."""
        return len(self.queries) - self.decided

    @property
    def blind(self) -> int:
        """Tasks that show neither votes nor pre-labels."""
        return sum(not each.shown for each in self.queries)


def plan_review(
    workspace: Workspace, *, below: float, suspects: Sequence[str] = (), blind: bool = False
) -> Review:
    """What a referee is to decide: what was before, the open ties, and what is doubtful.

    What a referee has decided stays as it was shown to them. A task that showed votes once is
    not made blind any more.

    Args:
        workspace: with gold labels that are up to date.
        below: labels with a lower score than this are doubtful, in [0, 1].
        suspects: further tasks to be decided, the most doubtful first.
        blind: show neither votes nor pseudonyms with those that are new.

    Raises:
        MissingFileError: no gold labels were decided yet.
        WorkspaceError: they are older than the annotations.
    """
    if why := outdated(workspace.path(GoldLabel), gold_inputs(workspace)):
        if not workspace.has(GoldLabel):
            raise MissingFileError(workspace.path(GoldLabel), "annotate gold")
        msg = f"{workspace.path(GoldLabel)} is not up to date: {why}. Run `annotate gold` first."
        raise WorkspaceError(msg)
    before = asked_of_referee(workspace)
    wanted: dict[str, Why] = {name: each.why for name, each in before.queries.items()}
    for name, reason in to_review(workspace.read(GoldLabel), below=below):
        wanted.setdefault(name, reason)
    for name in suspects:
        wanted.setdefault(name, "suspect")
    tasks = {task.id: task for task in labelled_tasks(workspace) if not task.repeat}
    given = _by_pseudonym(workspace)
    answered = before.answered
    queries = tuple(
        _asked(query(name, why, given.get(name, ()), blind=blind), before, answered)
        for name, why in wanted.items()
        if name in tasks
    )
    return Review(
        folder=workspace.review,
        added=Counter(each.why for each in queries if each.task_id not in before.queries),
        decided=sum(each.task_id in answered for each in queries),
        queries=queries,
        tasks=tuple(tasks[each.task_id] for each in queries),
        documents=tuple(_documents(workspace, {tasks[q.task_id].document_id for q in queries})),
    )


def _asked(new: Query, before: Asked, answered: Container[str]) -> Query:
    """What was answered stays as it was asked; what was shown once stays shown."""
    old = before.queries.get(new.task_id)
    if old is None or not (new.task_id in answered or (old.shown and not new.shown)):
        return new
    return old


def _by_pseudonym(workspace: Workspace) -> Ballots:
    """The votes on each task, with pseudonyms also after `annotate pull --names`."""
    names = Pseudonyms.load(workspace.annotator_map).by_address
    found = ballots(votes(workspace), scheme=workspace.scheme)
    return {
        task_id: [
            vote.model_copy(update={"annotator": names.get(vote.annotator, vote.annotator)})
            for vote in cast
        ]
        for task_id, cast in found.items()
    }


def _documents(workspace: Workspace, wanted: Container[str]) -> Iterator[Document]:
    """Documents with all their revisions, so that a push sees what was corrected."""
    documents = list(workspace.read(Document))
    keys = {document.key for document in documents if document.id in wanted}
    return (document for document in documents if document.key in keys)


def write_review(workspace: Workspace, review: Review) -> Workspace:
    """Write what a referee is to decide into the workspace's folder ``review``."""
    there = _place(workspace)
    moved = asked_of_referee(workspace).moved
    with there.locked():
        write = partial(there.write, command="gold --review")
        write(Document, review.documents)
        write(Task, review.tasks)
        if moved:
            write(Annotation, carry_over(there.existing(Annotation), moved))
        jsonl.write(there.queue, review.queries)
        write_sidecar(there.queue, command="gold --review")
    return there


def _place(workspace: Workspace) -> Workspace:
    """The referee's workspace, made if it is not there, with the scheme as it is now."""
    there = referee_of(workspace)
    if there is None:
        return make_workspace(
            workspace.review,
            scheme=workspace.scheme_file,
            project=_title(workspace),
            annotators=os.path.relpath(workspace.annotator_map, workspace.review),
            notes=("These are the doubtful tasks of a workspace, for a referee.",),
            unit=workspace.settings.units.labelled,
        )
    if read_text(there.scheme_file) != read_text(workspace.scheme_file):
        write_text(there.scheme_file, read_text(workspace.scheme_file))
        there = Workspace(workspace.review)
        write_guideline(there)
    return there


def _title(workspace: Workspace) -> str:
    return f"{workspace.project_title[:_MOST_TITLE]} (review)"


def plan_review_push(workspace: Workspace, studio: Studio, review: Review) -> PushPlan:
    """Compare the referee's project with what is to be in it; changes nothing anywhere."""
    there = referee_of(workspace)
    wanted = Wanted(
        title=there.project_title if there else _title(workspace),
        scheme=workspace.scheme,
        tasks=review.tasks,
        documents=review.documents,
        outdated=outdated_documents(review.documents, latest_revisions(review.documents)),
        units=there.settings.units if there else UnitSettings(of=workspace.settings.units.labelled),
        notes={each.task_id: each.note for each in review.queries},
    )
    state = workspace.review / workspace.studio_state.relative_to(workspace.root)
    return plan_push(studio, wanted, state=state)


def push_review(
    workspace: Workspace,
    studio: Studio,
    review: Review,
    *,
    progress: Callable[[int, int], None] | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Pushed:
    """Write what a referee is to decide, and bring their project to it. Safe to repeat."""
    return push_tasks(write_review(workspace, review), studio, progress=progress, say=say)


def pull_decisions(
    workspace: Workspace,
    studio: Studio,
    *,
    full: bool = False,
    progress: Progress = lambda _done, _total: None,
) -> Pulled | None:
    """Bring the referees' decisions here; None where none were ever asked for."""
    there = referee_of(workspace)
    if there is None or not there.is_linked:
        return None
    return pull_annotations(there, studio, full=full, progress=progress)
