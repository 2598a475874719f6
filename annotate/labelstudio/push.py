"""A plan carried out: the project, its page, and the tasks that are not there yet."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from annotate.errors import SyncError, UncertainError
from annotate.labelstudio.client import Studio
from annotate.labelstudio.convert import ID
from annotate.labelstudio.plan import PushPlan, plan_push
from annotate.labelstudio.state import SyncState, describe, known_project

__all__ = ["BATCH", "PushPlan", "PushResult", "apply_push", "plan_push"]

BATCH = 500
"""Tasks in one request: the server's own batch, so that none of them takes long."""

_LOOK_AFTER_SECONDS = (0, 1, 2, 5, 10)

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class PushResult:
    """What a push did. ``url`` is the project's page in the browser."""

    project: int
    url: str
    created: int
    project_created: bool
    page_replaced: bool


def apply_push(plan: PushPlan, studio: Studio, *, progress: Progress | None = None) -> PushResult:
    """Carry out a plan. Nothing is sent twice: after a doubtful answer the server is looked at.

    A push that was cut off is finished by planning and pushing again.

    Args:
        plan: from `plan_push`, with the same connection.
        studio: connection to the server.
        progress: called with the tasks sent so far and all to be sent.

    Raises:
        SyncError: the plan is blocked.
        UncertainError: it could not be found out whether the last request was carried out.
        StudioError: the server cannot be reached, or refuses.
    """
    if plan.blocked:
        raise SyncError(plan.blocked)
    project = _project_and_page(plan, studio)
    for start in range(0, len(plan.payload), BATCH):
        batch = plan.payload[start : start + BATCH]
        _send(studio, project, batch)
        if progress:
            progress(start + len(batch), len(plan.payload))
    return PushResult(
        project=project,
        url=studio.project_url(project),
        created=len(plan.payload),
        project_created=plan.project is None,
        page_replaced=plan.scheme_differs,
    )


def _project_and_page(plan: PushPlan, studio: Studio) -> int:
    """Create the project or bring its page up to date, and keep what identifies it."""
    state = plan.state or SyncState.new(plan.url, plan.title)
    project = plan.project
    if project is None:
        # The key is kept before it is sent: if we are cut off now, the project is found by it.
        state.save(plan.state_file)
        project = _create_project(plan, studio, state)
    elif plan.scheme_differs or plan.overlap_differs:
        page = plan.page
        studio.update_project(project, page.config, page.instructions, overlap=plan.overlap)
    done = replace(
        state,
        url=plan.url,
        title=plan.title,
        project=project,
        instructions=plan.page.digest,
    )
    if done != plan.state or not plan.linked:
        done.save(plan.state_file)
    return project


def _create_project(plan: PushPlan, studio: Studio, state: SyncState) -> int:
    try:
        return studio.create_project(
            plan.title,
            plan.page.config,
            plan.page.instructions,
            description=describe(state.key),
            overlap=plan.overlap,
        )
    except UncertainError:
        project = known_project(studio, state, plan.state_file)
        if project is None:
            raise
        return project.id


def _send(studio: Studio, project: int, batch: Sequence[dict[str, Any]]) -> None:
    """Send tasks once. If the answer leaves it open, wait until they are seen to be there."""
    try:
        studio.import_tasks(project, batch)
    except UncertainError as error:
        wanted = {task["data"][ID] for task in batch}
        for seconds in _LOOK_AFTER_SECONDS:
            time.sleep(seconds)
            if wanted <= {data.get(ID) for _, data in studio.tasks(project)}:
                return
        msg = (
            f"{error} The tasks are not there so far. Wait a minute and run `annotate push` "
            "again: it looks at what is there first, so nothing is sent twice."
        )
        raise UncertainError(msg) from None
