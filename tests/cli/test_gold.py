"""The options of `annotate gold`."""

import json

import pytest

from annotate.resources import resource


@pytest.fixture
def desk(run, tmp_path):
    for command in (
        ("init", "."), ("import", resource("seeds/articles")), ("tasks",),
        ("pull", "--from", resource("seeds/annotations.json")),
    ):  # fmt: skip
        assert run(*command).code == 0
    return tmp_path


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
        ("--log", "x", "--seed", "1"),
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
