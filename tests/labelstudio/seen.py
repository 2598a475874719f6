"""What really is on a server, seen by the plain SDK and not through a proxy."""

from contextlib import contextmanager
from dataclasses import dataclass

_PAGE = 10_000


@dataclass(frozen=True, slots=True)
class SeenProject:
    """A project on the server, and whose pre-labels it shows."""

    number: int
    model: str


@dataclass(frozen=True, slots=True)
class SeenPrediction:
    """A prediction on the server."""

    number: int
    model: str
    label: str


@dataclass(frozen=True, slots=True)
class SeenTask:
    """A task on the server: its number, our id, its text, and what hangs on it."""

    number: int
    task_id: str
    text: str
    predictions: tuple[SeenPrediction, ...]
    annotations: tuple[int, ...]


class Seen:
    """The server as its administrator sees it."""

    def __init__(self, api):
        self._api = api

    def projects(self, title):
        """The projects of exactly this title, the oldest first."""
        wanted = "id,title,model_version"
        found = self._api.projects.list(title=title, include=wanted, page_size=_PAGE).items
        same = (project for project in found if project.title == title)
        projects = (SeenProject(project.id, project.model_version or "") for project in same)
        return sorted(projects, key=lambda project: project.number)

    def tasks(self, title):
        """All tasks of the projects of this title, by number."""
        found = [
            _task(task)
            for project in self.projects(title)
            for task in self._api.tasks.list(project=project.number, page_size=_PAGE).items
        ]
        return sorted(found, key=lambda task: task.number)

    def delete(self, title):
        """Delete the projects of this title."""
        for project in self.projects(title):
            self._api.projects.delete(project.number)


@contextmanager
def plain_sdk(url, api_key):
    """A connection of the plain SDK, straight to the server, while the block runs."""
    import httpx
    from label_studio_sdk import LabelStudio

    with httpx.Client(timeout=120, trust_env=False) as client:
        yield LabelStudio(base_url=url, api_key=api_key, httpx_client=client)


def _task(task):
    return SeenTask(
        number=task.id,
        task_id=task.data.get("annotate_id", ""),
        text=task.data["text"],
        predictions=tuple(_prediction(each) for each in task.predictions),
        annotations=tuple(sorted(each["id"] for each in task.annotations)),
    )


def _prediction(found):
    label = next(item["value"]["choices"] for item in found.result if "choices" in item["value"])
    return SeenPrediction(found.id, found.model_version, *label)
