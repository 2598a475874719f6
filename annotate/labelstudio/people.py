"""The users of a server."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from annotate.labelstudio.exported import stamp
from annotate.labelstudio.failures import read

if TYPE_CHECKING:
    from label_studio_sdk.base_client import LabelStudioBase as LabelStudio


@dataclass(frozen=True, slots=True)
class StudioUser:
    """A user of the server. ``joined`` is when the account was made, if the server says so."""

    id: int
    email: str
    joined: str | None = None


def list_users(api: "LabelStudio", url: str) -> tuple[StudioUser, ...]:
    """The users of the server, by id."""
    listed = read(url, "listing users", lambda: list(api.users.list()))
    found = [StudioUser(user.id, user.email or "", _moment(user.date_joined)) for user in listed]
    return tuple(sorted(found, key=lambda user: user.id))


def _moment(given: object) -> str | None:
    return stamp(given) if isinstance(given, datetime) else None
