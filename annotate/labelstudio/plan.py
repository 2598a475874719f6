"""What a push would do, found out without changing anything here or on the server."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from annotate.errors import SyncError
from annotate.labelstudio.client import Studio, StudioProject
from annotate.labelstudio.config import choices_of, instructions_html, label_config, same_page
from annotate.labelstudio.convert import ID, export_tasks
from annotate.labelstudio.state import SyncState, key_in, known_project
from annotate.labelstudio.wording import counted
from annotate.records import Document, Prediction, Task
from annotate.scheme import Scheme

_NAMED = 5

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Tasks here against tasks on the server, by our ids.

    Attributes:
        create: not there yet, in the order of labelling.
        unchanged: there as they are here.
        changed: there with another text or context; they are not touched.
        only_on_server: not here; the server's numbers stand for tasks without an id of ours.
        doubled: more than once there.
    """

    create: tuple[str, ...]
    unchanged: tuple[str, ...]
    changed: tuple[str, ...]
    only_on_server: tuple[str, ...]
    doubled: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The labelling page of a scheme as XML, and its guideline as HTML."""

    config: str
    instructions: str

    @classmethod
    def of(cls, scheme: Scheme) -> "Page":
        """The page of a scheme; raises `SchemeError` where Label Studio cannot show it."""
        return cls(config=label_config(scheme), instructions=instructions_html(scheme))

    @property
    def digest(self) -> str:
        """Of the instructions: the server changes what it is sent, so what was sent is kept."""
        return hashlib.sha256(self.instructions.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class PushPlan(Comparison):
    """What a push would do.

    Attributes:
        url: the server.
        title: the project's title.
        project: its number; None if it is to be created.
        prelabels: how many of the tasks to be created carry a pre-label.
        scheme_differs: the page or the instructions there are not those of the scheme.
        stranded: choices of the page there that the scheme lacks, if there are annotations.
        annotations: how many annotations the project holds.
        overlap: annotators wanted for each task.
        overlap_there: how many the project wants so far; None if it is to be created.
        state: what is known of the project; None before the first push.
        state_file: where that is kept.
        linked: whether the file says so already.
        page: what the page there is to be.
        payload: the tasks to be created, as they are sent.
    """

    url: str
    title: str
    project: int | None
    prelabels: int
    scheme_differs: bool
    stranded: tuple[str, ...]
    annotations: int
    overlap: int
    overlap_there: int | None
    state: SyncState | None
    state_file: Path
    linked: bool
    page: Page = field(repr=False)
    payload: tuple[dict[str, Any], ...] = field(repr=False)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return self.linked and not (self.create or self.scheme_differs or self.overlap_differs)

    @property
    def overlap_differs(self) -> bool:
        """Whether the project wants another number of annotators for each task."""
        return self.overlap_there not in {None, self.overlap}

    @property
    def blocked(self) -> str | None:
        """Why the plan cannot be carried out, if so."""
        if not self.stranded:
            return None
        return (
            f"The scheme lacks {', '.join(self.stranded)}, and the project holds "
            f"{counted(self.annotations, 'annotation')} that may use it. Put it back into "
            "labels.yaml, or push to a project with another title (`project` in annotate.toml)."
        )

    @property
    def summary(self) -> tuple[str, ...]:
        """The plan in lines to print."""
        where = "to be created" if self.project is None else f"number {self.project}"
        counts = (
            f"{counted(len(self.create), 'task')} to create ({self.prelabels:,} with a pre-label), "
            f"{len(self.unchanged):,} unchanged, {len(self.changed):,} changed, "
            f"{len(self.only_on_server):,} only on the server"
        )
        lines = [f"Project {self.title!r} on {self.url} ({where})", counts]
        for ids, words in (
            (self.changed, "Changed here since they were pushed, and left as they are there"),
            (self.only_on_server, "Only on the server, and left alone"),
            (self.doubled, "More than once on the server; their annotations are pulled together"),
        ):
            if ids:
                lines.append(f"{words}: {_some(ids)}")
        if self.blocked:
            lines.append(self.blocked)
        elif self.scheme_differs:
            lines.append("The labelling page and instructions will be replaced by the scheme's")
        if self.overlap_differs:
            wanted = f"{self.overlap} instead of {self.overlap_there}"
            lines.append(f"Annotators wanted for each task: {wanted}")
        return (*lines, "Nothing to do") if self.is_empty else tuple(lines)


def plan_push(
    studio: Studio,
    *,
    project_title: str,
    scheme: Scheme,
    tasks: Iterable[Task],
    documents: Iterable[Document],
    predictions: Iterable[Prediction] = (),
    state: Path,
    overlap: int = 1,
) -> PushPlan:
    """Compare the workspace with the server.

    Args:
        studio: connection to the server.
        project_title: title of a project that is yet to be created, 3 to 50 characters.
        scheme: what the labelling page is made of.
        tasks: all tasks of the workspace, in the order of labelling.
        documents: at least those that the tasks are part of.
        predictions: pre-labels for tasks to be created.
        state: file that says which project belongs to the workspace.
        overlap: annotators wanted for each task.

    Raises:
        SyncError: the project is gone, or another one has its title.
        StudioError: the server cannot be reached, or refuses.
        UnknownLabelError: a prediction is not of the scheme.
        SchemeError: Label Studio cannot show the scheme.
    """
    page = Page.of(scheme)
    sent = export_tasks(tasks, documents, predictions=predictions, scheme=scheme)
    wanted = {task["data"][ID]: task for task in sent}
    known = SyncState.load(state)
    found, project = _recognise(studio, known, state, project_title, wanted)
    compared = _compare(wanted, _tasks_there(studio, project))
    payload = tuple(wanted[task_id] for task_id in compared.create)
    return PushPlan(
        **asdict(compared),
        url=studio.url,
        title=project.title if project else project_title,
        project=project.id if project else None,
        prelabels=sum("predictions" in task for task in payload),
        scheme_differs=_differs(project, found, page),
        stranded=_stranded(project, page),
        annotations=project.annotations if project else 0,
        overlap=overlap,
        overlap_there=project.overlap if project else None,
        state=found,
        state_file=state,
        linked=project is not None and found == known,
        page=page,
        payload=payload,
    )


def _recognise(
    studio: Studio, state: SyncState | None, path: Path, title: str, wanted: Mapping[str, object]
) -> tuple[SyncState | None, StudioProject | None]:
    """The workspace's project, by the state or, without one, by its title and its tasks."""
    if state is not None:
        project = known_project(studio, state, path)
        return (state.at(studio.url, project) if project else state), project
    project = studio.find_project(title)
    if project is None:
        return None, None
    key = key_in(project.description)
    if key and any(data.get(ID) in wanted for _, data in studio.tasks(project.id)):
        return SyncState(studio.url, title, key, project.id), project
    whose = "of another workspace" if key else "that annotate did not make"
    msg = (
        f"{studio.url} has a project {title!r} (number {project.id}) {whose}. Choose another title "
        "(`project` in annotate.toml), or rename that one."
    )
    raise SyncError(msg)


