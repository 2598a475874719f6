"""What `annotate status` and `annotate tasks` say while people label."""

import json

import pytest

from annotate import jsonl
from annotate.records import Annotation, Task
from annotate.sidecar import write_sidecar

MADE = {"created": "2026-01-01T10:00:00Z", "scheme_version": "1"}


@pytest.fixture
def desk(run, tmp_path):
    run("init", ".")
    settings = tmp_path / "annotate.toml"
    settings.write_text(settings.read_text("utf-8").replace("overlap = 1", "overlap = 2"), "utf-8")
    write(tmp_path, "The bridge is shut. It fell on Monday night. Nobody saw it.")
    run("import", "a.txt")
    run("tasks")
    return tmp_path


def write(desk, text):
    (desk / "a.txt").write_text(f"url: https://x.example/a\n\n{text}\n", "utf-8")


def tasks(desk):
    return list(jsonl.read(desk / "tasks.jsonl", Task))


def label(desk, *votes):
    made = [
        Annotation(task_id=task.id, annotator=who, label=name, skipped=name is None, **MADE)
        for task, who, name in votes
    ]
    jsonl.write(desk / "annotations.jsonl", made)


def test_status_says_how_far_each_annotator_is(run, desk):
    one, two, three = tasks(desk)
    label(desk, (one, "ann", "claim"), (one, "ben", "claim"), (two, "ann", "denial"),
          (three, "ann", None))  # fmt: skip
    found = json.loads(run("status", "--json").out)
    assert (found["annotated"], found["finished"], found["overlap"]) == (2, 1, 2)
    assert found["annotators"] == {
        "ann": {"labelled": 2, "skipped": 1}, "ben": {"labelled": 1, "skipped": 0},
    }  # fmt: skip
    out = run("status").out
    assert "of them by 2 or more, as is wanted" in out
    assert "by ann, 1 skipped" in out


def test_what_comes_next_can_be_typed_as_it_stands(run, desk):
    write(desk, "The bridge is shut. It fell on Tuesday night. Nobody saw it.")
    run("import", "a.txt")
    run("tasks", "--prelabel", "none")
    (desk / "a.txt").write_text("url: https://x.example/b\n\nAnother story.\n", "utf-8")
    run("import", "a.txt")
    run("tasks", "--prelabel", "rules")
    write_sidecar(desk / "annotations.jsonl", command="pull", inputs=[desk / "tasks.jsonl"])
    label(desk, *((task, "ann", "claim") for task in tasks(desk)))
    with (desk / "tasks.jsonl").open("a") as stream:
        stream.write("\n")
    assert "Next: annotate tasks --prelabel rules (prelabels.jsonl" in run("status").out
    (desk / "prelabels.jsonl").unlink()
    assert "Next: annotate pull --from EXPORT (annotations.jsonl" in run("status").out


def test_a_workspace_says_where_it_is(run, tmp_path):
    assert "Made a workspace in this folder. Labels" in run("init").out
    assert "Made a workspace in desk. Labels" in run("init", "desk").out


def test_labels_of_a_corrected_article_stay_with_their_sentences(run, desk):
    one, two, three = tasks(desk)
    label(desk, (one, "ann", "claim"), (two, "ann", "denial"), (three, "ann", "neither"))
    write(desk, "Corrected. The bridge is shut. It fell on Tuesday night. Nobody saw it.")
    run("import", "a.txt")
    done = run("tasks", "--json")
    assert json.loads(done.out)["carried_over"] == 2
    now = {task.id: task for task in tasks(desk)}
    votes = {
        now[vote.task_id].text: (vote.label, now[vote.task_id].document_id == one.document_id)
        for vote in jsonl.read(desk / "annotations.jsonl", Annotation)
    }
    assert votes == {
        "The bridge is shut.": ("claim", False),
        "It fell on Monday night.": ("denial", True),
        "Nobody saw it.": ("neither", False),
    }
    assert len(now) == 5
    assert json.loads(run("tasks", "--json").out)["carried_over"] == 0
