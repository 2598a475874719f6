"""The application: a path each for what Label Studio, Prometheus and people ask."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from annotate.errors import QueueError
from annotate.serving.access import Access
from annotate.serving.event_queue import EventQueue
from annotate.serving.events import START_TRAINING, events_in, project_in
from annotate.serving.gate import Gate
from annotate.serving.limits import Limits
from annotate.serving.measurements import Measurements
from annotate.serving.protocol import Backend, RefusedError, asked_in, config_in, results

Headers = Mapping[str, str]
"""Of a request, by names in lower case."""

_PREDICTING: Final = 4
"""Requests for predictions that are answered at one time; others wait."""
_AT_ONCE: Final = 256
"""Tasks answered before others get their turn."""


@dataclass(frozen=True)
class Service:
    """What the application answers with.

    Attributes:
        backend: answers for the model.
        queue: takes events.
        measurements: counts.
        access: what a request must show.
        limits: what it may cost.
        on_events: is told how many new events a webhook brought.
        on_training: is told that somebody asked for training; returns what to answer.
        say: is told what somebody should know who looks after the server.
    """

    backend: Backend
    queue: EventQueue
    measurements: Measurements
    access: Access
    limits: Limits = field(default_factory=Limits)
    on_events: Callable[[int], None] = lambda _new: None
    on_training: Callable[[], str] = lambda: "no retraining: annotate serve --retrain-every N"
    say: Callable[[str], None] = lambda _words: None

    def setup(self, body: bytes, _headers: Headers) -> dict[str, Any]:
        """Answer for a project, if the model fits its page."""
        self._check(config_in(_parsed(body), "schema"))
        return {"model_version": self.backend.version}

    def predict(self, body: bytes, _headers: Headers) -> dict[str, Any]:
        """Answer for tasks."""
        content = _parsed(body)
        asked = asked_in(content)
        self._check(config_in(content, "label_config"))
        answers = []
        for start in range(0, len(asked), _AT_ONCE):
            answers += self.backend.answer(asked[start : start + _AT_ONCE])
        self.measurements.answers(answers)
        return results(answers)

    def webhook(self, body: bytes, headers: Headers) -> dict[str, Any]:
        """Write down what is told; Label Studio asks for training here too, with the secret."""
        content = _parsed(body)
        project, ours = project_in(content), self.backend.project
        if ours is not None and project is not None and project != ours:
            raise RefusedError(409, f"project {project} is none of this workspace: that is {ours}")
        if content.get("action") == START_TRAINING:
            if not self.access.may_ask(headers):
                raise RefusedError(403, "training takes the secret: basic authentication")
            return {"training": self.on_training()}
        try:
            events = list(events_in(content))
        except ValueError as problem:
            raise RefusedError(422, str(problem)) from None
        new = sum(map(self.queue.record, events))
        self.measurements.events(new=new, known=len(events) - new)
        if new:
            self.on_events(new)
        return {"recorded": new, "known": len(events) - new}

    def _check(self, config: str) -> None:
        if problem := self.backend.misfit(config):
            self.say(f"Refused: {problem}")
            raise RefusedError(409, problem)


def make_app(service: Service) -> Gate:
    """The application (ASGI 3) with the gate before it."""
    app = FastAPI(title="annotate serve", docs_url=None, redoc_url=None, openapi_url=None)
    _add_state(app, service)
    _add_work(app, service)

    async def refused(_request: Request, error: Exception) -> Response:
        status = error.status if isinstance(error, RefusedError) else 500
        return JSONResponse({"detail": str(error)}, status)

    async def unrecorded(_request: Request, error: Exception) -> Response:
        service.say(str(error))
        return JSONResponse({"detail": "the event could not be written down"}, 503)

    app.add_exception_handler(RefusedError, refused)
    app.add_exception_handler(QueueError, unrecorded)
    return Gate(
        app, access=service.access, limits=service.limits, measurements=service.measurements
    )  # fmt: skip


def _add_state(app: FastAPI, service: Service) -> None:
    """What is answered at once."""

    @app.get("/")
    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "UP", "model_version": service.backend.version}

    @app.get("/versions")
    async def versions() -> dict[str, list[str]]:
        return {"versions": [service.backend.version]}

    @app.get("/metrics")
    async def metrics() -> Response:
        return Response(service.measurements.text(), media_type=Measurements.content_type)


def _add_work(app: FastAPI, service: Service) -> None:
    """What takes a moment, and is done beside the loop that answers."""
    predicting, recording = CapacityLimiter(_PREDICTING), CapacityLimiter(1)

    def answering(path: str, do: Callable[[bytes, Headers], Any], limiter: CapacityLimiter) -> None:
        async def answer(request: Request) -> Response:
            body = await request.body()
            done = await to_thread.run_sync(do, body, request.headers, limiter=limiter)
            return JSONResponse(done)

        app.add_api_route(path, answer, methods=["POST"])

    answering("/setup", service.setup, predicting)
    answering("/predict", service.predict, predicting)
    answering("/webhook", service.webhook, recording)


def _parsed(body: bytes) -> Mapping[str, Any]:
    """The JSON object of a body.

    Raises:
        RefusedError: it is none.
    """
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise RefusedError(400, "the body is no JSON") from None
    if not isinstance(content, Mapping):
        raise RefusedError(400, "the body is no JSON object")
    return content
