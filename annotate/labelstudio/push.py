"""A plan carried out: the project, its page, its tasks and their pre-labels."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from annotate.errors import SyncError, UncertainError
from annotate.labelstudio.batches import BATCH, batches
from annotate.labelstudio.client import Studio
from annotate.labelstudio.compare import SUPERSEDED, Change, Drift, our_id
from annotate.labelstudio.convert import ID
from annotate.labelstudio.failures import again
from annotate.labelstudio.journal import Journal
from annotate.labelstudio.plan import PushPlan
from annotate.labelstudio.planning import journal_beside
from annotate.labelstudio.prelabels import PREDICTIONS, digest_of, prelabel_of
from annotate.labelstudio.rows import Prelabel, Row
from annotate.labelstudio.seen import Seen, add_created, forget_seen
from annotate.labelstudio.state import SyncState, describe, key_in, known_project

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
    for name in plan.tabs:
        studio.add_tab(work.project, name)
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


def ensure_project(plan: PushPlan, studio: Studio) -> SyncState:
    """Create the project or bring its page up to date, and keep what identifies it.

    Raises:
        SyncError: somebody else created a project of this title in the same moment, or the server
            does not take the number of annotators.
    """
    state = plan.state or SyncState.new(plan.url, plan.title)
    project, page = plan.project, plan.page
    if project is None:
        # The key is kept before it is sent: if we are cut off now, the project is found by it.
        state.save(plan.state_file)
        project = _create_project(plan, studio, state)
    elif plan.scheme_differs:
        description = describe(state.key, plan.scheme_version, before=plan.description)
        again(
            lambda: studio.update_project(
                project,
                config=page.config,
                instructions=page.instructions,
                description=description,
            )
        )
    _ensure_overlap(studio, project, plan.overlap)
    done = replace(state, url=plan.url, title=plan.title, project=project, instructions=page.digest)
    if done != plan.state or not plan.linked:
        done.save(plan.state_file)
    return done


def _create_project(plan: PushPlan, studio: Studio, state: SyncState) -> int:
    try:
        project = studio.create_project(
            plan.title,
            plan.page.config,
            plan.page.instructions,
            description=describe(state.key, plan.scheme_version),
            overlap=plan.overlap,
        )
    except UncertainError:
        found = known_project(studio, state, plan.state_file)
        if found is None:
            raise
        project = found.id
    project = settle_twins(studio, state, project)
    rivals = [
        other
        for other in studio.projects()
        if other.title == plan.title
        and other.id < project
        and key_in(other.description) not in {None, state.key}
    ]
    if rivals:  # another workspace had the same thought a moment earlier
        studio.delete_project(project)
        plan.state_file.unlink(missing_ok=True)
        msg = (
            f"Another workspace created the project {plan.title!r} in the same moment (number "
            f"{rivals[0].id}). Nothing was sent. Run `annotate push` again."
        )
        raise SyncError(msg)
    return project


def settle_twins(studio: Studio, state: SyncState, project: int) -> int:
    """Delete the empty copies of a project that a fault of the network created; returns ours."""
    twins = [each.id for each in studio.projects() if key_in(each.description) == state.key]
    kept = min(twins, default=project) if state.project is None else project
    for twin in twins:
        found = studio.project(twin) if twin != kept else None
        if found is not None and not found.tasks:
            again(partial(studio.delete_project, twin))
    return kept


def _ensure_overlap(studio: Studio, project: int, wanted: int) -> None:
    """Set the number of annotators so that it holds: the server has been seen to ignore it."""
    for _ in range(3):
        found = studio.project(project)
        if found is not None and found.overlap == wanted:
            return
        again(lambda: studio.update_project(project, overlap=wanted))
    msg = f"{studio.url} does not take {wanted} annotators for each task of project {project}."
    raise SyncError(msg)


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
        self._seen = plan.seen or Seen(state.key)
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
            ids = [task["data"][ID] for task in batch]
            self.journal.sending(ids)
            numbers = self._studio.import_tasks(self.project, batch)
            self._created += [
                Row(number, task["data"], 0, len(task.get(PREDICTIONS, ())))
                for number, task in zip(numbers, batch, strict=False)
            ]
            self.journal.arrived(
                {name: digest_of(p) for name, task in zip(ids, batch, strict=True)
                 if (p := prelabel_of(task))}
            )  # fmt: skip
            self._advance(len(batch))

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
        add_created(self._studio, self.project, self._seen, self._created).save(self._folder)

    def _as_planned(self, row: Row) -> Row | None:
        """The task as it is now, if it is still the one that the plan saw."""
        now = self._studio.row(row.number)
        if now is None or (now.data, now.work) != (row.data, row.work):
            self._seen = Seen(self._seen.key)  # the next plan reads everything
        return now if now is not None and now.data == row.data else None

    def _replace(self, number: int, data: Mapping[str, Any]) -> None:
        again(lambda: self._studio.change_task(number, data))

    def _advance(self, count: int) -> None:
        self._done += count
        self._still_here()
        if self._progress:
            self._progress(self._done, self._all)
