"""The application over a real HTTP client, without a socket."""

import asyncio
import base64
import json
from dataclasses import dataclass, field

import pytest

pytest.importorskip("fastapi")
import httpx

from annotate.errors import QueueError
from annotate.serving import Answer, EventQueue
from annotate.serving.access import Access
from annotate.serving.app import Service, make_app
from annotate.serving.limits import Limits
from annotate.serving.measurements import Measurements
from annotate.serving.protocol import MOST_TASKS

PAGE = "<View>ours</View>"
SECRET = "a-secret-of-24-characters"
LIMITS = Limits()
MADE = {
    "action": "ANNOTATION_CREATED", "project": {"id": 21},
    "annotation": {"id": 1, "unique_id": "u1", "updated_at": "2026-01-01T00:00:00Z", "task": 3},
}  # fmt: skip


@dataclass
class Model:
    """Calls everything a claim, but what it must keep quiet about."""

    version: str = "first-0a1b2c3d"
    project: int | None = 21
    seen: list = field(default_factory=list)

    def misfit(self, config):
        return None if config == PAGE else "the page lacks 'claim' (label)"

    def answer(self, tasks):
        self.seen += tasks
        return [
            Answer(withheld="unaided")
            if each.task_id == "quiet"
            else Answer(prediction={"result": [each.text], "model_version": self.version})
            for each in tasks
        ]


@pytest.fixture
def queue(tmp_path):
    with EventQueue(tmp_path / "events.jsonl") as queue:
        yield queue


class Client:
    def __init__(self, queue, *, secret=None, limits=LIMITS, model=None, **fields):
        self.model = model or Model()
        self.said = []
        self.measurements = Measurements(
            version=lambda: self.model.version, events=lambda: len(queue)
        )
        access = Access("127.0.0.1", secret)
        service = Service(
            self.model, queue, self.measurements, access, limits, say=self.said.append, **fields
        )
        self.app = make_app(service)

    def __call__(self, method, path, **fields):
        async def ask():
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=True)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
                return await http.request(method, path, **fields)

        return asyncio.run(ask())

    def post(self, path, body, **fields):
        return self("POST", path, json=body, **fields)


@pytest.fixture
def client(queue):
    return Client(queue)


def asked(*tasks):
    return {
        "tasks": [{"id": n, "data": data} for n, data in enumerate(tasks)],
        "project": "22.1795434425", "label_config": PAGE,
        "params": {"login": None, "password": None, "context": None},
    }  # fmt: skip


def test_health_setup_and_versions_say_which_model_answers(client):
    assert client("GET", "/health").json() == {"status": "UP", "model_version": "first-0a1b2c3d"}
    setup = {"project": "22.1", "schema": PAGE, "hostname": "h", "access_token": "t"}
    assert client.post("/setup", setup).json() == {"model_version": "first-0a1b2c3d"}
    assert client("GET", "/versions").json() == {"versions": ["first-0a1b2c3d"]}
    client.model.version = "first-99999999"
    assert client.post("/setup", setup).json() == {"model_version": "first-99999999"}


def test_predictions_come_in_order_and_a_withheld_one_is_an_empty_list(client):
    body = asked(
        {"annotate_id": "t1", "text": "one"}, {"annotate_id": "quiet", "text": "two"}, {"text": 3}
    )
    answer = client.post("/predict", body)
    assert answer.status_code == 200
    first, second, third = answer.json()["results"]
    assert (first["result"], second, third["result"]) == (["one"], [], [None])
    assert [each.task_id for each in client.model.seen] == ["t1", "quiet", None]
    figures = client("GET", "/metrics").text
    assert 'annotate_predictions_total{outcome="shown"} 2.0' in figures
    assert 'annotate_predictions_total{outcome="unaided"} 1.0' in figures
    assert 'annotate_model{version="first-0a1b2c3d"} 1.0' in figures


def test_another_page_is_refused_in_words(client):
    refused = client.post("/predict", asked() | {"label_config": "<View/>"})
    assert (refused.status_code, refused.json()["detail"]) == (
        409,
        "the page lacks 'claim' (label)",
    )
    assert client.post("/setup", {"schema": "<View/>"}).status_code == 409
    assert client.said == ["Refused: the page lacks 'claim' (label)"] * 2
    assert client.model.seen == []


def test_an_event_is_recorded_once(client, queue):
    assert client.post("/webhook", MADE).json() == {"recorded": 1, "known": 0}
    assert client.post("/webhook", MADE).json() == {"recorded": 0, "known": 1}
    assert len(queue) == 1
    assert "annotate_events_recorded 1.0" in client("GET", "/metrics").text


def test_what_came_is_told_once_and_only_when_it_is_new(queue):
    told = []
    client = Client(queue, on_events=told.append)
    client.post("/webhook", MADE)
    client.post("/webhook", MADE)
    client.post("/webhook", {"action": "TASKS_CREATED", "tasks": []})
    assert told == [1]


def test_other_projects_events_are_refused(client, queue):
    refused = client.post("/webhook", MADE | {"project": {"id": 22}})
    assert refused.status_code == 409
    assert "project 22 is none of this workspace: that is 21" in refused.json()["detail"]
    assert len(queue) == 0


def test_somebody_asks_for_training(queue):
    client = Client(queue, on_training=lambda: "it runs")
    answer = client.post("/webhook", {"action": "START_TRAINING", "project": {"id": 21}})
    assert answer.json() == {"training": "it runs"}
    assert "--retrain-every" in Client(queue).post("/webhook", {"action": "START_TRAINING"}).text


