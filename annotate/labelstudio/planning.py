"""How the plan of a push is found, without changing anything here or on the server."""

import time
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from annotate.errors import SyncError
from annotate.labelstudio.client import Studio
from annotate.labelstudio.compare import Comparison, compare, our_id
from annotate.labelstudio.config import choices_of, instructions_html, label_config, same_page
from annotate.labelstudio.convert import ID, export_tasks
from annotate.labelstudio.journal import Journal
from annotate.labelstudio.plan import Page, PushPlan, Wanted
from annotate.labelstudio.prelabels import (
    PREDICTIONS,
    PrelabelPlan,
    check_prelabels,
    one_model,
    plan_prelabels,
    unknown_prelabels,
)
from annotate.labelstudio.projects import StudioProject
from annotate.labelstudio.renames import (
    Stored,
    page_storing,
    renamed_choices,
    result_storing,
    stored_names,
)
from annotate.labelstudio.result_items import marks_in
from annotate.labelstudio.rows import Prelabel
from annotate.labelstudio.seen import Seen, see
from annotate.labelstudio.state import SyncState, key_in, known_project, schemes_in
from annotate.labelstudio.tabs import Tab, tabs_of
from annotate.scheme import Scheme

_LATE_SECONDS = 15.0
"""So long after it was sent a request whose answer was lost may still arrive."""
_POLL_SECONDS = 1.0
_FEW = 50
"""Up to so many tasks are asked for their pre-labels one by one, more all at once."""


def plan_push(
    studio: Studio,
    wanted: Wanted,
    *,
    state: Path,
    supersede: bool = False,
    verify: bool = False,
    sent: Sequence[dict[str, Any]] | None = None,
) -> PushPlan:
    """Compare the workspace with the server.

    Args:
        studio: connection to the server.
        wanted: what the project is to be.
        state: file that says which project belongs to the workspace; the journal stands beside it.
        supersede: create annotated tasks whose text changed anew, beside the old ones.
        verify: read every pre-label back in place of trusting the journal.
        sent: what `as_sent` makes of the tasks, where that is made already.

    Raises:
        SyncError: the project is gone, another one has its title, or a pre-label cannot be shown.
        StudioError: the server cannot be reached, or refuses.
        UnknownLabelError: a prediction is not of the scheme.
        SchemeError: Label Studio cannot show the scheme.
    """
    tasks = as_sent(wanted) if sent is None else sent
    known = SyncState.load(state)
    names = {task["data"][ID] for task in tasks}
    found, project = _recognise(studio, known, state, wanted.title, names)
    stored = stored_names(wanted.scheme, project.config) if project else {}
    page = _page(wanted, stored)
    by_id = {task["data"][ID]: _storing_old_names(task, stored) for task in tasks}
    journal = Journal.load(journal_beside(state), found.key) if found else None
    seen = _seen(studio, project, found, state.parent, journal, verify=verify)
    compared = _compared(wanted, by_id, seen)
    prelabels = _prelabels(
        studio, project, compared, by_id, _sent(compared, journal),
        verify=verify, managed=wanted.predictions is not None,
    )  # fmt: skip
    payload = _payload(compared, by_id, supersede=supersede)
    check_prelabels(page.config, _to_be_sent(payload, prelabels))
    return PushPlan(
        **{entry.name: getattr(compared, entry.name) for entry in fields(Comparison)},
        url=studio.url,
        title=project.title if project else wanted.title,
        project=project.id if project else None,
        description=project.description if project else "",
        scheme_version=wanted.scheme.version,
        scheme_differs=_differs(project, found, page, wanted.scheme),
        stranded=_stranded(studio, project, page, wanted.scheme),
        renamed=tuple(f"{old!r} is shown as {name!r}" for (_, name), old in stored.items()),
        overlap=wanted.overlap,
        overlap_there=project.overlap if project else None,
        prelabels=prelabels,
        model=one_model(tasks),
        model_there=project.model_version if project else "",
        supersede=supersede,
        state=found,
        state_file=state,
        seen=seen,
        tabs=_tabs(studio, project, tasks),
        linked=project is not None and found == known,
        page=page,
        payload=payload,
    )


def journal_beside(state: Path) -> Path:
    """The file that the journal of a state is kept in."""
    return state.with_name("sent.jsonl")


def _tabs(
    studio: Studio, project: StudioProject | None, sent: Iterable[Mapping[str, Any]]
) -> tuple[Tab, ...]:
    """Tabs that tasks want and that are not there yet."""
    wanted = tabs_of(sent)
    there = studio.tabs(project.id) if project and wanted else frozenset()
    return tuple(tab for tab in wanted if tab not in there)


def as_sent(wanted: Wanted) -> list[dict[str, Any]]:
    """The tasks in the form that Label Studio takes them in."""
    return export_tasks(
        wanted.tasks,
        wanted.documents,
        predictions=wanted.predictions or (),
        scheme=wanted.scheme,
        units=wanted.units,
        notes=wanted.notes,
    )


def _page(wanted: Wanted, stored: Stored) -> Page:
    config = label_config(wanted.scheme, units=wanted.units, notes=wanted.notes is not None)
    return Page(
        config=page_storing(config, stored),
        instructions=instructions_html(wanted.scheme, units=wanted.units),
    )


def _storing_old_names(task: dict[str, Any], stored: Stored) -> dict[str, Any]:
    """A task whose pre-labels have the names that the project stores."""
    if not stored or PREDICTIONS not in task:
        return task
    prelabels = [{**p, "result": result_storing(p["result"], stored)} for p in task[PREDICTIONS]]
    return {**task, PREDICTIONS: prelabels}


