"""A machine learning backend of a project: connected, and told of annotations."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from annotate.labelstudio.failures import READ_SECONDS, in_words, once, read

if TYPE_CHECKING:
    from label_studio_sdk.base_client import LabelStudioBase as LabelStudio

TITLE: Final = "annotate serve: "
"""How the titles of backends begin that annotate connects; a project shows what they say."""

_ACTIONS: Final = ("ANNOTATION_CREATED", "ANNOTATIONS_CREATED", "ANNOTATION_UPDATED",
                   "ANNOTATIONS_DELETED")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Backend:
    """A backend: where it answers, what it is called, and what it must be shown.

    Attributes:
        url: its address, without a path.
        name: of the model.
        user: of basic authentication.
        password: that goes with it; the server keeps it to itself.
        header: of the webhook; every user of the server can read it.
        token: the header's value.
    """

    url: str
    name: str
    user: str
    password: str = field(repr=False)
    header: str
    token: str = field(repr=False)

    @property
    def title(self) -> str:
        """What the server calls it."""
        return TITLE + self.name


def connect_backend(api: "LabelStudio", url: str, project: int, backend: Backend) -> None:
    """Have a backend answer for a project, in place of one that was connected by us before.

    Raises:
        StudioError: the server refuses, mostly since it cannot reach the backend.
    """
    _connect_webhook(api, url, project, backend)
    listed = read(
        url,
        "listing backends",
        lambda: api.ml.list(project=project, request_options=once(READ_SECONDS)),
    )
    ours = [each for each in listed if (each.title or "").startswith(TITLE)]
    fields: dict[str, Any] = {
        "url": backend.url,
        "title": backend.title,
        "description": "Made by annotate studio start --with",
        "auth_method": "BASIC_AUTH",
        "basic_auth_user": backend.user,
        "basic_auth_pass": backend.password,
        "is_interactive": False,
    }
    with in_words(url, f"connecting the model {backend.name}", writes=True):
        if ours:
            api.ml.update(ours[0].id, project=project, request_options=once(READ_SECONDS), **fields)
        else:
            api.ml.create(project=project, request_options=once(READ_SECONDS), **fields)
        for surplus in ours[1:]:
            api.ml.delete(surplus.id, request_options=once(READ_SECONDS))
        api.projects.update(
            project,
            model_version=backend.title,
            show_collab_predictions=True,
            request_options=once(READ_SECONDS),
        )


def _connect_webhook(api: "LabelStudio", url: str, project: int, backend: Backend) -> None:
    """Have the project tell of its annotations; first, since the server else makes one itself."""
    listed = read(
        url,
        "listing webhooks",
        lambda: api.webhooks.list(project=str(project), request_options=once(READ_SECONDS)),
    )
    ours = [each for each in listed if backend.header in (each.headers or {})]
    fields: dict[str, Any] = {
        "url": f"{backend.url}/webhook",
        "headers": {backend.header: backend.token},
        "actions": list(_ACTIONS),
        "is_active": True,
        "send_payload": True,
        "send_for_all_actions": False,
    }
    with in_words(url, "making the webhook", writes=True):
        if ours:
            api.webhooks.update(ours[0].id, request_options=once(READ_SECONDS), **fields)
        else:
            api.webhooks.create(project=project, request_options=once(READ_SECONDS), **fields)
        for surplus in ours[1:]:
            api.webhooks.delete(surplus.id, request_options=once(READ_SECONDS))