def test_who_knows_the_webhooks_token_alone_cannot_start_training(queue):
    asked = []
    client = Client(queue, secret=SECRET, on_training=lambda: asked.append(1) or "it runs")
    training = {"action": "START_TRAINING", "project": {"id": 21}}
    token = {"X-Annotate-Webhook": Access("h", SECRET).webhook_token}
    assert client.post("/webhook", training, headers=token).status_code == 403
    assert asked == []
    assert client.post("/webhook", training, auth=("annotate", SECRET)).is_success
    assert asked == [1]


def test_without_the_secret_nothing_is_answered(queue):
    client = Client(queue, secret=SECRET)
    for path in ("/", "/health", "/metrics", "/versions", "/nothing"):
        refused = client("GET", path)
        assert refused.status_code == 401, path
        assert refused.headers["www-authenticate"].startswith("Basic")
    assert client.post("/predict", asked(), auth=("annotate", "wrong")).status_code == 401
    assert client.post("/predict", asked({"text": "x"}), auth=("annotate", SECRET)).is_success
    token = Access("h", SECRET).webhook_token
    assert client.post("/webhook", MADE, headers={"X-Annotate-Webhook": token}).is_success
    assert (
        client.post("/predict", asked(), headers={"X-Annotate-Webhook": token}).status_code == 401
    )
    assert SECRET not in json.dumps(client.said)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400), (b"{", 400), (b"[]", 400), (b"3", 400), (b'"\xff"', 400), (b"[" * 100_000, 400),
        (b"{}", 422), (b'{"tasks": {}}', 422), (b'{"tasks": [1], "label_config": ""}', 422),
        (b'{"tasks": []}', 422), (b'{"tasks": [], "label_config": 7}', 422),
        (b'{"tasks": [], "label_config": "' + b"x" * 2**21 + b'"}', 413),
        (json.dumps({"tasks": [{}] * (MOST_TASKS + 1), "label_config": PAGE}).encode(), 413),
        (b'{"tasks": [], "label_config": "\\ud800"}', 409),
    ],
    ids=range(14),
)  # fmt: skip
def test_hostile_bodies_are_refused_in_words(client, body, status):
    headers = {"Content-Type": "application/json"}
    refused = client("POST", "/predict", content=body, headers=headers)
    assert refused.status_code == status
    assert refused.json()["detail"]


def test_a_body_that_is_too_large_is_refused_declared_or_not(queue):
    client = Client(queue, limits=Limits(body_bytes=1000))
    headers = {"Content-Type": "application/json"}
    assert client("POST", "/webhook", content=b"x" * 1001, headers=headers).status_code == 413

    async def pieces():
        for _ in range(11):
            yield b"x" * 100

    assert client("POST", "/webhook", content=pieces(), headers=headers).status_code == 413
    assert client.post("/webhook", MADE).is_success
    assert client.app._bodies.held == 0


def test_bodies_that_are_held_together_have_a_bound(queue):
    client = Client(queue, limits=Limits(held_bytes=100))
    assert client.post("/webhook", MADE).status_code == 503
    assert client.app._bodies.held == 0


def test_too_many_requests_are_refused(queue):
    client = Client(queue, limits=Limits(requests_a_second=0.001, burst=3))
    statuses = [client("GET", "/health").status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]


def test_what_a_web_page_could_send_is_refused(client, queue):
    sent = json.dumps(MADE).encode()
    forged = client("POST", "/webhook", content=sent, headers={"Content-Type": "text/plain"})
    assert forged.status_code == 415
    rebound = client.post("/webhook", MADE, headers={"Host": "evil.example"})
    assert rebound.status_code == 421
    assert len(queue) == 0


def test_a_slow_body_is_given_up(queue):
    client = Client(queue, limits=Limits(body_seconds=0.05))

    async def slow():
        yield b"{"
        await asyncio.sleep(5)

    headers = {"Content-Type": "application/json"}
    assert client("POST", "/webhook", content=slow(), headers=headers).status_code == 408


def test_an_event_that_cannot_be_written_is_not_answered_for(queue, monkeypatch):
    def full(_event):
        raise QueueError("events.jsonl", "an event could not be written (disk full)", "Look.")

    client = Client(queue)
    monkeypatch.setattr(queue, "record", full)
    assert client.post("/webhook", MADE).status_code == 503
    assert "disk full" in client.said[0]


def test_large_batches_are_answered_in_pieces_and_in_order(client):
    tasks = [{"annotate_id": str(n), "text": str(n)} for n in range(1000)]
    found = client.post("/predict", asked(*tasks)).json()["results"]
    assert [each["result"] for each in found] == [[str(n)] for n in range(1000)]


def test_wrong_paths_and_methods(client):
    assert client("GET", "/predict").status_code == 405
    assert client("GET", "/docs").status_code == 404
    assert client("GET", "/openapi.json").status_code == 404
    assert 'path="other"' in client("GET", "/metrics").text


def test_basic_authentication_may_hold_any_characters(queue):
    client = Client(queue, secret="ümlaut-und-mehr-24-zeichen")
    shown = base64.b64encode("annotate:ümlaut-und-mehr-24-zeichen".encode()).decode()
    assert client("GET", "/health", headers={"Authorization": f"Basic {shown}"}).is_success
