"""The one place that speaks to Label Studio's API."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self, cast

from annotate.errors import StudioError, SyncError, UncertainError
from annotate.labelstudio.address import is_loopback, normal_url, plain_key, release_at
from annotate.labelstudio.failures import MISSING, in_words, once
from annotate.labelstudio.snapshot import export_project

if TYPE_CHECKING:
    import httpx
    from label_studio_sdk import LabelStudio
    from label_studio_sdk.types.all_roles_project_list import AllRolesProjectList
    from label_studio_sdk.types.import_api_request import ImportApiRequest
    from label_studio_sdk.types.lse_project_response import LseProjectResponse

CONNECT_SECONDS, READ_SECONDS, LONG_SECONDS = 10, 60, 900
PAGE_SIZE = 1000


@dataclass(frozen=True, slots=True)
class StudioProject:
    """A project on the server. ``tasks`` and ``annotations`` are counts.

    ``overlap`` annotators are wanted for each task.
    """

    id: int
    title: str
    description: str = ""
    config: str = field(default="", repr=False)
    tasks: int = 0
    annotations: int = 0
    overlap: int = 1


@dataclass(frozen=True, slots=True)
class StudioUser:
    """A user of the server."""

    id: int
    email: str


class Studio:
    """A connection to one Label Studio, with both kinds of API key.

    No write is ever repeated by itself: an answer that leaves open whether it was done raises
    `UncertainError`, and the caller looks before it sends again. Use it in a ``with`` block, or
    call `close`.
    """

    def __init__(
        self, url: str, api: "LabelStudio", http: "httpx.Client", *, version: str, email: str
    ) -> None:
        """Wrap an open connection; `connect` makes one."""
        self.url = url
        self.version = version
        self.email = email
        self._api = api
        self._http = http

    @classmethod
    def connect(cls, url: str, api_key: str) -> Self:
        """Open a connection and see that server and key are good.

        Args:
            url: address of the server, with its path prefix if it has one.
            api_key: personal access token or legacy token.

        Raises:
            StudioError: nothing answers there, it is no Label Studio, or the key is refused.
        """
        import httpx
        from label_studio_sdk import LabelStudio

        address, key = normal_url(url), plain_key(api_key)
        limits = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
        # A proxy from the environment must not stand between us and this very machine. Redirects
        # are not followed: the first would turn a POST into a GET.
        http = httpx.Client(
            timeout=limits, follow_redirects=False, trust_env=not is_loopback(address)
        )
        try:
            version = release_at(http, address)
            with in_words(address, "checking the API key"):
                api = LabelStudio(  # type: ignore[no-untyped-call]
                    base_url=address, api_key=key, httpx_client=http, timeout=READ_SECONDS
                )
                user = api.users.whoami()
        except BaseException:
            http.close()
            raise
        return cls(address, api, http, version=version, email=user.email or "")

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def __enter__(self) -> Self:
        """The connection itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self.close()

    def project_url(self, project: int) -> str:
        """Address of a project's page in the browser."""
        return f"{self.url}projects/{project}/data"

    def users(self) -> tuple[StudioUser, ...]:
        """The users of the server, by id."""
        with in_words(self.url, "listing users"):
            found = [StudioUser(user.id, user.email or "") for user in self._api.users.list()]
        return tuple(sorted(found, key=lambda user: user.id))

    def project(self, project: int) -> StudioProject | None:
        """A project, or None if the server has none of that id (it may be another one's now)."""
        from label_studio_sdk.core.api_error import ApiError

        with in_words(self.url, f"reading project {project}"):
            try:
                return _project(self._api.projects.get(project))
            except ApiError as error:
                if error.status_code == MISSING:
                    return None
                raise

    def projects(self) -> tuple[StudioProject, ...]:
        """Id, title and description of every project, by id."""
        found: dict[int, StudioProject] = {}
        page = 1
        while True:
            with in_words(self.url, "listing projects"):
                answer = self._api.projects.list(
                    include="id,title,description", page=page, page_size=PAGE_SIZE
                ).response
                listed = [_project(project) for project in answer.results]
            found |= {project.id: project for project in listed}
            if not listed or len(found) >= answer.count:
                return tuple(found[number] for number in sorted(found))
            page += 1

    def find_project(self, title: str) -> StudioProject | None:
        """The project of exactly this title; titles are not unique on the server.

        Raises:
            SyncError: several projects have it.
        """
        found = [project for project in self.projects() if project.title == title]
        if len(found) > 1:
            ids = ", ".join(str(project.id) for project in found)
            msg = (
                f"{self.url} has {len(found)} projects called {title!r} (numbers {ids}). "
                "Rename all but one, or choose another title in annotate.toml."
            )
            raise SyncError(msg)
        return self.project(found[0].id) if found else None

    def create_project(
        self, title: str, config: str, instructions: str, *, description: str, overlap: int = 1
    ) -> int:
        """Create a project and return its id; ``overlap`` annotators are wanted for each task."""
        with in_words(self.url, f"creating the project {title!r}", writes=True):
            created = self._api.projects.create(
                title=title,
                label_config=config,
                expert_instruction=instructions,
                description=description,
                maximum_annotations=overlap,
                show_collab_predictions=True,
                enable_empty_annotation=False,
                request_options=once(READ_SECONDS),
            )
        return _known_id(created.id, self.url)

    def update_project(
        self, project: int, config: str, instructions: str, *, overlap: int = 1
    ) -> None:
        """Replace a project's labelling page, its instructions and the annotators wanted."""
        with in_words(self.url, f"updating the page of project {project}", writes=True):
            self._api.projects.update(
                project,
                label_config=config,
                expert_instruction=instructions,
                maximum_annotations=overlap,
                request_options=once(READ_SECONDS),
            )

    def delete_project(self, project: int) -> None:
        """Delete a project with all its tasks and annotations."""
        with in_words(self.url, f"deleting project {project}", writes=True):
            self._api.projects.delete(project, request_options=once(LONG_SECONDS))

    def tasks(self, project: int) -> Iterator[tuple[int, dict[str, Any]]]:
        """Server id and data of every task, by id, without their annotations.

        Raises:
            StudioError: the listing failed or ended before the server's own count was reached.
        """
        last = 0
        while True:
            # Asked for by id, not by page: a task deleted meanwhile would move the pages, and a
            # task overlooked would be created a second time.
            with in_words(self.url, f"listing the tasks of project {project}"):
                answer = self._api.tasks.list(
                    project=project,
                    include="id,data",
                    fields="task_only",
                    page_size=PAGE_SIZE,
                    query=_after(last),
                ).response
                found = [(_known_id(task.id, self.url), dict(task.data)) for task in answer.tasks]
            yield from found
            if len(found) >= answer.total:
                return
            if not found or found[-1][0] <= last:
                msg = f"{self.url} stopped listing tasks after number {last}. Try again."
                raise StudioError(msg)
            last = found[-1][0]

    def import_tasks(self, project: int, tasks: Sequence[dict[str, Any]]) -> None:
        """Create tasks in one request: all of them or none.

        Raises:
            UncertainError: it is not known whether they were created.
            StudioError: they were refused.
        """
        with in_words(self.url, f"sending {len(tasks)} tasks", writes=True):
            answer = self._api.projects.import_tasks(
                project,
                request=cast("list[ImportApiRequest]", list(tasks)),
                request_options=once(LONG_SECONDS),
            )
        if answer.task_count != len(tasks):
            msg = f"{self.url} created {answer.task_count} of {len(tasks)} tasks."
            raise UncertainError(msg)

    def export(self, project: int) -> list[dict[str, Any]]:
        """Every task of a project with its annotations, as in a JSON export.

        ``completed_by`` is a mapping with id and email.

        Raises:
            StudioError: the export failed, or came incomplete.
        """
        return export_project(self._api, self.url, project)


def _known_id(number: int | None, url: str) -> int:
    if number is None:
        msg = f"{url} gave an answer without an id, which Label Studio would not do."
        raise UncertainError(msg)
    return number


def _project(found: "LseProjectResponse | AllRolesProjectList") -> StudioProject:
    return StudioProject(
        id=found.id or 0,
        title=found.title or "",
        description=found.description or "",
        config=found.label_config or "",
        tasks=found.task_number or 0,
        annotations=found.total_annotations_number or 0,
        overlap=getattr(found, "maximum_annotations", None) or 1,
    )


def _after(number: int) -> str:
    """The query for tasks with a higher id, in the order of their ids."""
    above = {
        "filter": "filter:tasks:id", "operator": "greater", "type": "Number", "value": number
    }  # fmt: skip
    return json.dumps(
        {"filters": {"conjunction": "and", "items": [above]}, "ordering": ["tasks:id"]}
    )
