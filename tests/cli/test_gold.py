"""The options of `annotate gold`."""

import json
from contextlib import nullcontext

import pytest
from fake_studio import FakeStudio

from annotate import jsonl
from annotate.labelstudio.results import make_result
from annotate.records import Marked, Task
from annotate.resources import resource


@pytest.fixture
def desk(make):
    return make(
        ("init", "."), ("import", resource("seeds/articles")), ("tasks",),
        ("pull", "--from", resource("seeds/annotations.json")),
    )  # fmt: skip


def test_the_method_of_last_time_stays_until_another_is_named(run, desk):
    assert json.loads(run("gold", "--json").out)["method"] == "majority"
    named = json.loads(run("gold", "--method", "dawid-skene", "--json").out)
    assert json.loads(run("gold", "--json").out) == named
    assert named["method"] == "dawid-skene"
    made = json.loads((desk / "gold.jsonl.meta.json").read_text("utf-8"))
    assert (made["options"], made["seed"]) == ({"method": "dawid-skene"}, None)
    run("gold", "--method", "mace", "--seed", "7")
    made = json.loads((desk / "gold.jsonl.meta.json").read_text("utf-8"))
    assert (made["options"], made["seed"]) == ({"method": "mace"}, 7)


def test_without_any_annotation_the_labels_stay_as_they_are(run, desk):
    run("gold")
    before = (desk / "gold.jsonl").read_bytes()
    (desk / "annotations.jsonl").write_text("")
    done = run("gold")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "Label some tasks, then run `annotate pull`" in done.err
    assert (desk / "gold.jsonl").read_bytes() == before


def test_a_gold_label_that_the_scheme_has_not_is_told_beside_all_that_it_has(run, desk):
    run("gold")
    gold = desk / "gold.jsonl"
    gold.write_text(
        gold.read_text("utf-8").replace('"label":"denial"', '"label":"rumour"'), "utf-8"
    )
    done = run("dataset")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert done.err.startswith("error: gold.jsonl, task ")
    assert "'rumour' is not in the scheme (it has claim, denial, neither)" in done.err


def test_how_a_label_came_about_is_told(run, desk):
    run("gold")
    first = json.loads((desk / "gold.jsonl").read_text("utf-8").splitlines()[0])
    told = run("gold", "--explain", first["task_id"])
    assert (told.code, told.out.splitlines()[0]) == (0, first["task_id"])
    assert f"by majority: {first['label']}" in told.out
    assert json.loads(run("gold", "--explain", first["task_id"], "--json").out)["votes"]
    assert "gold.log.jsonl" in run("gold", "--log", "gold.log.jsonl").out
    lines = (desk / "gold.log.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == len((desk / "gold.jsonl").read_text("utf-8").splitlines())


@pytest.mark.parametrize(
    "options",
    [
        ("--review", "--method", "mace"), ("--explain", "x", "--review"),
        ("--log", "x", "--explain", "y"), ("--log", "x", "--suspects", "2"),
        ("--blind",), ("--below", "0.5"), ("--dry-run",), ("--below", "2", "--review"),
        ("--method", "vote"),
    ],
)  # fmt: skip
def test_options_that_do_not_go_together_are_refused(run, desk, options):
    done = run("gold", *options)
    assert done.code == 2
    assert not (desk / "gold.jsonl").exists()


def test_a_review_without_gold_labels_or_a_server_is_one_line(run, desk):
    done = run("gold", "--review")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "annotate gold" in done.err
    run("gold")
    done = run("gold", "--review", "--below", "0.9")
    assert (done.code, done.err.count("\n")) == (3, 1)
    assert not (desk / "review").exists()


def test_doubted_labels_are_listed_and_nothing_is_changed(run, desk):
    run("gold")
    before = (desk / "gold.jsonl").read_bytes()
    told = json.loads(run("gold", "--suspects", "3", "--json").out)
    assert len(told["suspects"]) == 3 <= told["doubted"] < told["labels"]
    gold = {each["task_id"]: each["label"] for each in map(json.loads, before.splitlines())}
    for each in told["suspects"]:
        assert gold[each["task_id"]] == each["label"] != each["instead"]
    margins = [each["margin"] for each in told["suspects"]]
    assert margins == sorted(margins)
    assert (desk / "gold.jsonl").read_bytes() == before
    assert not (desk / "review").exists()
    assert "Nothing was changed" in run("gold", "--suspects", "1").out


def test_labels_of_one_family_cannot_be_doubted(run, desk):
    run("gold")
    lines = (desk / "gold.jsonl").read_text("utf-8").splitlines()
    (desk / "gold.jsonl").write_text(lines[0] + "\n", "utf-8")
    done = run("gold", "--suspects", "3")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "labels of one family" in done.err


def test_push_label_ask_pull_decide(run, tmp_path, monkeypatch):
    server = FakeStudio()
    monkeypatch.setattr("annotate.workflows.label.connect", lambda _: nullcontext(server))
    (tmp_path / "a.txt").write_text("The mayor said no. It never happened, she said.", "utf-8")
    for command in (("init", "."), ("import", "a.txt"), ("tasks",), ("push",)):
        assert run(*command).code == 0
    ids = [task.id for task in jsonl.read(tmp_path / "tasks.jsonl", Task)]
    for by, label in ((2, "claim"), (3, "denial")):
        for name in ids:
            said = label if name == ids[0] else "denial"
            server.annotate(server.at(name)["id"], make_result(said, Marked()), by=by)
    assert "review" not in json.loads(run("pull", "--json").out)
    assert "1 open tie: no label; ask a referee with --review" in run("gold").out

    planned = json.loads(run("gold", "--review", "--dry-run", "--json").out)
    assert (planned["create"], planned["added"]) == (1, {"tie": 1})
    assert not (tmp_path / "review").exists()
    asked = run("gold", "--review")
    assert "New for the referee: 1 open tie" in asked.out
    again = json.loads(run("gold", "--review", "--json").out)
    assert again["create"] == 0

    (row,) = server.rows(again["project"])
    server.annotate(row.number, make_result("neither", Marked()), by=1)
    pulled = run("pull")
    assert "By referees: 1 label by 1 annotator" in pulled.out
    assert json.loads(run("pull", "--json").out)["review"]["labels"] == 1
    assert "1 of them by a referee" in run("gold").out
    assert "by adjudicated: neither" in run("gold", "--explain", ids[0]).out
    assert "Nothing is open or doubtful" not in run("gold", "--review").out