def _seen(
    studio: Studio,
    project: StudioProject | None,
    state: SyncState | None,
    folder: Path,
    journal: Journal | None,
    *,
    verify: bool,
) -> Seen | None:
    """Every task there. What was sent a moment ago without an answer is waited for."""
    if project is None or state is None:
        return None
    earlier = None if verify else Seen.load(folder, state.key, project.id)
    while True:
        seen = see(studio, project.id, state.key, earlier)
        if journal is None or journal.asked is None:
            return seen
        missing = journal.doubtful - {our_id(row.data) for row in seen.rows.values()}
        age = (datetime.now(UTC) - journal.asked).total_seconds()
        if not missing or not 0 <= age < _LATE_SECONDS:
            return seen
        time.sleep(_POLL_SECONDS)


def _compared(
    wanted: Wanted, by_id: Mapping[str, Mapping[str, Any]], seen: Seen | None
) -> Comparison:
    rows = seen.rows.values() if seen else ()
    return compare(by_id, rows, tasks=wanted.tasks, outdated=wanted.outdated)


def _sent(compared: Comparison, journal: Journal | None) -> dict[str, str]:
    """Digests of the pre-labels that our tasks hold, by the ids that they will go by."""
    if journal is None:
        return {}
    was = {change.task_id: change.was for change in compared.changes}
    names = {name: was.get(name, name) for name in compared.rows}
    return {name: journal.sent[old] for name, old in names.items() if old in journal.sent}


def _prelabels(
    studio: Studio,
    project: StudioProject | None,
    compared: Comparison,
    wanted: Mapping[str, Mapping[str, Any]],
    sent: Mapping[str, str],
    *,
    verify: bool,
    managed: bool,
) -> PrelabelPlan:
    there: dict[int, list[Prelabel]] = {}
    if project is not None and verify:
        numbers = [row.number for row in compared.rows.values()]
        there = _read_back(studio, project.id, numbers)
    elif project is not None and managed:
        there = _read_back(studio, project.id, unknown_prelabels(compared.rows, sent))
    found = plan_prelabels(compared.rows, wanted, sent=sent, there=there, managed=managed)
    piled = [row.number for row in compared.rows.values() if row.work and row.predictions > 1]
    surplus = [p for number in piled if managed for p in studio.surplus_predictions(number)]
    return replace(found, surplus=tuple(surplus))


def _read_back(studio: Studio, project: int, numbers: Sequence[int]) -> dict[int, list[Prelabel]]:
    if len(numbers) > _FEW:
        found = studio.predictions(project)
        return {number: found.get(number, []) for number in numbers}
    return {number: studio.predictions(project, number).get(number, []) for number in numbers}


def _payload(
    compared: Comparison, wanted: Mapping[str, dict[str, Any]], *, supersede: bool
) -> tuple[dict[str, Any], ...]:
    anew = {drift.task_id for drift in compared.drifted} if supersede else set()
    names = {*compared.create, *anew}
    return tuple(task for name, task in wanted.items() if name in names)


def _to_be_sent(
    payload: Iterable[Mapping[str, Any]], prelabels: PrelabelPlan
) -> Iterable[Mapping[str, Any]]:
    yield from payload
    for number, prelabel in prelabels.send.items():
        yield {"data": {ID: f"number {number}"}, PREDICTIONS: [prelabel]}


def _recognise(
    studio: Studio, state: SyncState | None, path: Path, title: str, wanted: Collection[str]
) -> tuple[SyncState | None, StudioProject | None]:
    """The workspace's project, by the state or, without one, by its title and its tasks."""
    if state is not None:
        project = known_project(studio, state, path)
        return (state.at(studio.url, project) if project else state), project
    project = studio.find_project(title)
    if project is None:
        return None, None
    key = key_in(project.description)
    if key and any(our_id(row.data) in wanted for row in studio.rows(project.id)):
        return SyncState(studio.url, title, key, project.id), project
    whose = "of another workspace" if key else "that annotate did not make"
    msg = (
        f"{studio.url} has a project {title!r} (number {project.id}) {whose}. Choose another title "
        "(`project` in annotate.toml), or rename that one."
    )
    raise SyncError(msg)


def _differs(
    project: StudioProject | None, state: SyncState | None, page: Page, scheme: Scheme
) -> bool:
    if project is None or state is None:
        return False
    shown = schemes_in(project.description)
    if not shown or shown[-1].version != scheme.version:
        return True
    known = state.instructions in {"", page.digest}
    return not known or not same_page(project.config, page.config)


def _stranded(
    studio: Studio, project: StudioProject | None, page: Page, scheme: Scheme
) -> tuple[tuple[str, int], ...]:
    """What the page would lose that annotations or drafts hold, and how many do."""
    if project is None:
        return ()
    missing = choices_of(project.config) - choices_of(page.config) - renamed_choices(scheme)
    # The server's own counts leave out annotations that were imported.
    counts = _held(studio.export(project.id)) if missing and project.tasks else Counter()
    return tuple(
        (f"{control} {value!r}".strip(), counts[control, value])
        for control, value in sorted(missing)
        if counts[control, value]
    )


def _held(exported: Iterable[Mapping[str, Any]]) -> Counter[tuple[str, str]]:
    """How many annotations and drafts hold each (control, value)."""
    counts: Counter[tuple[str, str]] = Counter()
    for task in exported:
        for made in (*task.get("annotations", ()), *task.get("drafts", ())):
            counts.update(set(marks_in(made.get("result"))))
    return counts
