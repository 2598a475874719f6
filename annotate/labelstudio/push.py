"""A plan carried out: the tasks of a project and their pre-labels."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from annotate.errors import SyncError
from annotate.labelstudio.batches import BATCH, batches
from annotate.labelstudio.client import Studio
from annotate.labelstudio.compare import SUPERSEDED, Change, Drift, our_id
from annotate.labelstudio.convert import ID
from annotate.labelstudio.failures import again
from annotate.labelstudio.founding import ensure_project
from annotate.labelstudio.journal import Journal
from annotate.labelstudio.plan import PushPlan
from annotate.labelstudio.planning import journal_beside
from annotate.labelstudio.prelabels import PREDICTIONS, digest_of, prelabel_of
from annotate.labelstudio.rows import Prelabel, Row
from annotate.labelstudio.seen import Seen, add_created, forget_seen
from annotate.labelstudio.state import SyncState

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class PushResult:
    """How many tasks a push created, changed, and so on, and what became of the project."""

    created: int
    changed: int
    superseded: int
    deleted: int
    prelabels: int
    project_created: bool
    page_replaced: bool


def apply_push(
    plan: PushPlan,
    studio: Studio,
    *,
    progress: Progress | None = None,
    still_here: Callable[[], None] = lambda: None,
) -> PushResult:
    """Carry out a plan, once. `annotate.labelstudio.sync.push` does it until all is there.

    What is found otherwise than planned, such as a task that somebody began to label meanwhile,
    is left for the next plan.

    Args:
        plan: from `plan_push`, with the same connection.
        studio: connection to the server.
        progress: called with the tasks handled so far and all to be handled.
        still_here: called between requests.

    Raises:
        SyncError: the plan is blocked.
        UncertainError: it could not be found out whether the last request was carried out.
        StudioError: the server cannot be reached, or refuses.
    """
    if plan.blocked:
        raise SyncError(plan.blocked)
    state = ensure_project(plan, studio)
    work = _Work(plan, studio, state, progress, still_here)
    deleted = work.delete_doubles(plan.doubles)
    changed = work.change(plan.changes)
    superseded = work.supersede(plan.drifted) if plan.supersede else 0
    work.create(plan.payload)
    replaced = work.replace_prelabels(plan.prelabels.send, plan.prelabels.remove)
    for prediction in plan.prelabels.surplus:
        again(partial(studio.delete_prediction, prediction))
    if plan.model is not None and plan.model_differs:
        again(lambda: studio.update_project(work.project, model_version=plan.model))
    for tab in plan.tabs:
        studio.add_tab(work.project, tab)
    work.journal.compact()
    work.keep_seen()
    return PushResult(
        created=len(plan.payload),
        changed=changed,
        superseded=superseded,
        deleted=deleted,
        prelabels=plan.with_prelabel + replaced,
        project_created=plan.project is None,
        page_replaced=plan.scheme_differs,
    )


class _Work:
    """The steps of one push that concern tasks."""

    def __init__(
        self,
        plan: PushPlan,
        studio: Studio,
        state: SyncState,
        progress: Progress | None,
        still_here: Callable[[], None],
    ) -> None:
        self.project = state.project or 0
        self.journal = Journal.load(journal_beside(plan.state_file), state.key)
        self._studio, self._still_here, self._progress = studio, still_here, progress
        self._seen = plan.seen or Seen(state.key, self.project)
        self._created: list[Row] = []
        self._folder = plan.state_file.parent
        self._all = len(plan.payload) + len(plan.changes) + len(plan.prelabels.send)
        self._done = 0
        if plan.prelabels.known:
            self.journal.arrived(plan.prelabels.known)

    def delete_doubles(self, doubles: Sequence[Row]) -> int:
        """Delete copies that nobody has worked on, looked at once more just before."""
        numbers = [row.number for row in doubles if (now := self._as_planned(row)) and not now.work]
        for start in range(0, len(numbers), BATCH):
            self._studio.delete_tasks(self.project, numbers[start : start + BATCH])
        self._seen = self._seen.without(numbers)
        return len(numbers)

    def change(self, changes: Sequence[Change]) -> int:
        """Replace data; a text only while nobody has worked on the task."""
        count = 0
        for change in changes:
            now = self._as_planned(change.row)
            if now is not None and not (change.why == "text" and now.work):
                if change.was != change.task_id:
                    self.journal.renamed({change.was: change.task_id})
                self._replace(change.row.number, change.data)
                count += 1
            self._advance(1)
        return count

    def supersede(self, drifted: Sequence[Drift]) -> int:
        """Mark old tasks; one whose id the new one needs gives it up."""
        for drift in drifted:
            data = {**drift.row.data, SUPERSEDED: drift.task_id}
            if drift.was == drift.task_id:
                del data[ID]
            if self._as_planned(drift.row) is not None:
                self._replace(drift.row.number, data)
        return len(drifted)

    def create(self, payload: Sequence[Mapping[str, Any]]) -> None:
        """Send new tasks with their pre-labels, a batch a request."""
        for batch in batches(payload):
            self.journal.sending(batch.ids)
            numbers = self._studio.import_tasks(self.project, batch.tasks, batch.body)
            self._created += [
                Row(number, task["data"], 0, len(task.get(PREDICTIONS, ())))
                for number, task in zip(numbers, batch.tasks, strict=False)
            ]
            self.journal.arrived(
                {name: digest_of(p) for name, task in zip(batch.ids, batch.tasks, strict=True)
                 if (p := prelabel_of(task))}
            )  # fmt: skip
            self._advance(len(batch.tasks))

    def replace_prelabels(self, send: Mapping[int, Prelabel], remove: Iterable[int]) -> int:
        """Put pre-labels in place of what idle tasks hold; returns how many tasks were changed."""
        gone = list(remove)
        if not send and not gone:
            return 0
        forget_seen(self._folder)  # a pre-label leaves no trace in the time of its task
        # Numbers are given out again, and somebody may have begun: looked at once more.
        idle = {row.number: our_id(row.data) for row in self._studio.rows(self.project)
                if not row.work}  # fmt: skip
        names = {number: name for number in (*gone, *send) if (name := idle.get(number))}
        numbers = list(names)
        for start in range(0, len(numbers), BATCH):
            batch = {number: names[number] for number in numbers[start : start + BATCH]}
            self.journal.sending(batch.values())
            again(partial(self._studio.delete_predictions, self.project, list(batch)))
            fresh = {number: send[number] for number in batch if number in send}
            if fresh:
                self._studio.import_predictions(self.project, fresh)
            self.journal.arrived({batch[n]: digest_of(p) for n, p in fresh.items()})
            self._advance(len(batch))
        self._seen = self._seen.with_prelabels({n: int(n in send) for n in numbers})
        return len(numbers)

    def keep_seen(self) -> None:
        """Keep what the project holds now for the next push."""
        add_created(self._studio, self._seen, self._created).save(self._folder)

    def _as_planned(self, row: Row) -> Row | None:
        """The task as it is now, if it is still the one that the plan saw."""
        now = self._studio.row(row.number)
        if now is None or (now.data, now.work) != (row.data, row.work):
            self._seen = Seen(self._seen.key, self.project)  # the next plan reads everything
        return now if now is not None and now.data == row.data else None

    def _replace(self, number: int, data: Mapping[str, Any]) -> None:
        again(lambda: self._studio.change_task(number, data))

    def _advance(self, count: int) -> None:
        self._done += count
        self._still_here()
        if self._progress:
            self._progress(self._done, self._all)
