"""The one place that speaks to Label Studio's API."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from annotate.errors import SyncError
from annotate.labelstudio import backends, listing, people, projects, rows, tabs
from annotate.labelstudio.address import is_loopback, normal_url, plain_key, release_at
from annotate.labelstudio.failures import (
    FIRST_PAUSES_SECONDS,
    LONG_SECONDS,
    READ_SECONDS,
    in_words,
    once,
    read,
)
from annotate.labelstudio.listing import EVERY, Stamped, Where
from annotate.labelstudio.people import StudioUser
from annotate.labelstudio.projects import StudioProject, Turn
from annotate.labelstudio.rows import Prelabel, Row
from annotate.labelstudio.snapshot import export_project
from annotate.labelstudio.tabs import Tab

if TYPE_CHECKING:
    import httpx
    from label_studio_sdk.base_client import LabelStudioBase as LabelStudio

CONNECT_SECONDS = 10


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

        # Not `label_studio_sdk.LabelStudio`: what that has more (pandas for exports, checks of
        # labelling pages) takes longer to load than everything else here together.
        from label_studio_sdk.base_client import LabelStudioBase as LabelStudio

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
                api = LabelStudio(
                    base_url=address, api_key=key, httpx_client=http, timeout=READ_SECONDS
                )
            user = read(
                address, "checking the API key", api.users.whoami, pauses=FIRST_PAUSES_SECONDS
            )
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
        return people.list_users(self._api, self.url)

    def project(self, project: int) -> StudioProject | None:
        """A project, or None if the server has none of that id (it may be another one's now)."""
        return projects.read_project(self._api, self.url, project)

    def projects(self) -> tuple[StudioProject, ...]:
        """Id, title and description of every project, by id."""
        return projects.list_projects(self._api, self.url)

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
        return projects.create_project(
            self._api,
            self.url,
            title,
            label_config=config,
            expert_instruction=instructions,
            description=description,
            maximum_annotations=overlap,
        )

    def update_project(
        self,
        project: int,
        *,
        config: str | None = None,
        instructions: str | None = None,
        description: str | None = None,
        overlap: int | None = None,
        model_version: str | None = None,
    ) -> None:
        """Change what is named of a project: its page, its instructions, and so on."""
        fields = {
            "label_config": config,
            "expert_instruction": instructions,
            "description": description,
            "maximum_annotations": overlap,
            "model_version": model_version,
        }
        given = {name: value for name, value in fields.items() if value is not None}
        projects.update_project(self._api, self.url, project, given)

    def delete_project(self, project: int) -> None:
        """Delete a project with all its tasks and annotations."""
        with in_words(self.url, f"deleting project {project}", writes=True):
            self._api.projects.delete(project, request_options=once(LONG_SECONDS))

    def connect_backend(self, project: int, backend: backends.Backend) -> None:
        """Have a machine learning backend answer for a project, and be told of annotations."""
        backends.connect_backend(self._api, self.url, project, backend)

    def turns(self, project: int) -> list[Turn]:
        """Who wants to change a project or is at it, the one whose turn it is first."""
        return projects.list_turns(self._api, self.url, project)

    def ask_turn(self, project: int, owner: str) -> None:
        """Stand in line to change a project."""
        projects.ask_turn(self._api, self.url, project, owner)

    def keep_turn(self, project: int, turn: Turn) -> None:
        """Show that we are still at it, by a new ``beat``."""
        projects.keep_turn(self._api, self.url, project, turn)

    def end_turn(self, turn: Turn) -> None:
        """Leave the line; a turn that has ended already is no error."""
        projects.end_turn(self._api, self.url, turn.number)

    def tabs(self, project: int) -> frozenset[Tab]:
        """The tabs that we made for annotators and batches."""
        return tabs.list_tabs(self._api, self.url, project)

    def add_tab(self, project: int, tab: Tab) -> None:
        """Make a tab with some of the tasks."""
        tabs.add_tab(self._api, self.url, project, tab)

    def rows(self, project: int, where: Where = EVERY) -> Iterator[Row]:
        """The tasks of a project as the server has them, by number.

        Raises:
            StudioError: the listing failed or ended before the server's own count was reached.
        """
        return rows.list_rows(self._api, self.url, project, where)

    def row(self, number: int) -> Row | None:
        """A task as it is at this moment, drafts counted as work; None if it is not there."""
        return rows.read_row(self._api, self.url, number)

    def tasks(self, project: int) -> Iterator[tuple[int, dict[str, Any]]]:
        """Server id and data of every task, by id, without their annotations."""
        return ((row.number, dict(row.data)) for row in self.rows(project))

    def stamps(self, project: int, where: Where) -> Iterator[Stamped]:
        """Number and time of the tasks of which something is true, by number.

        Raises:
            StudioError: the listing failed or ended before the server's own count was reached.
        """
        return listing.list_stamps(self._api, self.url, project, where)

    def count(self, project: int, where: Where) -> int:
        """How many tasks there are of which something is true."""
        return listing.count_tasks(self._api, self.url, project, where)

    def newest(self, project: int) -> str | None:
        """When a task of a project was last updated, as a `stamp`; None where there is none."""
        return listing.newest_stamp(self._api, self.url, project)

    def import_tasks(
        self, project: int, tasks: Sequence[Mapping[str, Any]], body: bytes | None = None
    ) -> list[int]:
        """Create tasks in one request: all of them or none.

        ``body`` is the same as JSON, where that is made already. Returns their numbers in the
        order given; nothing where the server does not say them.

        Raises:
            UncertainError: it is not known whether they were created.
            StudioError: they were refused.
        """
        return rows.import_rows(self._api, self.url, project, tasks, body)

    def change_task(self, number: int, data: Mapping[str, Any]) -> None:
        """Replace the data of a task; its annotations stay."""
        rows.change_row(self._api, self.url, number, data)

    def delete_tasks(self, project: int, numbers: Sequence[int]) -> None:
        """Delete tasks with their annotations; what is not there is passed over."""
        rows.delete_rows(self._api, self.url, project, numbers)

    def predictions(self, project: int, number: int | None = None) -> dict[int, list[Prelabel]]:
        """The pre-labels of a project, or of one of its tasks, by the number of the task."""
        return rows.list_predictions(self._api, self.url, project, number)

    def import_predictions(self, project: int, prelabels: Mapping[int, Prelabel]) -> None:
        """Give tasks a pre-label more each, by their numbers: all of them or none.

        Raises:
            UncertainError: it is not known whether they arrived.
            StudioError: they were refused.
        """
        rows.import_predictions(self._api, self.url, project, prelabels)

    def delete_predictions(self, project: int, numbers: Sequence[int]) -> None:
        """Delete every pre-label of these tasks."""
        rows.delete_predictions(self._api, self.url, project, numbers)

    def surplus_predictions(self, number: int) -> list[int]:
        """Numbers of a task's pre-labels beyond one that no annotation began with."""
        return rows.surplus_predictions(self._api, self.url, number)

    def delete_prediction(self, number: int) -> None:
        """Delete one pre-label; one that is gone already is no error."""
        rows.delete_prediction(self._api, self.url, number)

    def export_tasks(self, project: int, numbers: Sequence[int]) -> list[dict[str, Any]] | None:
        """Single tasks as `listing.export_tasks` gives them; None where there is no such export."""
        return listing.export_tasks(self._api, self.url, project, numbers)

    def export(self, project: int) -> list[dict[str, Any]]:
        """Every task of a project with its annotations, as in a JSON export.

        ``completed_by`` is a mapping with id and email.

        Raises:
            StudioError: the export failed, or came incomplete.
        """
        return export_project(self._api, self.url, project)
