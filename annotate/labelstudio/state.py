"""Which project on which server belongs to a workspace, kept here and in the project itself."""

import json
import re
import uuid
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from annotate.errors import SyncError
from annotate.files import read_text, write_text
from annotate.labelstudio.client import Studio
from annotate.labelstudio.projects import StudioProject

_MARK = re.compile(r"annotate project key: ([0-9a-f]{32})\b")
_VERSION = re.compile(r"^annotate scheme since (\S+): (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SyncState:
    """The project of a workspace.

    ``key`` is written into the project's description, since numbers are given out again after a
    project is deleted and titles are not unique. ``project`` is None from before the project is
    created until the server's answer is known. ``instructions`` is the digest of those last sent:
    the server changes what it is sent, so they cannot be compared with what it has.
    """

    url: str
    title: str
    key: str
    project: int | None = None
    instructions: str = ""

    @classmethod
    def new(cls, url: str, title: str) -> "SyncState":
        """A state with a key of its own."""
        return cls(url=url, title=title, key=uuid.uuid4().hex)

    @classmethod
    def load(cls, path: Path) -> "SyncState | None":
        """Read the state; None if nothing was pushed from this workspace yet.

        Raises:
            SyncError: the file is not such a state.
        """
        if not path.is_file():
            return None
        try:
            state = cls(**json.loads(read_text(path)))
            usable = all(isinstance(v, str) for v in (state.url, state.title, state.key))
            usable = usable and isinstance(state.project, int | None)
        except (ValueError, TypeError):
            usable = False
        if not usable:
            msg = (
                f"{path} is not the state that annotate writes. Remove it and push again: "
                "the project is found again by its tasks."
            )
            raise SyncError(msg)
        return state

    def save(self, path: Path) -> None:
        """Write the state."""
        write_text(path, json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n")

    def at(self, url: str, project: StudioProject) -> "SyncState":
        """The state with the place where the project was found."""
        return replace(self, url=url, project=project.id)


@dataclass(frozen=True, slots=True)
class SchemeSince:
    """A version of the label scheme and since when it was on the labelling page."""

    version: str
    since: datetime


def describe(key: str, version: str, *, before: str = "") -> str:
    """The description of a project: by what it is known again, and when which scheme was shown.

    Args:
        key: the project's.
        version: of the scheme that is on the page from now on.
        before: the description so far; what people wrote into it stays.
    """
    if key not in before:
        before = (
            "Made by annotate. Keep the next lines: the project is known by them.\n"
            f"annotate project key: {key}"
        )
    known = schemes_in(before)
    if known and known[-1].version == version:
        return before
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    return f"{before.rstrip()}\nannotate scheme since {now}: {version}"


def schemes_in(description: str) -> tuple[SchemeSince, ...]:
    """The versions of the scheme that a project has shown, by the times at which they began."""
    found = []
    for since, version in _VERSION.findall(description):
        with suppress(ValueError):  # edited by hand
            moment = datetime.fromisoformat(since)
            found.append(SchemeSince(version.strip(), moment.astimezone(UTC)))
    return tuple(sorted(found, key=lambda scheme: scheme.since))


def key_in(description: str) -> str | None:
    """The key in a project's description, if annotate made the project."""
    found = _MARK.search(description)
    return found.group(1) if found else None


def known_project(studio: Studio, state: SyncState, path: Path) -> StudioProject | None:
    """The workspace's project on the server; None if it was never created.

    Known by its key, whatever its number, title or the server's address have become.

    Raises:
        SyncError: it was created, and is not there any more.
        StudioError: the server cannot be asked.
    """
    if state.project is not None:
        project = studio.project(state.project)
        if project and key_in(project.description) == state.key:
            return project
    for listed in studio.projects():
        if key_in(listed.description) == state.key:
            return studio.project(listed.id)
    if state.project is None:
        return None
    raise SyncError(_gone(studio, state, path))


def _gone(studio: Studio, state: SyncState, path: Path) -> str:
    what = f"The project {state.title!r} (number {state.project})"
    if studio.url != state.url:
        return (
            f"{what} is on {state.url}, and {studio.url} does not have it. Set LABEL_STUDIO_URL to "
            f"the first, or remove {path} and push again to make a new project on the second."
        )
    return (
        f"{what} is no longer on {state.url}: it was deleted, or the line with its key was taken "
        f"out of its description. To make a new project, remove {path} and run `annotate push`. "
        f"To keep the old one, put `annotate project key: {state.key}` back into its description."
    )
