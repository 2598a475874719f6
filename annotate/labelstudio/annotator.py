"""A user who annotates through the API, as the labelling page does it."""

import json
import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from annotate.errors import StudioError, UncertainError
from annotate.labelstudio.accounts import access_token
from annotate.labelstudio.failures import in_words
from annotate.labelstudio.home import Account

if TYPE_CHECKING:
    import httpx

_ATTEMPTS = 6
_FIRST_PAUSE_SECONDS = 0.3
_TIMEOUT_SECONDS = 60
_RENEW_SECONDS = 200  # an access token is good for 300
_BAD, _SERVER_ERROR = 400, 500


def maker_of(annotation: Mapping[str, Any]) -> str:
    """Email of who made an annotation, as the server spells it; empty for a deleted user."""
    return str((annotation["completed_by"] or {}).get("email", "")).lower()


class Annotator:
    """One user's connection, kept alive from one annotation to the next."""

    def __init__(self, client: "httpx.Client", project: int, user: Account) -> None:
        """Wrap an open connection; `connect` makes one."""
        self._client, self._project, self._user = client, project, user
        self._renew_at = 0.0

    @classmethod
    def connect(cls, url: str, project: int, user: Account) -> Self:
        """Open a connection; use it in a ``with`` block."""
        import httpx

        client = httpx.Client(base_url=url, timeout=_TIMEOUT_SECONDS, trust_env=False)
        return cls(client, project, user)

    def __enter__(self) -> Self:
        """The connection itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self._client.close()

    def annotate(self, task: int, body: Mapping[str, Any], stop: threading.Event) -> None:
        """Make one annotation, once, however often the server stumbles.

        Args:
            task: the server's number of the task.
            body: what is sent: ``result``, ``was_cancelled`` and ``lead_time``.
            stop: when set, an unclear answer is not followed up.

        Raises:
            StudioError: the server refuses.
            UncertainError: it gave no clear answer.
        """
        pause = _FIRST_PAUSE_SECONDS
        for attempt in range(_ATTEMPTS):
            try:
                if attempt == 0 or not self._has_annotated(task):
                    self._create(task, body)
            except UncertainError:
                if attempt == _ATTEMPTS - 1 or stop.wait(pause):
                    raise
                pause *= 2
            else:
                return

    def _create(self, task: int, body: Mapping[str, Any]) -> None:
        self._ask(
            "POST",
            f"/api/tasks/{task}/annotations/",
            params={"project": self._project},
            json=dict(body),
        )

    def _has_annotated(self, task: int) -> bool:
        made = json.loads(self._ask("GET", f"/api/tasks/{task}/"))["annotations"]
        return self._user.email.lower() in map(maker_of, made)

    def _ask(self, method: str, path: str, **parts: Any) -> bytes:  # noqa: ANN401  httpx's own
        """Content of the answer; an `UncertainError` says that asking again may help."""
        url, doing = str(self._client.base_url), f"annotating as {self._user.email}"
        with in_words(url, doing, writes=True):
            self._authorise()
            answer = self._client.request(method, path, **parts)
        if answer.status_code >= _SERVER_ERROR:
            msg = f"{url} failed (HTTP {answer.status_code}) while {doing}. Try again."
            raise UncertainError(msg)
        if answer.status_code >= _BAD:
            msg = f"{url} refused (HTTP {answer.status_code}) while {doing}: {path}."
            raise StudioError(msg)
        return answer.content

    def _authorise(self) -> None:
        """Get an access token, or a new one before the last one ends."""
        if time.monotonic() >= self._renew_at:
            token = access_token(self._client, self._user.api_key or "")
            if token is None:
                msg = f"The server does not accept the API key of {self._user.email}."
                raise StudioError(msg)
            self._client.headers["Authorization"] = f"Bearer {token}"
            self._renew_at = time.monotonic() + _RENEW_SECONDS
