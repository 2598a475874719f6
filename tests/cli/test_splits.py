"""`annotate dataset`: documents that are added, dates, outlets, and labels that may not count."""

import json

import pytest

from annotate import jsonl
from annotate.dataset import read_dataset, read_excluded
from annotate.records import Annotation, Document, Task

PLACES = "Aldmoor Brackwater Calder Dunmore Esk Fenwick Garth Holm Inver Jura Kelso Leith".split()
VERBS = "denied confirmed welcomed rejected praised feared expected mourned ignored sold".split()


def article(number):
    """Four sentences that no other article has three words in a row of."""
    place, verb = PLACES[number % 12], VERBS[number % 10]
    words = [f"{place}{number}{letter}" for letter in "abcdefgh"]
    return " ".join(
        f"{words[n]} {verb}{n} {words[n + 1]} {words[n + 2]}x{n} {place}{n}q{number}."
        for n in range(4)
    )


@pytest.fixture
def desk(run, tmp_path):
    run("init", ".")
    return tmp_path


def write(run, desk, rows):
    (desk / "a.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    assert run("import", "a.jsonl").code == 0
    assert run("tasks", "--prelabel", "none").code == 0


def rows_of(numbers):
    return [
        {
            "id": f"k{n:02}",
            "text": article(n),
            "published": f"2025-01-{n + 1:02}T00:00:00Z",
            "outlet": ["Herald", "Post", "Echo"][n % 3],
        }
        for n in numbers
    ]


def label(run, desk, votes=lambda _: {"ann": {}, "bob": {}}):
    """Everybody calls a sentence the same; ``votes`` says who labels a task, and how."""
    made = [
        Annotation(
            task_id=task.id,
            annotator=who,
            label=("claim", "denial", "neither")[task.start % 3],
            scheme_version="1",
            created="2026-01-01T10:00:00Z",
            **how,
        )
        for task in jsonl.read(desk / "tasks.jsonl", Task)
        for who, how in votes(task).items()
    ]
    jsonl.write(desk / "annotations.jsonl", made)
    assert run("gold").code == 0


def keys(desk, split):
    key_of = {one.id: one.key for one in jsonl.read(desk / "documents.jsonl", Document)}
    found = {
        key_of[one.document_id] for one in read_dataset(desk / "dataset") if one.split == split
    }
    return sorted(found)


def test_what_is_in_test_stays_there_and_a_bridge_sets_training_articles_aside(run, desk):
    write(run, desk, rows_of(range(20)))
    label(run, desk)
    first = json.loads(run("dataset", "--json").out)
    assert (first["split_by"], first["excluded"]) == ("family", {})
    assert run("train", "--name", "early").code == 0
    before = {split: keys(desk, split) for split in ("train", "validation", "test")}

    write(run, desk, rows_of(range(20, 26)))
    label(run, desk)
    run("dataset")
    assert set(before["test"]) <= set(keys(desk, "test"))
    assert set(before["train"]) <= set(keys(desk, "train"))

    test, train = before["test"][0], before["train"][0]
    texts = [article(int(key[1:])) for key in (test, train)]
    write(run, desk, [{"id": "a-bridge", "text": "\n\n".join(texts)}])
    label(run, desk)
    done = run("dataset")
    assert "4 examples are set aside: their article's family belongs to another" in done.out
    assert {"a-bridge", *before["test"]} <= set(keys(desk, "test"))
    assert train not in keys(desk, "train")
    card = (desk / "dataset" / "README.md").read_text("utf-8")
    assert "4 examples are set aside" in card
    assert {one.was for one in read_excluded(desk / "dataset")} == {"train"}
    refused = run("evaluate", "early")
    assert refused.code == 1
    assert "trained on 1 of the test groups" in refused.err
    status = run("status")
    assert "early knows kin of test articles: train it again" in status.out
    assert run("train", "--name", "late").code == 0
    assert run("evaluate", "late").code == 0
    assert json.loads(run("status", "--json").out)["spoiled"] == ["early"]


def test_other_seeds_and_ways_to_split_start_afresh_and_say_so(run, desk):
    write(run, desk, rows_of(range(20)))
    label(run, desk)
    run("dataset")
    before = keys(desk, "test")
    assert "afresh" not in run("dataset").out
    assert keys(desk, "test") == before
    assert "Split afresh, the seed was 0 and is 7" in run("dataset", "--seed", "7").out
    assert "Split afresh, as asked" in run("dataset", "--seed", "7", "--afresh").out
    done = run("dataset", "--split", "time", "--before", "2025-01-15")
    assert "Split afresh, it was by family and is by time" in done.out
    assert keys(desk, "test") == [f"k{n:02}" for n in range(14, 20)]
    card = (desk / "dataset" / "README.md").read_text("utf-8")
    assert "published before 2025-01-15 (UTC) are to learn from" in card


def test_a_family_that_straddles_the_date_leaves_test(run, desk):
    copy = {"id": "copy", "text": article(3) + " ", "published": "2025-03-01T00:00:00Z"}
    copy["text"] = article(3).replace("q3.", "q3!", 1)
    undated = {"id": "undated", "text": article(30)}
    write(run, desk, [*rows_of(range(20)), copy, undated])
    label(run, desk)
    done = run("dataset", "--split", "time", "--before", "2025-01-15", "--json")
    assert json.loads(done.out)["excluded"] == {"straddles": 4, "undated": 4}
    assert "copy" not in keys(desk, "test")
    refused = run("dataset", "--split", "time")
    assert (refused.code, "needs a day: --before" in refused.err) == (1, True)


def test_outlets_are_held_out(run, desk):
    write(run, desk, rows_of(range(20)))
    label(run, desk)
    assert run("dataset", "--split", "outlet", "--outlets", "Echo").code == 0
    assert keys(desk, "test") == [f"k{n:02}" for n in range(20) if n % 3 == 2]
    refused = run("dataset", "--split", "outlet", "--outlets", "Tribune")
    assert (refused.code, "No article is of the outlet 'Tribune'" in refused.err) == (1, True)


def test_the_settings_say_how_to_split_and_articles_may_bring_their_splits(run, desk):
    named = ["train", "train", "validation", "test"]
    rows = [row | {"split": named[n % 4]} for n, row in enumerate(rows_of(range(12)))]
    write(run, desk, rows)
    label(run, desk)
    settings = desk / "annotate.toml"
    settings.write_text(settings.read_text("utf-8").replace('by = "family"', 'by = "given"'))
    assert json.loads(run("dataset", "--json").out)["split_by"] == "given"
    assert keys(desk, "test") == ["k03", "k07", "k11"]


def test_test_labels_count_by_how_they_were_made(run, desk):
    write(run, desk, rows_of(range(20)))

    def votes(task):
        if task.start == 0:
            return {"ann": {"prelabel_shown": True}, "bob": {}}
        return {"ann": {}} if task.position > 0.6 else {"ann": {}, "bob": {}}

    label(run, desk, votes)
    found = json.loads(run("dataset", "--json").out)
    assert found["excluded"] == {"prelabel": 4, "single": 4}
    assert found["splits"]["test"]["examples"] == 8
    done = run("dataset", "--allow-single", "--json")
    assert json.loads(done.out)["excluded"] == {"prelabel": 4}
    assert "One label without a pre-label was let do in test" in (
        desk / "dataset" / "README.md"
    ).read_text("utf-8")
    label(run, desk, lambda _: {"ann": {"prelabel_shown": True}})
    refused = run("dataset")
    assert (refused.code, refused.err.count("\n")) == (1, 1)
    assert "No label may count in test: 16 set aside (test labels that were made" in refused.err


def test_one_annotator_and_few_families_are_said(run, desk):
    write(run, desk, rows_of(range(3)))
    label(run, desk, lambda _: {"ann": {}})
    done = run("dataset")
    assert done.code == 0
    assert "One annotator labelled everything" in done.out
    assert "There are only 3 families of articles" in done.out
