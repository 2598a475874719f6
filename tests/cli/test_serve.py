"""`annotate serve`: refusals in words, and a server that stops as it should."""

import json
import os
import signal
import subprocess
import sys

import pytest

pytest.importorskip("fastapi")
import httpx

from annotate.labelstudio.config import label_config
from annotate.serving import EventQueue
from annotate.workflows.serving_run import queue_file
from newsroom import newsroom

PROGRAM = [sys.executable, "-c", "from annotate.cli import main; main()"]
SECRET = "a-secret-of-24-characters"


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return newsroom(tmp_path_factory.mktemp("news") / "desk", articles=15)


def without_studio(desk):
    kept = {k: v for k, v in os.environ.items() if not k.startswith("LABEL_STUDIO")}
    return kept | {"ANNOTATE_STUDIO_HOME": str(desk.root / "no")}


def start(desk, *options, **environment):
    process = subprocess.Popen(
        [*PROGRAM, "serve", "first", "--port", "0", "--json", "-w", str(desk.root), *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**without_studio(desk), **environment},
    )  # fmt: skip
    lines = []
    while not lines or lines[-1] != "}\n":
        line = process.stdout.readline()
        assert line, process.communicate()[1]
        lines.append(line)
    return process, json.loads("".join(lines))


def event(number):
    made = {"id": number, "unique_id": f"u{number}", "updated_at": "2026-01-01T00:00:00Z"}
    return {"action": "ANNOTATION_CREATED", "annotation": made}


@pytest.mark.parametrize(("order", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_it_answers_until_it_is_stopped_and_the_queue_is_whole(desk, order, code):
    process, told = start(desk)
    before = told["events"]
    with httpx.Client(base_url=told["url"], trust_env=False) as client:
        assert client.get("/health").json()["model_version"] == told["version"]
        page = {"schema": label_config(desk.scheme)}
        assert client.post("/setup", json=page).json() == {"model_version": told["version"]}
        answers = [client.post("/webhook", json=event(order * 100 + n)).json() for n in range(5)]
    assert answers == [{"recorded": 1, "known": 0}] * 5
    process.send_signal(order)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (code, "")
    assert "Traceback" not in err
    with EventQueue(queue_file(desk)) as queue:
        assert len(queue) == before + 5


def test_what_was_recorded_outlives_a_kill(desk):
    process, told = start(desk)
    with httpx.Client(base_url=told["url"], trust_env=False) as client:
        assert client.post("/webhook", json=event(7)).json()["recorded"] == 1
    process.kill()
    process.communicate(timeout=60)
    process, again = start(desk)
    try:
        assert again["events"] == told["events"] + 1
        with httpx.Client(base_url=again["url"], trust_env=False) as client:
            assert client.post("/webhook", json=event(7)).json() == {"recorded": 0, "known": 1}
    finally:
        process.terminate()
        process.communicate(timeout=60)


def test_the_secret_is_asked_for_and_shown_nowhere(desk):
    process, told = start(desk, ANNOTATE_SERVE_SECRET=SECRET)
    try:
        assert told["secret"] is True
        with httpx.Client(base_url=told["url"], trust_env=False) as client:
            assert client.get("/health").status_code == 401
            assert client.get("/health", auth=("annotate", SECRET)).status_code == 200
    finally:
        process.terminate()
        _, err = process.communicate(timeout=60)
    assert SECRET not in err + json.dumps(told)


def test_what_cannot_be_served_is_refused_in_a_line(run, desk, monkeypatch):
    where = ("-w", desk.root)
    nothing = run("serve", "second", "--port", "0", *where)
    assert nothing.code == 1
    assert "no model 'second'" in nothing.err
    open_to_others = run("serve", "first", "--host", "192.0.2.1", *where)
    assert open_to_others.code == 1
    assert "a secret is needed. Set ANNOTATE_SERVE_SECRET" in open_to_others.err
    (desk.root / "audit.jsonl").rename(desk.root / "away.jsonl")
    assert "needs an audit stream" in run("serve", "first", "--retrain-every", "5", *where).err
    monkeypatch.setenv("ANNOTATE_SERVE_SECRET", SECRET)
    assert "cannot listen there" in run("serve", "first", "--host", "192.0.2.1", *where).err
    with EventQueue(queue_file(desk)):
        assert "another `annotate serve` writes" in run("serve", "first", "--port", "0", *where).err


def test_without_the_extra_it_is_said_how_to_get_it(run, desk, monkeypatch):
    for name in [name for name in sys.modules if name.startswith("annotate.serving.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "fastapi", None)
    refused = run("serve", "first", "-w", desk.root)
    assert refused.code == 1
    assert 'pip install -e ".[serve]"' in refused.err


def test_options_that_mean_nothing_alone_are_refused(run, desk):
    refused = run("studio", "start", "--retrain-every", "5")
    assert refused.code == 2
    assert "--retrain-every and --with go together" in refused.err
    early = run("studio", "start", "--with", "first", "-w", desk.root)
    assert early.code == 1
    assert "Run `annotate studio start` and `annotate push` first" in early.err
