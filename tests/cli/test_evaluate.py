"""`annotate evaluate` with all that stands beside a score."""

import json
import re

import pytest

from annotate.evaluation.wording import signed

LABELS = ("claim", "denial", "neither")
WORDS = {"claim": "said it was so", "denial": "denied it", "neither": "went home"}


def sentences(n=90, groups=30):
    return [
        {"id": f"s{i}", "text": f"He {WORDS[LABELS[i % 3]]}, part {i}.", "label": LABELS[i % 3],
         "group": f"g{i % groups}", "outlet": "AB"[i % 2], "votes": {LABELS[i % 3]: 3}}
        for i in range(n)
    ]  # fmt: skip


def write(path, rows):
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


@pytest.fixture
def examples(tmp_path):
    return write(tmp_path / "e.jsonl", sentences())


def test_predictions_of_others_are_scored_with_all_of_the_same(run, tmp_path, examples):
    rows = [{"id": row["id"], "label": "claim"} for row in sentences()]
    write(tmp_path / "llm.jsonl", rows)
    (tmp_path / "other.csv").write_text(
        "id,label\n" + "\n".join(f"{row['id']},{row['label']}" for row in sentences())
    )
    done = run("evaluate", "--predictions", "llm.jsonl", "--against", "other.csv",
               "--examples", examples, "--report", "r", "--json")  # fmt: skip
    found = json.loads(done.out)
    # Always claim: F1 2x30/(30+90) = .5, the others 0.
    assert (found["model"], found["macro_f1"]) == ("llm", pytest.approx(1 / 6))
    beside = {entry["name"]: entry for entry in found["findings"]["beside"]}
    assert list(beside) == ["majority", "rules", "tfidf", "other"]
    assert beside["other"]["macro_f1"]["value"] == 1
    assert beside["other"]["comparison"]["difference"]["value"] == pytest.approx(-5 / 6)
    assert beside["other"]["comparison"]["differs"]
    assert beside["majority"]["comparison"]["p"] == 1
    assert found["findings"]["ceiling"]["annotators"]["value"] == 1
    assert not found["findings"]["ceiling"]["without_prelabels"]
    assert {entry["trait"] for entry in found["findings"]["slices"]} >= {"outlet", "cue"}
    assert (tmp_path / "r" / "index.html").is_file()
    told = run("evaluate", "--predictions", "llm.jsonl", "--examples", examples).out
    assert "cannot be told apart from “majority”" in told


def test_a_missing_prediction_is_one_line(run, tmp_path, examples):
    write(tmp_path / "llm.jsonl", [{"id": "s1", "label": "claim"}, {"id": "zz", "label": "claim"}])
    done = run("evaluate", "--predictions", "llm.jsonl", "--examples", examples)
    assert done.code == 1
    assert len(done.err.strip().splitlines()) == 1
    assert "89 of 90 examples have no prediction, such as 's0'; 1 ids" in done.err


def test_recipes_are_compared_in_the_same_folds(run, examples):
    done = run("evaluate", "--folds", "3", "--recipe", "majority", "--against", "tfidf",
               "--examples", examples, "--behaviour", "--json")  # fmt: skip
    found = json.loads(done.out)["findings"]
    assert [(entry["name"], entry["role"]) for entry in found["beside"]] == [
        ("rules", "floor"),
        ("tfidf", "rival"),
    ]
    assert found["behaviour"]["cases"] == 425
    assert 0 < found["behaviour"]["passed"] < 425


def test_models_are_compared_on_what_neither_has_seen(run, examples):
    for name, seed in (("first", 1), ("second", 3)):
        run("train", "--examples", examples, "--output", name, "--seed", seed)
    done = run("evaluate", "first", "--against", "second", "--examples", examples, "--json")
    found = json.loads(done.out)
    alone = json.loads(run("evaluate", "first", "--examples", examples, "--json").out)
    assert found["examples"] < alone["examples"]
    assert [entry["name"] for entry in found["findings"]["beside"]][-1] == "second"


