"""The gate before the application: who may ask, how often, and how much."""

import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from starlette.responses import JSONResponse

from annotate.serving.access import Access
from annotate.serving.limits import Bodies, Limits, Message, Rate, Receive
from annotate.serving.measurements import Measurements
from annotate.serving.protocol import RefusedError

Scope = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_CHALLENGE: Final = {"WWW-Authenticate": 'Basic realm="annotate", charset="UTF-8"'}
_UNAUTHORIZED: Final = 401


class Gate:
    """Passes on what may pass, with its whole body, and counts every answer."""

    def __init__(
        self, app: App, *, access: Access, limits: Limits, measurements: Measurements
    ) -> None:  # fmt: skip
        """Stand before an application."""
        self._app, self._access, self._measurements = app, access, measurements
        self._rate, self._bodies = Rate(limits), Bodies(limits)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        if scope["type"] != "http":
            return
        began = time.perf_counter()
        status = 500

        async def counted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._pass(scope, receive, counted)
        finally:
            self._measurements.request(scope["path"], status, time.perf_counter() - began)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
        try:
            self._check(scope, headers)
            body = await self._bodies.read(receive, headers.get("content-length"))
        except RefusedError as refused:
            more = _CHALLENGE if refused.status == _UNAUTHORIZED else {}
            # What is left of the body is not read, so the connection cannot be used again.
            more = {"Connection": "close", **more}
            answer = JSONResponse({"detail": str(refused)}, refused.status, more)
            await answer(scope, receive, send)
            return
        try:
            await self._app(scope, _whole(body, receive), send)
        finally:
            self._bodies.release(len(body))

    def _check(self, scope: Scope, headers: dict[str, str]) -> None:
        client = scope.get("client")
        self._rate.admit(client[0] if client else "")
        if not self._access.is_for_us(headers):
            raise RefusedError(421, "the request names another host than this machine")
        if not self._access.allows(scope["path"], headers):
            problem = "the secret is missing or wrong: basic authentication, user `annotate`"
            raise RefusedError(_UNAUTHORIZED, problem)
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if scope["method"] == "POST" and kind != "application/json":  # what no web page can forge
            raise RefusedError(415, "the content is not application/json")


def _whole(body: bytes, receive: Receive) -> Receive:
    """A source of a body that has been read already."""
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def following() -> Message:
        return left.pop() if left else await receive()

    return following