def _tasks_there(studio: Studio, project: StudioProject | None) -> dict[str, list[Data]]:
    """Data of the tasks on the server by our id; those without one by the server's number."""
    there: dict[str, list[Data]] = {}
    for number, data in studio.tasks(project.id) if project else ():
        task_id = data.get(ID)
        name = task_id if isinstance(task_id, str) else f"number {number}"
        there.setdefault(name, []).append(data)
    return there


def _compare(
    wanted: Mapping[str, Mapping[str, Data]], there: Mapping[str, list[Data]]
) -> Comparison:
    same = {
        task_id: all(
            copy.get(name) == value
            for copy in there[task_id]
            for name, value in sent["data"].items()  # fields that others added do not count
        )
        for task_id, sent in wanted.items()
        if task_id in there
    }
    return Comparison(
        create=tuple(task_id for task_id in wanted if task_id not in there),
        unchanged=tuple(task_id for task_id, is_same in same.items() if is_same),
        changed=tuple(task_id for task_id, is_same in same.items() if not is_same),
        only_on_server=tuple(task_id for task_id in there if task_id not in wanted),
        doubled=tuple(task_id for task_id, copies in there.items() if len(copies) > 1),
    )


def _differs(project: StudioProject | None, state: SyncState | None, page: Page) -> bool:
    if project is None or state is None:
        return False
    known = state.instructions in {"", page.digest}
    return not known or not same_page(project.config, page.config)


def _stranded(project: StudioProject | None, page: Page) -> tuple[str, ...]:
    if project is None or not project.annotations:
        return ()
    missing = choices_of(project.config) - choices_of(page.config)
    return tuple(sorted(f"{control} {value!r}".strip() for control, value in missing))


def _some(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
    return ", ".join(ids[:_NAMED]) + more
