"""Projects on the server: found, made, changed; and whose turn it is to change one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from annotate.labelstudio.failures import MISSING, READ_SECONDS, in_words, once, read
from annotate.labelstudio.rows import known_id

if TYPE_CHECKING:
    from label_studio_sdk.base_client import LabelStudioBase as LabelStudio
    from label_studio_sdk.types.all_roles_project_list import AllRolesProjectList
    from label_studio_sdk.types.lse_project_response import LseProjectResponse

_PAGE_SIZE = 1000
_OWNER, _BEAT = "annotate_owner", "annotate_beat"
_TURN_TITLE = "annotate is pushing"


@dataclass(frozen=True, slots=True)
class StudioProject:
    """A project on the server. ``tasks`` and ``annotations`` are counts.

    ``overlap`` annotators are wanted for each task; pre-labels of ``model_version`` are shown.
    """

    id: int
    title: str
    description: str = ""
    config: str = field(default="", repr=False)
    tasks: int = 0
    annotations: int = 0
    overlap: int = 1
    model_version: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody's wish to change a project, or their being at it; the lowest number is served.

    It is kept as a tab of the project's data manager: the one thing in Label Studio that can hold
    a text of ours, has a number of its own, and is never shown to somebody who labels.
    """

    number: int
    owner: str
    beat: int


def list_projects(api: "LabelStudio", url: str) -> tuple[StudioProject, ...]:
    """Id, title and description of every project, by id."""
    found: dict[int, StudioProject] = {}
    page = 1
    while True:
        count, listed = read(url, "listing projects", partial(_page, api, page))
        found |= {project.id: project for project in listed}
        if not listed or len(found) >= count:
            return tuple(found[number] for number in sorted(found))
        page += 1


def _page(api: "LabelStudio", page: int) -> tuple[int, list[StudioProject]]:
    answer = api.projects.list(
        include="id,title,description",
        page=page,
        page_size=_PAGE_SIZE,
        request_options=once(READ_SECONDS),
    ).response
    return answer.count, [_project(project) for project in answer.results]


def read_project(api: "LabelStudio", url: str, project: int) -> StudioProject | None:
    """A project, or None if the server has none of that id (it may be another one's now)."""
    from label_studio_sdk.core.api_error import ApiError

    def ask() -> StudioProject | None:
        try:
            return _project(api.projects.get(project, request_options=once(READ_SECONDS)))
        except ApiError as error:
            if error.status_code == MISSING:
                return None
            raise

    return read(url, f"reading project {project}", ask)


def create_project(api: "LabelStudio", url: str, title: str, **fields: Any) -> int:  # noqa: ANN401
    """Create a project and return its id.

    Args:
        api: the connection.
        url: the server's address, for messages.
        title: 3 to 50 characters.
        fields: more of the project, by the server's names.
    """
    with in_words(url, f"creating the project {title!r}", writes=True):
        created = api.projects.create(
            title=title,
            show_collab_predictions=True,
            enable_empty_annotation=False,
            request_options=once(READ_SECONDS),
            **fields,
        )
    return known_id(created.id, url)


def update_project(
    api: "LabelStudio", url: str, project: int, fields: Mapping[str, Any]
) -> None:  # fmt: skip
    """Change the named fields of a project, by the server's names."""
    with in_words(url, f"updating project {project}", writes=True):
        api.projects.update(project, request_options=once(READ_SECONDS), **fields)


def list_turns(api: "LabelStudio", url: str, project: int) -> list[Turn]:
    """Who wants to change a project or is at it, the one whose turn it is first."""

    def ask() -> list[Turn]:
        found = api.views.list(project=project, request_options=once(READ_SECONDS))
        turns = [
            Turn(known_id(view.id, url), str(data[_OWNER]), int(data.get(_BEAT) or 0))
            for view in found
            if isinstance(data := view.data, dict) and _OWNER in data
        ]
        return sorted(turns, key=lambda turn: turn.number)

    return read(url, f"asking who changes project {project}", ask)


def ask_turn(api: "LabelStudio", url: str, project: int, owner: str) -> None:
    """Stand in line to change a project."""
    with in_words(url, f"standing in line for project {project}", writes=True):
        api.views.create(
            project=project, data=_turn_data(owner, 0), request_options=once(READ_SECONDS)
        )


def keep_turn(api: "LabelStudio", url: str, project: int, turn: Turn) -> None:
    """Show that we are still at it: ``beat`` must be another one than before."""
    with in_words(url, f"staying in line for project {project}", writes=True):
        api.views.update(
            str(turn.number),
            project=project,
            data=_turn_data(turn.owner, turn.beat),
            request_options=once(READ_SECONDS),
        )


def end_turn(api: "LabelStudio", url: str, number: int) -> None:
    """Leave the line; what is not there any more is no error."""
    from label_studio_sdk.core.api_error import ApiError

    with in_words(url, "leaving the line", writes=True):
        try:
            api.views.delete(str(number), request_options=once(READ_SECONDS))
        except ApiError as error:
            if error.status_code != MISSING:
                raise


def _turn_data(owner: str, beat: int) -> Any:  # noqa: ANN401  the SDK's models forbid our fields
    return {"title": _TURN_TITLE, _OWNER: owner, _BEAT: beat}


def _project(found: "LseProjectResponse | AllRolesProjectList") -> StudioProject:
    return StudioProject(
        id=found.id or 0,
        title=found.title or "",
        description=found.description or "",
        config=found.label_config or "",
        tasks=found.task_number or 0,
        annotations=found.total_annotations_number or 0,
        overlap=getattr(found, "maximum_annotations", None) or 1,
        model_version=getattr(found, "model_version", None) or "",
    )
