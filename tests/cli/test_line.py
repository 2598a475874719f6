"""The whole line through the command line, from the recorded export."""

import json

import pytest

from annotate.resources import resource

ARTICLES = resource("seeds/articles")
EXPORT = resource("seeds/annotations.json")


def test_the_whole_line(run, tmp_path):
    assert run("init", "desk").code == 0
    assert (tmp_path / "desk" / "guideline.md").read_text().startswith("# Claim, denial, neither")
    desk = ("--workspace", "desk")

    imported = json.loads(run("import", ARTICLES, "--json", *desk).out)
    assert (imported["added"], imported["documents"], imported["skipped"]) == (65, 65, [])
    assert json.loads(run("import", ARTICLES, "--json", *desk).out)["unchanged"] == 65

    made = json.loads(run("tasks", "--export", "tasks.json", "--json", *desk).out)
    exported = json.loads((tmp_path / "tasks.json").read_text())
    assert len(exported) == made["tasks"] == made["new"]
    assert "annotate_id" in exported[0]["data"]

    pulled = json.loads(run("pull", "--from", EXPORT, "--json", *desk).out)
    assert pulled["labels"] == 3 * made["tasks"]
    assert pulled["annotators"] == ["annotator-1", "annotator-2", "annotator-3"]
    text = (tmp_path / "desk" / "annotations.jsonl").read_text()
    assert "@" not in text
    assert set(pulled) == {
        "mode", "labels", "skipped", "annotators", "rejected", "unannotated", "drafts", "missing",
        "foreign",
    }  # fmt: skip
    named = run("pull", "--from", EXPORT, "--names", *desk).out
    assert "E-mail addresses are in annotations.jsonl until the next pull without --names" in named
    assert "@" in (tmp_path / "desk" / "annotations.jsonl").read_text()
    run("pull", "--from", EXPORT, *desk)
    assert (tmp_path / "desk" / "annotations.jsonl").read_text() == text
    assert not (tmp_path / "desk" / ".annotate" / "history.jsonl").exists()

    assert 0.9 < json.loads(run("agreement", "--json", *desk).out)["alpha"] <= 1
    gold = json.loads(run("gold", "--json", *desk).out)
    assert sum(gold["per_label"].values()) + gold["open_ties"] == made["tasks"]

    built = json.loads(run("dataset", "--json", *desk).out)["splits"]
    assert list(built) == ["train", "validation", "test"]
    assert sum(split["examples"] for split in built.values()) == gold["decided"]

    trained = json.loads(run("train", "--name", "first", "--json", *desk).out)
    assert trained["examples"] == built["train"]["examples"]

    found = json.loads(run("evaluate", "first", "--json", *desk).out)
    assert found["examples"] == built["test"]["examples"]
    assert found["macro_f1"] > found["baseline"]["macro_f1"]
    assert (tmp_path / "desk" / "reports" / "first" / "index.html").is_file()

    predicted = run("predict", "first", ARTICLES, "--output", "d.csv", "--only", "denial",
                    "--top", "5", *desk)  # fmt: skip
    assert predicted.code == 0
    header, *rows = (tmp_path / "d.csv").read_text().splitlines()
    assert len(rows) == 5
    assert {"text", "title", "outlet", "published", "label", "score_denial", "model"} <= set(
        header.split(",")
    )

    checked = run("check", *desk)
    assert (checked.code, checked.out.count("sound")) == (0, 6)
    standing = json.loads(run("status", "--json", *desk).out)
    assert standing["stale"] == []
    assert standing["following"] == "annotate predict first NEW_ARTICLES"


@pytest.mark.parametrize("recipe", ["linear", "majority"])
def test_labelled_sentences_need_no_workspace(run, tmp_path, recipe):
    rows = [
        {"id": f"{n}", "text": f"He {'denied' if n % 3 else 'saw'} it, part {n}.",
         "label": "denial" if n % 3 else "neither", "group": f"g{n % 10}"}
        for n in range(60)
    ]  # fmt: skip
    (tmp_path / "e.jsonl").write_text("\n".join(map(json.dumps, rows)))
    done = run("evaluate", "--folds", "5", "--recipe", recipe, "--examples", "e.jsonl", "--json")
    found = json.loads(done.out)
    assert (found["examples"], sorted(found["labels"])) == (60, ["denial", "neither"])
    # Always "denial": P = 40/60, R = 1, F1 = 2*40/(40+60) = .8; "neither" 0; the mean is .4.
    assert found["macro_f1"] == pytest.approx(1 if recipe == "linear" else 0.4)
    assert list(tmp_path.iterdir()) == [tmp_path / "e.jsonl"]

    trained = run("train", "--examples", "e.jsonl", "--recipe", recipe, "--output", "m", "--json")
    assert json.loads(trained.out)["groups"] == 8
    scored = json.loads(run("evaluate", "m", "--examples", "e.jsonl", "--json").out)
    assert scored["examples"] == 12


def test_a_model_is_not_scored_on_what_it_was_trained_on(run, tmp_path):
    rows = [
        {"id": f"{n}", "text": f"He {'denied' if n % 2 else 'saw'} it, part {n}.",
         "label": "denial" if n % 2 else "neither", "group": f"g{n % 7}", "split": "train"}
        for n in range(40)
    ]  # fmt: skip
    (tmp_path / "train.jsonl").write_text("\n".join(map(json.dumps, rows)))
    assert run("train", "--examples", "train.jsonl", "--output", "m").code == 0
    for row in rows:
        row["split"] = "test"
    (tmp_path / "test.jsonl").write_text("\n".join(map(json.dumps, rows)))
    refused = run("evaluate", "m", "--examples", "test.jsonl")
    assert refused.code == 1
    assert "The model was trained on 7 of the test groups" in refused.err
    for row in rows:
        del row["split"]
    (tmp_path / "bare.jsonl").write_text("\n".join(map(json.dumps, rows)))
    refused = run("evaluate", "m", "--examples", "bare.jsonl")
    assert (refused.code, "every group" in refused.err) == (1, True)


def test_the_demo_without_a_server(run, tmp_path):
    done = run("demo", "--no-studio")
    assert done.code == 0
    assert "recorded passes" in done.out
    assert "language model's help" in done.out
    assert (tmp_path / "demo" / "reports" / "demo" / "index.html").is_file()
    again = run("demo", "--no-studio")
    assert again.out == done.out
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").touch()
    refused = run("demo", "mine", "--no-studio")
    assert (refused.code, "is not of a demo" in refused.err) == (1, True)