def test_what_was_trained_on_is_not_scored_under_other_names(run, tmp_path, examples):
    run("train", "--examples", examples, "--output", "m")
    copy = [row | {"id": f"c{row['id']}", "group": f"c{row['group']}"} for row in sentences()]
    new = [
        {"id": f"n{i}", "text": f"In {i} the mayor {WORDS[LABELS[i % 3]]} to the council again.",
         "label": LABELS[i % 3], "group": f"n{i}"}
        for i in range(6)
    ]  # fmt: skip
    write(tmp_path / "c.jsonl", copy)
    done = json.loads(run("evaluate", "m", "--examples", "c.jsonl", "--json").out)
    # Of 30 groups 24 were trained on, with 3 sentences each.
    assert (done["examples"], done["groups"]) == (18, 6)
    assert done["warnings"][0].startswith("24 of 30 groups were left out, since they or at least")
    known = json.loads((tmp_path / "m" / "manifest.json").read_text())["groups"]
    short = next(row for row in copy if row["group"][1:] in known)
    write(tmp_path / "n.jsonl", [*new, short | {"group": "n0"}])
    done = json.loads(run("evaluate", "m", "--examples", "n.jsonl", "--json").out)
    assert done["examples"] == 7
    assert done["warnings"][-1].startswith("1 of the 7 sentences also stands, word for word, in")
    parts = [s for s in done["findings"]["slices"] if s["trait"] == "word for word in training"]
    assert {part["value"]: part["examples"] for part in parts} == {"no": 6, "yes": 1}


@pytest.mark.parametrize("arguments", [[], ["m", "--folds", "3"], ["m", "--predictions", "p.csv"]])
def test_one_thing_is_evaluated_at_a_time(run, arguments):
    assert run("evaluate", *arguments).code == 2


def test_other_labels_have_no_behavioural_tests(run, tmp_path):
    rows = [row | {"label": row["label"].upper(), "votes": {}} for row in sentences()]
    write(tmp_path / "e.jsonl", rows)
    done = run("evaluate", "--folds", "3", "--recipe", "majority", "--examples", "e.jsonl",
               "--behaviour")  # fmt: skip
    assert (done.code, "Leave out --behaviour" in done.err) == (1, True)
    done = run("evaluate", "--folds", "3", "--recipe", "majority", "--examples", "e.jsonl",
               "--json")  # fmt: skip
    found = json.loads(done.out)["findings"]
    assert (found["behaviour"], found["ceiling"]) == (None, None)
    assert [entry["name"] for entry in found["beside"]] == ["tfidf"]


def test_systems_of_one_name_are_told_apart_everywhere(run, tmp_path, examples):
    # The first is right throughout, the second says the next label and so is never right.
    wrong = dict(zip(LABELS, (*LABELS[1:], LABELS[0]), strict=True))
    for folder, label_of in (("a", dict(zip(LABELS, LABELS, strict=True))), ("b", wrong)):
        (tmp_path / folder).mkdir()
        rows = [{"id": row["id"], "label": label_of[row["label"]]} for row in sentences()]
        write(tmp_path / folder / "llm.jsonl", rows)
        write(tmp_path / folder / "tfidf.jsonl", rows)
    done = run("evaluate", "--predictions", "b/llm.jsonl", "--against", "a/llm.jsonl",
               "--against", "b/tfidf.jsonl", "--examples", examples, "--report", "r",
               "--json")  # fmt: skip
    beside = json.loads(done.out)["findings"]["beside"]
    assert [(entry["name"], entry["role"]) for entry in beside] == [
        ("majority", "floor"), ("rules", "floor"), ("tfidf", "floor"),
        ("llm (2)", "rival"), ("tfidf (2)", "rival"),
    ]  # fmt: skip
    page = (tmp_path / "r" / "index.html").read_text()
    for entry in beside:
        (row,) = re.findall(rf'<tr><th scope="row"><bdi>{re.escape(entry["name"])}</bdi>.*', page)
        difference = entry["comparison"]["difference"]["value"]
        assert f"<td>{signed(difference)}</td>" in row
    assert "(predictions of a/llm.jsonl)" in json.loads(done.out)["verdict"][-3]


