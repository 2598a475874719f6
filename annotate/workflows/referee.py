"""The referee's workspace inside a workspace: what is asked there, and what was decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from annotate import jsonl
from annotate.documents import latest_revisions
from annotate.gold.referee import Query
from annotate.records import Annotation, Document, Task
from annotate.revisions import Passage, carry_over, find_twins, outdated_documents
from annotate.workflows.sentences import labelled_tasks
from annotate.workspace import SETTINGS, Workspace


@dataclass(frozen=True, slots=True)
class Asked:
    """What a referee was asked and has answered, by the ids that tasks have today.

    Attributes:
        queries: by task id, in the order of labelling.
        decisions: the referees' annotations; skips are among them.
        moved: today's id of each passage that stands elsewhere since its article was corrected.
    """

    queries: Mapping[str, Query] = field(default_factory=dict)
    decisions: tuple[Annotation, ...] = ()
    moved: Mapping[str, str] = field(default_factory=dict)

    @property
    def answered(self) -> frozenset[str]:
        """Tasks that a referee labelled."""
        return frozenset(vote.task_id for vote in self.decisions if vote.label is not None)


def referee_of(workspace: Workspace) -> Workspace | None:
    """The workspace of what a referee is to decide; None where nobody was asked for."""
    made = (workspace.review / SETTINGS).is_file()
    return Workspace(workspace.review) if made else None


def decisions_file(workspace: Workspace) -> list[Path]:
    """The file of what referees decided, if there is one."""
    there = referee_of(workspace)
    return [there.path(Annotation)] if there and there.has(Annotation) else []


def queue_in(there: Workspace) -> list[Query]:
    """What stands in a referee's workspace; nothing in any other."""
    return list(jsonl.read(there.queue, Query)) if there.queue.is_file() else []


def notes_in(there: Workspace) -> dict[str, str] | None:
    """What the page says of each task; None in a workspace that is not a referee's."""
    if not there.queue.is_file():
        return None
    return {each.task_id: each.note for each in queue_in(there)}


def asked_of_referee(workspace: Workspace) -> Asked:
    """What was asked and answered so far."""
    there = referee_of(workspace)
    queue = queue_in(there) if there else []
    if there is None or not queue:
        return Asked()
    moved = _moved(workspace, there)
    queries = [each.model_copy(update={"task_id": moved.get(each.task_id, each.task_id)})
               for each in queue]  # fmt: skip
    decisions = carry_over(there.existing(Annotation), moved)
    return Asked({each.task_id: each for each in queries}, tuple(decisions), moved)


def _moved(workspace: Workspace, there: Workspace) -> dict[str, str]:
    documents = list(workspace.existing(Document))
    outdated = outdated_documents(documents, latest_revisions(documents))
    if not outdated:
        return {}
    tasks = {task.id: task for task in labelled_tasks(workspace)}
    before = [Passage(t.id, t.text) for t in there.existing(Task) if t.id not in tasks]
    twins = find_twins(before, tasks.values(), outdated=outdated)
    return {twin.before: twin.now for twin in twins if twin.same}
