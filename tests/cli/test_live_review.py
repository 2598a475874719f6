"""A tie put before a referee, decided there and brought back, against a real Label Studio."""

import json

import httpx
import pytest
from label_studio_sdk import LabelStudio

from annotate import jsonl
from annotate.labelstudio import Studio
from annotate.labelstudio.results import make_result
from annotate.records import Annotation, Marked
from strategies import annotation

pytestmark = pytest.mark.live


@pytest.fixture
def desk(run, tmp_path, monkeypatch, studio_environment):
    for name, value in studio_environment.items():
        monkeypatch.setenv(name, value)
    run("init", ".")
    (tmp_path / "a.txt").write_text("The mayor said no. “It never happened,” she said 😀.", "utf-8")
    for command in (("import", "a.txt"), ("tasks",), ("push",)):
        assert run(*command).code == 0
    return tmp_path


def test_a_decision_makes_the_whole_way(run, desk, studio_server):
    task = json.loads((desk / "tasks.jsonl").read_text("utf-8").splitlines()[0])["id"]
    votes = [annotation(task, "annotator-8", "claim"), annotation(task, "annotator-9", "denial")]
    jsonl.write(desk / "annotations.jsonl", votes)
    run("gold")
    planned = json.loads(run("gold", "--review", "--dry-run", "--json").out)
    assert (planned["create"], planned["added"]) == (1, {"tie": 1})
    assert not (desk / "review").exists()
    asked = json.loads(run("gold", "--review", "--json").out)
    assert asked["create"] == 1
    assert json.loads(run("gold", "--review", "--json").out)["create"] == 0

    with Studio.connect(studio_server.url, studio_server.api_key) as studio:
        project = studio.project(asked["project"])
        assert project.title.endswith("(review)")
        (row,) = studio.rows(project.id)
    assert row.data["note"].splitlines()[1:] == ["annotator-8: claim", "annotator-9: denial"]
    with httpx.Client(trust_env=False, timeout=60) as client:
        key = studio_server.api_key
        api = LabelStudio(base_url=studio_server.url, api_key=key, httpx_client=client)
        said = make_result("neither", Marked())
        api.annotations.create(row.number, result=said, lead_time=2.5)
    # Nobody has labelled in the first project: a pull of it would take the votes above away.
    assert "1 label by 1 annotator" in run("pull", "--workspace", "review").out
    assert json.loads(run("gold", "--json").out)["adjudicated"] == 1
    gold = json.loads((desk / "gold.jsonl").read_text("utf-8"))
    assert (gold["label"], gold["method"], gold["shown"]) == ("neither", "adjudicated", ["votes"])
    (decision,) = jsonl.read(desk / "review" / "annotations.jsonl", Annotation)
    assert gold["referees"] == [decision.annotator]
