"""The project of a workspace: made once, whatever happens, and its page kept up to date."""

from dataclasses import replace
from functools import partial

from annotate.errors import SyncError, UncertainError
from annotate.labelstudio.client import Studio
from annotate.labelstudio.failures import again
from annotate.labelstudio.plan import PushPlan
from annotate.labelstudio.state import SyncState, describe, key_in, known_project


def ensure_project(plan: PushPlan, studio: Studio) -> SyncState:
    """Create the project or bring its page up to date, and keep what identifies it.

    Raises:
        SyncError: somebody else created a project of this title in the same moment, or the server
            does not take the number of annotators.
    """
    state = plan.state or SyncState.new(plan.url, plan.title)
    project, page = plan.project, plan.page
    unsettled = project is None or _was_cut_off(plan)
    if project is None:
        # The key is kept before it is sent: if we are cut off now, the project is found by it.
        state.save(plan.state_file)
        project = _create_project(plan, studio, state)
    elif plan.scheme_differs:
        description = describe(state.key, plan.scheme_version, before=plan.description)
        number = project
        again(
            lambda: studio.update_project(
                number,
                config=page.config,
                instructions=page.instructions,
                description=description,
            )
        )
    if unsettled:
        project = _settle(plan, studio, state, project)
    _ensure_overlap(studio, project, plan.overlap)
    done = replace(state, url=plan.url, title=plan.title, project=project, instructions=page.digest)
    if done != plan.state or not plan.linked:
        done.save(plan.state_file)
    return done


def _create_project(plan: PushPlan, studio: Studio, state: SyncState) -> int:
    try:
        return studio.create_project(
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
        return found.id


def _was_cut_off(plan: PushPlan) -> bool:
    """Whether a push before this one created the project and did not get any further."""
    kept = SyncState.load(plan.state_file)
    return kept is not None and kept.project is None


def _settle(plan: PushPlan, studio: Studio, state: SyncState, project: int) -> int:
    """See that a new project is the only one: of ours, and of its title; returns its number."""
    project = settle_twins(studio, state, project)
    found = studio.project(project)
    if found is None or found.tasks:
        return project
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
