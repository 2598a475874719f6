"""Other label schemes go through the whole line."""

import json

import pytest

from annotate.labelstudio import Studio
from annotate.labelstudio.results import make_result
from annotate.records import Marked

NAMES = ["استنكار", "👩‍👧 می‌گوید", 'a "b" <c> & $d']


@pytest.fixture
def desk(run, tmp_path):
    """A workspace with a scheme of its own and thirty short articles."""
    labels = "".join(f"  - name: {json.dumps(name, ensure_ascii=False)}\n" for name in NAMES)
    (tmp_path / "own.yaml").write_text(
        f"name: own\nversion: '2'\ntitle: Own\nlabels:\n{labels}flags:\n  - name: zweifelhaft\n",
        encoding="utf-8",
    )
    assert run("init", ".", "--scheme", "own.yaml").code == 0
    rows = [
        {"id": f"a{n}", "text": f"{['Rain', 'Sun', 'Snow'][n % 3]} fell on town {n}. It did so.",
         "title": f"Weather {n}"}
        for n in range(30)
    ]  # fmt: skip
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, rows)))
    run("import", "in.jsonl")
    run("tasks", "--export", "tasks.json")
    return tmp_path


def answer(text):
    words = ("Rain", "Sun")
    return next((NAMES[n] for n, word in enumerate(words) if word in text), NAMES[2])


def test_names_in_any_script_from_labels_to_predictions(run, desk):
    tasks = json.loads((desk / "tasks.json").read_text("utf-8"))
    for number, task in enumerate(tasks):
        marked = Marked(flags=("zweifelhaft",) if number % 7 == 0 else ())
        task["annotations"] = [
            {"id": number, "completed_by": 1, "was_cancelled": False,
             "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
             "result": make_result(answer(task["data"]["text"]), marked)}
        ]  # fmt: skip
    (desk / "export.json").write_text(json.dumps(tasks))
    assert json.loads(run("pull", "--from", "export.json", "--json").out)["labels"] == len(tasks)
    gold = json.loads(run("gold", "--json").out)
    assert gold["per_label"][NAMES[0]] == 10
    assert run("dataset").code == 0
    assert run("train").code == 0
    found = json.loads(run("evaluate", "linear", "--json").out)
    assert found["labels"] == NAMES
    assert found["macro_f1"] > 0.9
    assert run("predict", "linear", "--only", NAMES[1], "-o", "p.csv").code == 0
    text = (desk / "p.csv").read_text("utf-8")
    assert "Sun fell on town 1." in text
    assert "Rain" not in text
    assert "استنكار" in (desk / "reports" / "linear" / "index.html").read_text("utf-8")
    refused = run("agreement")
    assert (refused.code, "second person" in refused.err) == (1, True)


@pytest.mark.live
def test_names_in_any_script_through_label_studio(
    run, desk, monkeypatch, studio_environment, studio_server
):
    for name, value in studio_environment.items():
        monkeypatch.setenv(name, value)
    project = json.loads(run("push", "--json").out)["project"]
    with Studio.connect(studio_server.url, studio_server.api_key) as studio:
        assert json.loads(run("push", "--json").out)["created"] == 0
        number, data = next(iter(studio.tasks(project)))
    import httpx

    with httpx.Client(base_url=studio_server.url, trust_env=False) as client:
        access = client.post("/api/token/refresh/", json={"refresh": studio_server.api_key})
        headers = {"Authorization": f"Bearer {access.json()['access']}"}
        client.post(
            f"/api/tasks/{number}/annotations/",
            json={"result": make_result(NAMES[2], Marked())},
            headers=headers,
        ).raise_for_status()
    assert json.loads(run("pull", "--json").out)["labels"] == 1
    (line,) = (desk / "annotations.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line)["label"] == NAMES[2]
    assert json.loads(line)["task_id"] == data["annotate_id"]


@pytest.mark.parametrize("count", [2, 20])
def test_the_smallest_and_the_largest_scheme(run, tmp_path, count):
    labels = "".join(f"  - name: l{n}\n" for n in range(count))
    (tmp_path / "own.yaml").write_text(f"name: s\nversion: 1\ntitle: T\nlabels:\n{labels}")
    assert run("init", ".", "--scheme", "own.yaml").code == 0
    page = (tmp_path / "guideline.md").read_text()
    assert page.count("### l") == count


def test_a_project_made_elsewhere_is_adopted(run, tmp_path):
    run("init", ".")
    export = [
        {"id": n, "data": {"sentence": f"Line {n}.", "paper": "Post"},
         "annotations": [
             {"id": n, "completed_by": {"id": 5, "email": "kim@desk.example"},
              "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
              "result": [{"from_name": "stance", "to_name": "t", "type": "choices",
                          "value": {"choices": ["claim" if n else "other"]}}]}]}
        for n in range(3)
    ]  # fmt: skip
    (tmp_path / "theirs.json").write_text(json.dumps(export))
    arguments = ("pull", "--from", "theirs.json", "--adopt", "--json",
                 "--map", "text=sentence,label=stance", "--map", "outlet=paper")  # fmt: skip
    found = json.loads(run(*arguments).out)
    assert found == {"documents": 3, "tasks": 3, "annotations": 2, "rejected": 1}
    again = json.loads(run(*arguments).out)
    assert again == found
    assert json.loads(run("gold", "--json").out)["per_label"]["claim"] == 2
    (tmp_path / "a.txt").write_text("Ours.")
    run("import", "a.txt")
    run("tasks", "--export", "ours.json")
    ours = [one for one in json.loads((tmp_path / "ours.json").read_text())
            if one["data"]["text"] == "Ours."]  # fmt: skip
    ours[0]["annotations"] = [
        export[1]["annotations"][0] | {"result": make_result("denial", Marked())}
    ]
    (tmp_path / "ours.json").write_text(json.dumps(ours))
    assert json.loads(run("pull", "--from", "ours.json", "--json").out)["labels"] == 1
    assert json.loads(run("gold", "--json").out)["per_label"] == {
        "claim": 2, "denial": 1, "neither": 0,
    }  # fmt: skip
    assert "kim@" not in (tmp_path / "annotations.jsonl").read_text()
    (first, *_) = (tmp_path / "documents.jsonl").read_text().splitlines()
    assert json.loads(first)["sources"][0]["outlet"] == "Post"


def test_studio_commands_where_there_is_none(run):
    assert json.loads(run("studio", "stop", "--json").out) == {"stopped": False}
    status = json.loads(run("studio", "status", "--json").out)
    assert (status["running"], status["url"]) == (False, None)
    shown = run("studio", "status", "--show-login")
    assert (shown.code, "annotate studio start" in shown.err) == (0, True)
