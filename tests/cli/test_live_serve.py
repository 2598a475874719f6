"""`annotate studio start --with`: a model that answers in a real Label Studio, end to end."""

import json
import os
import signal
import time

import pytest

pytest.importorskip("fastapi")
import httpx
from label_studio_sdk import LabelStudio

from annotate.labelstudio import Studio
from annotate.labelstudio.home import StudioHome
from annotate.labelstudio.results import make_result
from annotate.labelstudio.server import local_studio
from annotate.records import Marked, Task
from annotate.serving import EventQueue
from annotate.workflows.serving_run import queue_file
from newsroom import label_of, newsroom

pytestmark = pytest.mark.live
PATIENCE = 120


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A Label Studio of its own: the one of the other tests may not ask this machine."""
    return StudioHome(StudioHome.default().installation, tmp_path_factory.mktemp("served"))


@pytest.fixture
def desk(run, tmp_path, monkeypatch, home):
    monkeypatch.setenv("ANNOTATE_STUDIO_HOME", str(home.data))
    monkeypatch.setenv("ANNOTATE_STUDIO_INSTALLATION", str(home.installation))
    desk = newsroom(tmp_path / "desk", articles=45, labelled=15)
    monkeypatch.chdir(desk.root)
    yield desk
    run("studio", "stop")


@pytest.fixture
def api():
    connections = []

    def connect():
        studio = local_studio()
        http = httpx.Client(trust_env=False, timeout=60)
        connections.append(http)
        return LabelStudio(base_url=studio.url, api_key=studio.api_key, httpx_client=http)

    yield connect
    for each in connections:
        each.close()


def rows(desk):
    studio = local_studio()
    project = json.loads(desk.studio_state.read_text("utf-8"))["project"]
    with Studio.connect(studio.url, studio.api_key) as connection:
        return {row.data["annotate_id"]: row.number for row in connection.rows(project)}


def events(desk):
    return queue_file(desk).read_text("utf-8").splitlines() if queue_file(desk).exists() else []


def wait_for(what):
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def served(run, *options):
    """Start a model beside Label Studio; returns what is told."""
    done = run("studio", "start", "--with", "first", "--retrain-every", "40", "--json", *options)
    assert done.code == 0, done.err
    return json.loads(done.out) | {"said": done.err}


def project_of(desk):
    return json.loads(desk.studio_state.read_text("utf-8"))["project"]


def retrainings(desk, outcome):
    path = queue_file(desk).with_name("retrainings.jsonl")
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return [each for each in map(json.loads, lines) if each["outcome"] == outcome]


def test_a_model_answers_hears_and_learns(run, desk, home, api):
    early = run("studio", "start", "--with", "first")
    assert (early.code, "Run `annotate studio start` and `annotate push`" in early.err) == (1, True)
    assert run("studio", "start").code == 0
    (desk.root / "annotations.jsonl").unlink()  # on the server nobody has labelled yet
    assert run("push").code == 0
    told = served(run)
    assert "Starting Label Studio anew" in told["said"]
    assert home.serve_secret() not in json.dumps(told)
    assert served(run) == told | {"said": "Serving the model first.\n"}, "it is safe to repeat"
    assert "first answers" in run("studio", "status").out

    ls = api()
    version = answers_in_label_studio(desk, told, ls)
    hears_of_every_annotation(run, desk, home, ls)

    wait_for(lambda: retrainings(desk, "promoted"))
    done = retrainings(desk, "promoted")[0]
    assert done["macro_f1"] >= done["macro_f1_before"]
    wait_for(lambda: ls.ml.list(project=project_of(desk))[0].model_version != version)
    assert run("studio", "stop").code == 0
    assert not home.served().process.alive
    with EventQueue(queue_file(desk)) as queue:
        assert len(queue.standing()) == sum(1 for _ in desk.read(Task)) - 1


def answers_in_label_studio(desk, told, ls):
    """Open some tasks: what is shown, and signed by whom."""
    (backend,) = ls.ml.list(project=project_of(desk))
    version = backend.model_version
    assert (backend.readable_state, version[:6]) == ("Connected", "first-")
    learnt = json.loads((desk.model("first") / "manifest.json").read_text("utf-8"))["documents"]
    numbers = rows(desk)
    shown = 0
    for task in list(desk.read(Task))[::7]:
        address = f"{told['url']}/api/tasks/{numbers[task.id]}"
        headers = ls._client_wrapper.get_headers()
        opened = httpx.get(address, headers=headers, trust_env=False, timeout=PATIENCE).json()
        quiet = task.stream.startswith("audit-") or task.prelabel_held_out
        found = opened["predictions"]
        assert bool(found) == (not quiet and task.document_id not in learnt)
        assert {each["model_version"] for each in found} <= {version}
        shown += bool(found)
    assert shown
    return version


def hears_of_every_annotation(run, desk, home, ls):
    """Also where the model's server was killed, and away for a while; and of a deletion."""
    tasks, numbers = list(desk.read(Task)), rows(desk)
    for place, task in enumerate(tasks):
        if place == 60:
            os.kill(home.served().process.pid, signal.SIGKILL)
        if place == 90:
            served(run)
        ls.annotations.create(
            numbers[task.id], result=make_result(label_of(task), Marked()), lead_time=1.0
        )
    wait_for(lambda: len(events(desk)) >= len(tasks))
    found = [json.loads(line) for line in events(desk)]
    assert len(found) == len({each["identity"] for each in found}) == len(tasks)
    assert sum(each["source"] == "pull" for each in found) == 30
    ls.annotations.delete(ls.annotations.list(numbers[tasks[-1].id])[0].id)
    wait_for(lambda: json.loads(events(desk)[-1])["action"] == "deleted")
    assert len(events(desk)) == len(tasks) + 1
    assert json.loads(events(desk)[-1])["identity"] == found[-1]["identity"]
