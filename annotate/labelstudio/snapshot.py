"""A project's tasks and annotations, whole, by way of a snapshot that the server makes."""

import hashlib
import json
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

from annotate.errors import StudioError
from annotate.labelstudio.failures import in_words, once

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio
    from label_studio_sdk.types.serialization_options_request import SerializationOptionsRequest

MAKE_SECONDS = 900
_WAIT_SECONDS, _POLL_SECONDS = 900, 1.0  # other editions make it in the background
# As a mapping: the SDK's model for it has names of its own, which the server does not know.
_OPTIONS = {
    "annotations__completed_by": {"only_id": False},
    "predictions": {"only_id": True},
}


def export_project(api: "LabelStudio", url: str, project: int) -> list[dict[str, Any]]:
    """Every task of a project with its annotations, as in a JSON export.

    ``completed_by`` is a mapping with id and email. The snapshot is deleted afterwards.

    Raises:
        StudioError: the export failed, or came incomplete.
    """
    exports = api.projects.exports
    with in_words(url, f"exporting project {project}"):
        number = exports.create(
            project,
            serialization_options=cast("SerializationOptionsRequest", _OPTIONS),
            request_options=once(MAKE_SECONDS),
        ).id
        if number is None:
            msg = f"{url} gave the export of project {project} no number."
            raise StudioError(msg)
    try:
        with in_words(url, f"exporting project {project}"):
            content, checksum = _content(api, url, project, number)
    finally:
        # A snapshot left behind costs disk space, no data.
        with suppress(StudioError), in_words(url, "deleting an export", writes=True):
            exports.delete(project, number, request_options=once(MAKE_SECONDS))
    return _tasks(content, checksum, url)


def _content(
    api: "LabelStudio", url: str, project: int, number: int
) -> tuple[bytes, str | None]:  # fmt: skip
    """Content of a snapshot, once it is done, and the checksum that the server gives for it."""
    exports, deadline = api.projects.exports, time.monotonic() + _WAIT_SECONDS
    while (snapshot := exports.get(project, number)).status in {"created", "in_progress"}:
        if time.monotonic() > deadline:
            msg = f"{url} did not finish the export of project {project}. Try again."
            raise StudioError(msg)
        time.sleep(_POLL_SECONDS)
    if snapshot.status != "completed":
        msg = f"{url} could not export project {project} (status {snapshot.status})."
        raise StudioError(msg)
    chunks = exports.download(project, number, request_options=once(MAKE_SECONDS))
    return b"".join(chunks), snapshot.md5


def _tasks(content: bytes, checksum: str | None, url: str) -> list[dict[str, Any]]:
    if checksum and hashlib.md5(content, usedforsecurity=False).hexdigest() != checksum:
        msg = f"The export from {url} came incomplete. Try again."
        raise StudioError(msg)
    with in_words(url, "reading the export"):
        exported = json.loads(content)
    if not isinstance(exported, list):
        msg = f"{url} sent an export that is no list of tasks."
        raise StudioError(msg)
    return exported
