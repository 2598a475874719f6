"""Push until the server is as the workspace wants it, or say why that cannot be."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from annotate.errors import SyncError, UnansweredError, UncertainError
from annotate.labelstudio.client import Studio
from annotate.labelstudio.founding import ensure_project, settle_twins
from annotate.labelstudio.line import Place, owner_of, turn_at
from annotate.labelstudio.plan import PushPlan, Wanted
from annotate.labelstudio.plan_lines import plan_lines
from annotate.labelstudio.planning import as_sent, plan_push
from annotate.labelstudio.push import Progress, PushResult, apply_push
from annotate.labelstudio.state import SyncState

_PAUSES_SECONDS = (1.0, 2.0, 4.0, 8.0)
"""Before the server is looked at again after a doubtful answer; then it is given up."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push found and did.

    Attributes:
        plan: what there was to do at first.
        project: the server's number of the project.
        url: its page in the browser.
        result: what was done; None where there was nothing to do.
    """

    plan: PushPlan
    project: int
    url: str
    result: PushResult | None


def push(
    studio: Studio,
    wanted: Wanted,
    *,
    state: Path,
    supersede: bool = False,
    verify: bool = False,
    progress: Progress | None = None,
    say: Say = lambda _: None,
) -> Pushed:
    """Bring the project on the server to what is wanted. Safe to repeat, and to cut off.

    Nothing is sent twice on a guess: after an answer that leaves it open whether a request was
    carried out, the server is looked at, and only what is not there is sent. One push at a time
    changes a project.

    Args:
        studio: connection to the server.
        wanted: what the project is to be.
        state: file that says which project belongs to the workspace; its folder is the owner.
        supersede: create annotated tasks whose text changed anew, beside the old ones.
        verify: read everything back in place of trusting the journal.
        progress: called with the tasks handled so far and all to be handled.
        say: is told the plan, and what keeps us waiting, in lines.

    Raises:
        SyncError: the plan cannot be carried out; nothing was changed.
        UncertainError: the server did not give a clear answer for long.
        StudioError: the server cannot be reached, or refuses.
    """
    sent = as_sent(wanted)

    def plan() -> PushPlan:
        return plan_push(studio, wanted, state=state, supersede=supersede, verify=verify, sent=sent)

    first = plan()
    _say_unless_blocked(first, say)
    project = first.project or ensure_project(first, studio).project or 0
    url = studio.project_url(project)
    if first.is_empty:
        if first.seen is not None:
            first.seen.save(state.parent)
        return Pushed(first, project, url, None)
    with turn_at(studio, project, owner_of(state.parent), say=say) as place:
        result = _until_done(plan, studio, place, progress, say)
    state_now = SyncState.load(state)
    if first.project is None and state_now is not None:
        settle_twins(studio, state_now, project)
    return Pushed(first, project, url, _whole(first, result))


def _until_done(
    plan: Callable[[], PushPlan],
    studio: Studio,
    place: Place,
    progress: Progress | None,
    say: Say,
) -> PushResult:
    """Plan and apply until a round went through without a doubt."""
    done: list[PushResult] = []
    for pause in (*_PAUSES_SECONDS, None):
        current = plan()
        if current.blocked:
            raise SyncError(current.blocked)
        try:
            done.append(apply_push(current, studio, progress=progress, still_here=place.still_here))
        except (UncertainError, UnansweredError) as doubt:
            if pause is None:
                raise
            say(f"{doubt} Looking at what arrived.")
            time.sleep(pause)
            place.still_here()
        else:
            break
    return done[-1]


def _whole(first: PushPlan, last: PushResult) -> PushResult:
    """What all rounds did together: what the first plan said, since the last one found no more."""
    return replace(
        last,
        created=len(first.payload),
        changed=len(first.changes),
        superseded=len(first.drifted),
        deleted=max(last.deleted, len(first.doubles)),
        prelabels=first.with_prelabel + len(first.prelabels.send) + len(first.prelabels.remove),
        project_created=first.project is None,
        page_replaced=first.scheme_differs,
    )


def _say_unless_blocked(plan: PushPlan, say: Say) -> None:
    if plan.blocked:
        raise SyncError(plan.blocked)
    for line in plan_lines(plan):
        say(line)
