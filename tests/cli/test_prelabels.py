"""`annotate tasks --prelabel`: who makes the pre-labels, which tasks get none, what is refused."""

import json

import pytest

from annotate import jsonl
from annotate.records import Prediction, Task

TEXT = (
    "The mayor denied that the bridge was shut. It rains on Monday. A spokesman said it was cold."
)


@pytest.fixture
def desk(run, tmp_path):
    run("init", ".")
    (tmp_path / "a.txt").write_text(f"url: https://x.example/a\n\n{TEXT}\n", "utf-8")
    run("import", "a.txt")
    return tmp_path


def prelabels(desk):
    return list(jsonl.read(desk / "prelabels.jsonl", Prediction))


def tasks(desk):
    return list(jsonl.read(desk / "tasks.jsonl", Task))


def test_rules_are_the_default_until_there_is_a_model(run, desk):
    told = json.loads(run("tasks", "--json").out)["prelabels"]
    found = prelabels(desk)
    assert [p.label for p in found] == ["denial", "neither", "claim"]
    assert {p.model for p in found} == {told["model"]}
    assert all(p.reason for p in found)
    model = desk / "models" / "m"
    model.mkdir(parents=True)
    (model / "manifest.json").write_text("{}")
    assert "there is a model" in run("tasks").out
    assert prelabels(desk) == found


def test_none_takes_them_away(run, desk):
    run("tasks")
    assert run("tasks", "--prelabel", "none").code == 0
    assert prelabels(desk) == []


def test_a_share_is_held_out_by_the_seed_and_the_id(run, desk):
    settings = desk / "annotate.toml"
    text = settings.read_text("utf-8")
    assert "prelabel_holdout = 0.2" in text
    held = {}
    for share in ("0.0", "0.5", "0.99"):
        settings.write_text(text.replace("prelabel_holdout = 0.2", f"prelabel_holdout = {share}"))
        run("tasks")
        held[share] = {task.id for task in tasks(desk) if task.prelabel_held_out}
    assert held["0.0"] == set()
    assert held["0.5"] <= held["0.99"]
    assert len(held["0.99"]) == 3


def test_labels_of_another_system_by_id_place_or_text(run, desk):
    run("tasks", "--prelabel", "none")
    one, two, three = tasks(desk)
    rows = [
        {"id": one.id, "label": "claim", "score": 0.9, "model": "x-1"},
        {"document_id": two.document_id, "start": two.start, "end": two.end, "label": "neither",
         "model": "x-1"},
        {"text": three.text, "label": "denial", "model": "x-1"},
        {"text": "Nowhere.", "label": "claim", "model": "x-1"},
    ]  # fmt: skip
    (desk / "x.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    done = run("tasks", "--prelabel", "x.jsonl")
    assert done.code == 0
    assert [p.label for p in prelabels(desk)] == ["claim", "neither", "denial"]
    assert {p.model for p in prelabels(desk)} == {"x-1"}
    assert "x.jsonl:4" in done.err


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ('{"text": "It rains on Monday.", "label": "lie"}\n', "'lie' is not in the scheme"),
        ('{"text": 3}\n', "x.jsonl: line 1"),
        ("nonsense\n", "x.jsonl: line 1"),
        ("", "x.jsonl: there is no label in it"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_line(run, desk, content, why):
    run("tasks")
    before = prelabels(desk), tasks(desk)
    (desk / "x.jsonl").write_text(content, "utf-8")
    done = run("tasks", "--prelabel", "x.jsonl", "--sample", "1")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert why in done.err
    assert (prelabels(desk), tasks(desk)) == before


def test_a_model_that_is_not_there_is_one_line(run, desk):
    done = run("tasks", "--prelabel", "nobody")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert not (desk / "tasks.jsonl").exists()
