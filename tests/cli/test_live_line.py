"""Push, pull and the demo through the command line, against a real Label Studio."""

import json

import pytest

from annotate.labelstudio import Studio

pytestmark = pytest.mark.live


@pytest.fixture
def desk(run, tmp_path, monkeypatch, studio_environment):
    for name, value in studio_environment.items():
        monkeypatch.setenv(name, value)
    run("init", ".")
    (tmp_path / "a.txt").write_text(
        " date 2026-02-03 The mayor said no. “It never happened,” she told the “Post” 😀.", "utf-8"
    )
    run("import", "a.txt")
    run("tasks")
    return tmp_path


def test_push_label_pull(run, desk, studio_server):
    planned = json.loads(run("push", "--dry-run", "--json").out)
    assert (planned["create"], planned["unchanged"]) == (2, 0)
    assert not (desk / ".annotate" / "label_studio.json").exists()

    pushed = json.loads(run("push", "--json").out)
    assert pushed["created"] == 2
    again = json.loads(run("push", "--json").out)
    assert (again["created"], again["unchanged"]) == (0, 2)

    settings = (desk / "annotate.toml").read_text("utf-8")
    (desk / "annotate.toml").write_text(settings.replace("overlap = 1", "overlap = 2"), "utf-8")
    assert "Annotators wanted for each task: 2 instead of 1" in run("push", "--dry-run").out
    assert run("push").code == 0
    assert "Nothing to do" in run("push", "--dry-run").out
    with Studio.connect(studio_server.url, studio_server.api_key) as studio:
        project = studio.project(pushed["project"])
        assert 'hotkey="d"' in project.config
        assert project.overlap == 2
    assert "/user/signup/?token=" in json.loads(run("studio", "invite", "--json").out)["link"]
    pulled = json.loads(run("pull", "--json").out)
    assert (pulled["mode"], pulled["labels"], pulled["unannotated"]) == ("full", 0, 2)
    assert "what has changed since the last pull" in run("pull").out
    assert json.loads(run("pull", "--full", "--json").out) == pulled

    status = run("studio", "status", "--json")
    assert json.loads(status.out)["running"] is True
    assert studio_server.password not in status.out
    secrets = [studio_server.password, studio_server.api_key]
    for path in desk.rglob("*"):
        if path.is_file():
            assert not any(secret in path.read_text("utf-8") for secret in secrets)


@pytest.mark.long
def test_the_demo_through_label_studio(run, tmp_path, monkeypatch, studio_environment):
    for name, value in studio_environment.items():
        monkeypatch.setenv(name, value)
    done = run("demo", "--json")
    assert done.code == 0, done.err
    through = json.loads(done.out)
    assert through["label_studio"].startswith("http://127.0.0.1:")
    live = (tmp_path / "demo" / "annotations.jsonl").read_text("utf-8").splitlines()
    plain = json.loads(run("demo", "other", "--no-studio", "--json").out)
    recorded = (tmp_path / "other" / "annotations.jsonl").read_text("utf-8").splitlines()

    def said(lines):
        votes = [json.loads(line) for line in lines]
        return sorted((v["task_id"], v["annotator"], v["label"], *v["flags"]) for v in votes)

    assert said(live) == said(recorded)
    for name in ("documents", "tasks", "alpha", "macro_f1"):
        assert through[name] == plain[name]
    assert json.loads(run("demo", "--json").out) == through


def test_a_wrong_key_is_one_line(run, desk, monkeypatch, studio_server):
    monkeypatch.setenv("LABEL_STUDIO_URL", studio_server.url)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "0123456789" * 4)
    done = run("push")
    assert (done.code, done.err.count("\n")) == (3, 1)
    assert "0123456789" not in done.err
