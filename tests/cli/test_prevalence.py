"""`annotate predict --prevalence`: shares of labels, corrected by the audit of the workspace."""

import csv
import json
import shutil

import pytest

from annotate import jsonl
from annotate.families import Families
from annotate.models import save_model, train_model
from annotate.records import Document, Example, GoldLabel, Task

OUTLETS = ("Post", "Echo")
COUNT = 60


def alone(documents, override, *, advance):
    """No two articles are one story, though these are much alike."""
    return Families((), len(list(documents)))


def article(number):
    verb = "denied" if number % 3 == 0 else "rejected" if number % 3 == 1 else "said"
    return {
        "id": f"a{number}", "outlet": OUTLETS[number % 2],
        "published": f"2024-0{number % 3 + 1}-05",
        "text": f"The mayor {verb} it on day {number}. Rain number {number} fell all over. "
        f"Guests {verb} so at noon {number}.",
    }  # fmt: skip


def label_of(text):
    """Two ways to deny; the model knows one."""
    if "denied" in text or "rejected" in text:
        return "denial"
    return "claim" if "said" in text else "neither"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "first"
    words = {"denial": "The mayor denied it", "claim": "The mayor said it", "neither": "Rain fell"}
    examples = [
        Example(id=f"{n}{label}", text=f"{text} on day {n}.", label=label, group=f"g{n}",
                document_id=f"{n:016x}")
        for n in range(20)
        for label, text in words.items()
    ]  # fmt: skip
    trained = train_model(examples, recipe="tfidf", labels=tuple(words), scheme=None, seed=0)
    save_model(trained, folder)
    return folder


@pytest.fixture
def desk(run, tmp_path, monkeypatch, model):
    """Sixty articles, two thirds of them in the audit, all its tasks labelled."""
    monkeypatch.setattr("annotate.workflows.families.find_families", alone)
    run("init", ".")
    rows = "\n".join(json.dumps(article(n)) for n in range(COUNT))
    (tmp_path / "a.jsonl").write_text(rows, "utf-8")
    run("import", "a.jsonl")
    assert run("tasks", "--audit", "80%").code == 0
    shutil.copytree(model, tmp_path / "models" / "first")
    label(tmp_path)
    return tmp_path


def label(folder, keep=lambda _task: True):
    gold = [
        GoldLabel(task_id=task.id, label=label_of(task.text), scores={}, method="given")
        for task in jsonl.read(folder / "tasks.jsonl", Task)
        if task.stream == "audit-test" and keep(task)
    ]
    jsonl.write(folder / "gold.jsonl", gold)


def shares(folder, name="predictions.jsonl"):
    return json.loads((folder / f"{name}.prevalence.json").read_text("utf-8"))


def of(cell, label):
    return next(share for share in cell["shares"] if share["label"] == label)


