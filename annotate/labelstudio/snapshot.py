"""A project's tasks and annotations, whole, by way of a snapshot that the server makes."""

import hashlib
import time
import uuid
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from annotate.errors import StudioError, UnansweredError, UncertainError
from annotate.labelstudio.failures import (
    LONG_SECONDS,
    PAUSES_SECONDS,
    READ_SECONDS,
    in_words,
    once,
    read,
)
from annotate.labelstudio.listing import tasks_in

if TYPE_CHECKING:
    from label_studio_sdk.base_client import LabelStudioBase as LabelStudio
    from label_studio_sdk.types.export import Export
    from label_studio_sdk.types.serialization_options_request import SerializationOptionsRequest

_WAIT_SECONDS, _POLL_SECONDS = 900.0, 1.0  # other editions make it in the background
_DOUBT_SECONDS, _DOUBT_FACTOR = 30.0, 3
_TITLE = "annotate pull"
_ORPHANED = timedelta(hours=1)
# As a mapping: the SDK's model for it has names of its own, which the server does not know.
_OPTIONS = {
    "annotations__completed_by": {"only_id": False},
    "predictions": {"only_id": True},
}


class _Made(NamedTuple):
    """A snapshot, and how long to wait until it is done."""

    number: int
    patience_seconds: float


def export_project(api: "LabelStudio", url: str, project: int) -> list[dict[str, Any]]:
    """Every task of a project with its annotations, as in a JSON export.

    ``completed_by`` is a mapping with id and email. The snapshot is deleted afterwards, and with
    it those that earlier pulls had to leave behind.

    Raises:
        StudioError: the export failed, or came incomplete.
    """
    made = _make(api, url, project, f"{_TITLE} {uuid.uuid4().hex}")
    try:
        checksum = _finished(api, url, project, made)
        ask = partial(_tasks, api, url, project, made.number, checksum)
        return read(url, f"reading the export of project {project}", ask)
    finally:
        _tidy(api, url, project, made.number)


def _make(api: "LabelStudio", url: str, project: int, title: str) -> _Made:
    """Have a snapshot made; where no answer comes, look for it by its title before another is."""
    pauses = list(PAUSES_SECONDS)
    while True:
        begun = time.monotonic()
        try:
            return _Made(_create(api, url, project, title), _WAIT_SECONDS)
        except (UncertainError, UnansweredError) as error:
            number = _find(api, url, project, title) if isinstance(error, UncertainError) else None
            if number is not None:
                # One whose maker died with its server is never done. The longer it took to find
                # out that something is wrong, the longer it may take to be done.
                waited = time.monotonic() - begun
                return _Made(number, max(_DOUBT_SECONDS, _DOUBT_FACTOR * waited))
            if not pauses:
                raise
        time.sleep(pauses.pop(0))


def _create(api: "LabelStudio", url: str, project: int, title: str) -> int:
    with in_words(url, f"exporting project {project}", writes=True):
        number = api.projects.exports.create(
            project,
            title=title,
            serialization_options=cast("SerializationOptionsRequest", _OPTIONS),
            request_options=once(LONG_SECONDS),
        ).id
        return _known(number)


def _find(api: "LabelStudio", url: str, project: int, title: str) -> int | None:
    ours = [each.id for each in _snapshots(api, url, project) if each.title == title]
    return ours[0] if ours else None


def _finished(api: "LabelStudio", url: str, project: int, made: _Made) -> str | None:
    """Wait until a snapshot is done; returns the checksum that the server gives for it."""
    deadline = time.monotonic() + made.patience_seconds
    ask = partial(
        api.projects.exports.get, project, made.number, request_options=once(READ_SECONDS)
    )
    while (snapshot := read(url, f"exporting project {project}", ask)).status in {
        "created",
        "in_progress",
    }:
        if time.monotonic() > deadline:
            msg = f"{url} did not finish the export of project {project}. Try again."
            raise StudioError(msg)
        time.sleep(_POLL_SECONDS)
    if snapshot.status != "completed":
        msg = f"{url} could not export project {project} (status {snapshot.status})."
        raise StudioError(msg)
    checksum: str | None = snapshot.md5
    return checksum


def _tasks(
    api: "LabelStudio", url: str, project: int, number: int, checksum: str | None
) -> list[dict[str, Any]]:
    chunks = api.projects.exports.download(project, number, request_options=once(LONG_SECONDS))
    content = b"".join(chunks)
    if checksum and hashlib.md5(content, usedforsecurity=False).hexdigest() != checksum:
        msg = f"The export from {url} came incomplete. Try again."
        raise UnansweredError(msg)
    return tasks_in(content, url)


def _tidy(api: "LabelStudio", url: str, project: int, ours: int) -> None:
    """Delete our snapshot and orphans; one that stays costs disk space, no data."""
    orphans: list[int] = []
    with suppress(StudioError):
        orphans = _orphans(api, url, project, ours)
    for number in (ours, *orphans):
        with suppress(StudioError), in_words(url, "deleting an export", writes=True):
            api.projects.exports.delete(project, number, request_options=once(READ_SECONDS))


def _orphans(api: "LabelStudio", url: str, project: int, ours: int) -> list[int]:
    """Snapshots of pulls that are long over, by the server's own clock."""
    made = {_known(each.id): each for each in _snapshots(api, url, project)}
    now = made[ours].created_at if ours in made else None
    return [
        number
        for number, each in made.items()
        if (each.title or "").startswith(_TITLE)
        and now
        and each.created_at
        and each.created_at < now - _ORPHANED
    ]


def _snapshots(api: "LabelStudio", url: str, project: int) -> "list[Export]":
    """The last hundred snapshots of a project."""
    from label_studio_sdk.types.export import Export

    def ask() -> list[Export]:
        found: list[Export]
        found = api.projects.exports.list(project, request_options=once(READ_SECONDS))
        if not all(isinstance(each, Export) and each.id is not None for each in found):
            msg = "no list of exports"  # the SDK lets anything through
            raise ValueError(msg)
        return found

    return read(url, f"looking for the export of project {project}", ask)


def _known(number: int | None) -> int:
    if number is None:
        msg = "an export without a number"
        raise ValueError(msg)
    return number
