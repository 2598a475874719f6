"""Figures for Prometheus."""

from collections.abc import Callable, Iterable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from annotate.serving.protocol import Answer

_PATHS: Final = frozenset(
    {"/", "/health", "/setup", "/predict", "/webhook", "/versions", "/metrics"}
)
_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)


class Measurements:
    """What is counted; the text that Prometheus reads is `text`."""

    content_type: Final = "text/plain; version=0.0.4; charset=utf-8"

    def __init__(self, *, version: Callable[[], str], events: Callable[[], int]) -> None:
        """Start counting.

        Args:
            version: of the model that answers.
            events: how many events are recorded.
        """
        self._registry = here = CollectorRegistry()
        self._version = version
        self._requests = Counter(
            "annotate_requests", "Requests answered.", ("path", "status"), registry=here
        )
        self._seconds = Histogram(
            "annotate_request_seconds",
            "Time to answer a request.",
            ("path",),
            buckets=_SECONDS,
            registry=here,
        )
        self._answers = Counter(
            "annotate_predictions",
            "Tasks asked about, by what came of it.",
            ("outcome",),
            registry=here,
        )
        self._told = Counter(
            "annotate_webhook_events",
            "Events told of by the webhook: new, or known.",
            ("outcome",),
            registry=here,
        )
        recorded = Gauge("annotate_events_recorded", "Events in the queue.", registry=here)
        recorded.set_function(events)
        self._model = Gauge("annotate_model", "The one that answers.", ("version",), registry=here)
        self._retrainings = Counter(
            "annotate_retrainings", "By what came of them.", ("outcome",), registry=here
        )
        self._running = Gauge("annotate_retraining", "Whether one runs.", registry=here)

    def request(self, path: str, status: int, seconds: float) -> None:
        """Count a request; paths that there are not count as one."""
        path = path if path in _PATHS else "other"
        self._requests.labels(path, str(status)).inc()
        self._seconds.labels(path).observe(seconds)

    def answers(self, answers: Iterable[Answer]) -> None:
        """Count what became of tasks that were asked about."""
        for each in answers:
            self._answers.labels(each.withheld or "shown").inc()

    def events(self, *, new: int, known: int) -> None:
        """Count events that a webhook told of."""
        self._told.labels("new").inc(new)
        self._told.labels("known").inc(known)

    def retraining(self, outcome: str | None) -> None:
        """Note that a retraining has begun (None), or how it ended."""
        self._running.set(outcome is None)
        if outcome is not None:
            self._retrainings.labels(outcome).inc()

    def text(self) -> bytes:
        """All figures in the text format of Prometheus."""
        self._model.clear()
        self._model.labels(self._version()).set(1)
        return generate_latest(self._registry)