def test_what_the_model_misses_is_put_right(run, desk):
    done = run("predict", "first", "--prevalence", "outlet")
    assert done.code == 0, done.err
    assert "share of sentences by outlet, corrected by the audit" in done.out
    found = shares(desk)
    assert [cell["cell"]["outlet"] for cell in found["cells"]] == ["Echo", "Post"]
    for cell in (*found["cells"], found["total"]):
        denial = of(cell, "denial")
        assert denial["counted"] == pytest.approx(2 / 9), "a third of the articles, two in three"
        assert denial["low"] < 4 / 9 < denial["high"]
        assert not cell["pooled"]
    with (desk / "predictions.jsonl.prevalence.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 9
    assert {row["sentences"] for row in rows} == {"180", "90"}


@pytest.mark.parametrize("name", ["out", "out.csv", "out.parquet", "out.jsonl"])
def test_an_archive_in_pieces_and_again(run, desk, name):
    options = ("predict", "first", "a.jsonl", "-o", name, "--prevalence", "outlet")
    assert run("predict", "first", "--prevalence", "outlet").code == 0
    told = run(*options, "--json")
    assert told.code == 0, told.err
    assert json.loads(told.out)["prevalence"] == f"{name}.prevalence.json"
    first = shares(desk, name)
    assert first["cells"] == shares(desk)["cells"]
    assert run(*options).code == 0
    assert shares(desk, name) == first, "counted anew, not added"


def test_cells_with_too_little_are_marked_and_refused_under_strict(run, desk):
    done = run("predict", "first", "--prevalence", "outlet,month")
    assert done.code == 0, done.err
    assert "6 cells of 6 have fewer than 30 audited sentences or 10 audited families" in done.err
    assert "Echo · 2024-01*" in done.out
    assert "* too few audited there" in done.out
    assert all(cell["pooled"] for cell in shares(desk)["cells"])
    (desk / "predictions.jsonl.prevalence.json").unlink()
    refused = run("predict", "first", "--prevalence", "outlet,month", "--strict")
    assert refused.code == 1
    assert "6 cells of 6 have fewer than" in refused.err
    assert "or leave out --strict. The predictions are in" in refused.err
    assert not (desk / "predictions.jsonl.prevalence.json").exists()
    assert run("predict", "first", "--prevalence", "outlet", "--strict").code == 0


def test_what_is_not_labelled_is_said_and_too_little_is_refused_before_the_work(run, desk):
    label(desk, keep=lambda task: task.start > 0)
    done = run("predict", "first", "--prevalence", "outlet")
    assert "audit-test sentences have no gold label" in done.err
    (desk / "predictions.jsonl").unlink()
    label(desk, keep=lambda task: task.start == 0)
    few = run("predict", "first", "--prevalence", "outlet")
    assert few.code == 1
    assert "families of articles are labelled; a correction takes 30 of 10" in few.err
    jsonl.write(desk / "gold.jsonl", [])
    none = run("predict", "first", "--prevalence", "outlet")
    assert "audit-test tasks has a gold label" in none.err
    assert not (desk / "predictions.jsonl").exists()


def test_gold_labels_of_another_scheme_are_refused_before_the_work(run, desk):
    gold = list(jsonl.read(desk / "gold.jsonl", GoldLabel))
    jsonl.write(desk / "gold.jsonl", [gold[0].model_copy(update={"label": "doubt"}), *gold[1:]])
    refused = run("predict", "first", "--prevalence", "outlet")
    assert refused.code == 1
    assert f"gold label 'doubt' of the audited sentence {gold[0].task_id}" in refused.err
    assert "Run `annotate gold` again" in refused.err
    assert not (desk / "predictions.jsonl").exists()


def test_without_an_audit_it_is_refused(run, desk):
    (desk / "audit.jsonl").unlink()
    tasks = [
        t.model_copy(update={"stream": "none"}) for t in jsonl.read(desk / "tasks.jsonl", Task)
    ]
    jsonl.write(desk / "tasks.jsonl", tasks)
    refused = run("predict", "first", "--prevalence", "outlet")
    assert refused.code == 1
    assert (
        "no audit-test tasks to correct shares with. Draw one with `annotate tasks" in refused.err
    )


def test_a_model_that_was_trained_on_the_audit_is_refused(run, desk):
    audited = next(
        task for task in jsonl.read(desk / "tasks.jsonl", Task) if task.stream == "audit-test"
    )
    path = desk / "models" / "first" / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    manifest["documents"] = [*manifest["documents"], audited.document_id]
    del manifest["manifest_sha256"]
    path.write_text(json.dumps(manifest), "utf-8")
    refused = run("predict", "first", "--prevalence", "outlet")
    key = next(
        d.key for d in jsonl.read(desk / "documents.jsonl", Document) if d.id == audited.document_id
    )
    assert refused.code == 1
    assert f"trained on 1 of the audited families of articles, such as '{key}'" in refused.err
    assert not (desk / "predictions.jsonl").exists()


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (("--prevalence", "outlt"), 2, "there is no field 'outlt'"),
        (("--prevalence", "month,month"), 2, "names 'month' twice"),
        (("--prevalence", "month", "--only", "denial"), 1, "leave out --only and --top"),
        (("--prevalence", "month", "--top", "3"), 1, "leave out --only and --top"),
        (("--strict",), 2, "It goes with --prevalence"),
    ],
)
def test_odd_wishes_are_refused_before_the_work(run, desk, options, code, told):
    refused = run("predict", "first", *options)
    assert refused.code == code
    assert told in refused.err
    assert not (desk / "predictions.jsonl").exists()


def test_outside_a_workspace_it_is_refused(run, desk, model, monkeypatch, tmp_path_factory):
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    refused = run("predict", model, desk / "a.jsonl", "-o", "x.csv", "--prevalence", "outlet")
    assert refused.code == 1
    assert "no workspace here, so there is no audit" in refused.err