def test_a_model_that_is_called_like_a_floor_takes_none_away(run, examples):
    for name, seed in (("first", 1), ("tfidf", 3)):
        run("train", "--examples", examples, "--output", name, "--seed", seed)
    done = run("evaluate", "first", "--against", "tfidf", "--examples", examples, "--json")
    beside = json.loads(done.out)["findings"]["beside"]
    assert [entry["name"] for entry in beside][-1] == "tfidf (2)"
    assert "floor" in {entry["role"] for entry in beside if entry["name"] == "tfidf"}


def with_splits(split_of, **fields):
    return [row | fields | {"split": split_of(int(row["group"][1:]))} for row in sentences()]


def scored(run, tmp_path, rows):
    write(tmp_path / "parts.jsonl", rows)
    write(tmp_path / "llm.jsonl", [{"id": row["id"], "label": row["label"]} for row in rows])
    done = run("evaluate", "--predictions", "llm.jsonl", "--examples", "parts.jsonl", "--json")
    found = json.loads(done.out)
    return [entry["name"] for entry in found["findings"]["beside"]], found


def test_test_examples_alone_are_scored_with_floors_in_folds(run, tmp_path):
    beside, found = scored(run, tmp_path, with_splits(lambda _group: "test"))
    assert (beside, found["examples"]) == (["majority", "rules", "tfidf"], 90)
    assert "in 5 folds of its own" in found["findings"]["beside"][2]["about"]


def test_floors_that_cannot_be_trained_are_named_and_the_rest_is_scored(run, tmp_path):
    rows = with_splits(lambda group: "train" if group % 2 else "test")
    for row in rows:
        row["label"] = "claim" if row["split"] == "train" else row["label"]
    beside, found = scored(run, tmp_path, rows)
    assert (beside, found["examples"]) == (["majority", "rules"], 45)
    (said,) = found["findings"]["missing"]
    assert said.startswith("“tfidf” (word TF-IDF and logistic regression) cannot stand beside it: ")
    assert "of at least 2 labels" in said
    beside, found = scored(run, tmp_path, sentences(groups=4))
    assert beside == ["majority"]
    assert "in 5 folds, for which the groups are too few" in found["findings"]["missing"][0]


def test_a_label_that_does_not_occur_is_an_ordinary_test_set(run, tmp_path, examples):
    rows = [row for row in sentences() if row["label"] != "denial"]
    new = [row | {"group": f"new-{row['group']}", "text": f"Yet {row['text']}"} for row in rows]
    write(tmp_path / "none.jsonl", new)
    told = [{"id": row["id"], "label": "denial" if row["id"] == "s0" else "claim"} for row in rows]
    write(tmp_path / "llm.jsonl", told)
    run("train", "--examples", examples, "--output", "first", "--recipe", "tfidf")
    for asked in (["first", "--against", "llm.jsonl"], ["--predictions", "llm.jsonl"]):
        done = run("evaluate", *asked, "--examples", "none.jsonl", "--json")
        found = json.loads(done.out)
        assert (found["labels"], found["examples"]) == (list(LABELS), 60)
        assert any("No scored example is labelled “denial”" in w for w in found["warnings"])
    # 29 of 60 right: F1 of claim 2x29/(30+59), of neither 0.
    assert found["macro_f1"] == pytest.approx(58 / 89 / 2)
    done = run("evaluate", "--folds", "3", "--recipe", "majority", "--against", "llm.jsonl",
               "--examples", "none.jsonl", "--json")  # fmt: skip
    assert json.loads(done.out)["labels"] == list(LABELS)


def test_a_scheme_that_was_changed_under_its_version_is_told(run, tmp_path, examples):
    run("init", ".")
    run("train", "--examples", examples, "--name", "first")
    (tmp_path / "a.txt").write_text("He denied it.")
    wanted = "The scheme claim-denial 1.0 was changed, without a new version, since the model first"
    ask = ("predict", "first", "a.txt", "--output", "p.csv")
    assert not run(*ask).err
    scheme = tmp_path / "labels.yaml"
    content = scheme.read_text("utf-8")
    scheme.write_text(content.replace("definition: ", "definition: Not ", 1), "utf-8")
    assert run(*ask).err.startswith(wanted)
    done = run("evaluate", "first", "--examples", examples, "--no-behaviour", "--json")
    assert json.loads(done.out)["warnings"][-1].startswith(wanted)
