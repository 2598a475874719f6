"""`annotate suggest`: the next batch, never of the audit, kept and sent first."""

import json
from collections import Counter

import pytest

from annotate import jsonl
from annotate.families import Families
from annotate.records import Task
from annotate.tasks.auditing import Drawn
from strategies import annotation

PEOPLE = ("mayor", "minister", "coach", "banker", "pilot", "doctor")
SAID = (
    ("denied having sold the {thing} to anybody", "denial"),
    ("said the {thing} would cost more next year", "claim"),
    ("walked past the {thing} and went home early", "neither"),
)
THINGS = ("bridge", "harbour", "school", "stadium", "library", "tram", "market", "theatre")


def article(n):
    sentences = [
        f"The {PEOPLE[(n + place) % 6]} {SAID[place % 3][0].format(thing=THINGS[(n * 5 + place) % 8])} "  # noqa: E501
        f"in town number {n} on day {place}."
        for place in range(6)
    ]
    return {"id": f"a{n}", "outlet": ("Post", "Echo")[n % 2], "text": " ".join(sentences)}


@pytest.fixture
def desk(run, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "annotate.workflows.families.find_families",
        lambda documents, override, *, advance: Families((), len(list(documents))),
    )
    run("init", ".")
    rows = "\n".join(json.dumps(article(n)) for n in range(20))
    (tmp_path / "a.jsonl").write_text(rows, "utf-8")
    run("import", "a.jsonl")
    return tmp_path


def tasks(folder):
    return list(jsonl.read(folder / "tasks.jsonl", Task))


def chosen(folder):
    return [each for each in tasks(folder) if each.stream == "chosen"]


def audited(folder):
    drawn = {one.key for one in jsonl.read(folder / "audit.jsonl", Drawn) if one.stream != "none"}
    lines = map(json.loads, (folder / "documents.jsonl").read_text("utf-8").splitlines())
    return {document["id"] for document in lines if document["key"] in drawn}


def test_a_first_batch_is_found_by_the_rules_and_stays(run, desk):
    run("tasks", "--sample", "20", "--audit", "20%")
    sample = {each.id for each in tasks(desk)}
    told = run("suggest", "--n", "12")
    assert told.code == 0
    assert "12 sentences to label next" in told.out
    assert "(balanced, without a model, seed 0)" in told.out
    assert "the tab 'suggested 1'" in told.out
    batch = chosen(desk)
    assert len(batch) == 12
    assert {each.suggested for each in batch} == {1}
    assert tasks(desk)[:12] == batch, "they come first"
    assert not {each.document_id for each in batch} & audited(desk)
    assert sample <= {each.id for each in tasks(desk)}
    assert Counter(each.document_id for each in batch).most_common(1)[0][1] <= 3
    assert {"denied", "said", "walked"} == {each.text.split()[2] for each in batch}
    for options in ([], ["--sample", "10"], ["--sample", "all"]):
        run("tasks", *options)
        assert chosen(desk) == batch
    again = run("suggest", "--n", "12")
    assert "Careful: 12 sentences of an earlier batch still wait for a label" in again.out
    assert "the tab 'suggested 2'" in again.out
    assert [each.suggested for each in tasks(desk)[:25]] == [2] * 12 + [1] * 12 + [0]
    assert len(chosen(desk)) == 24


def test_a_model_chooses_and_nothing_labelled_or_audited_comes_back(run, desk):
    run("tasks", "--audit", "30%")
    examples = [
        {"id": f"e{n}", "text": f"The {PEOPLE[n % 6]} {SAID[n % 3][0].format(thing='tram')}.",
         "label": SAID[n % 3][1], "group": f"g{n}"}
        for n in range(60)
    ]  # fmt: skip
    (desk / "e.jsonl").write_text("\n".join(map(json.dumps, examples)), "utf-8")
    assert run("train", "--recipe", "tfidf", "--examples", "e.jsonl").code == 0
    labelled = tasks(desk)[:10]
    votes = [annotation(each.id, "ann", "claim") for each in labelled]
    jsonl.write(desk / "annotations.jsonl", votes)
    for strategy in ("balanced", "uncertainty", "disagreement", "random"):
        told = json.loads(run("suggest", "--n", "9", "--strategy", strategy, "--json").out)
        assert (told["tasks"], told["model"], told["strategy"]) == (9, "tfidf", strategy)
        assert sum(told["likely"].values()) == 9
    batch = chosen(desk)
    assert len(batch) == 36
    assert not {each.id for each in batch} & {each.id for each in labelled}
    assert not {each.document_id for each in batch} & audited(desk)
    run("tasks", "--prelabel", "tfidf", "--export", "t.json")
    sent = json.loads((desk / "t.json").read_text("utf-8"))
    with_prelabel = {task["data"]["annotate_id"] for task in sent if "predictions" in task}
    assert with_prelabel & {each.id for each in batch}
    assert run("train", "--name", "other", "--recipe", "tfidf", "--examples", "e.jsonl").code == 0
    several = run("suggest")
    assert several.code == 1
    assert "There are several models: other, tfidf. Say which: --model other." in several.err
    assert run("suggest", "--model", "tfidf", "--n", "3").code == 0


def test_what_comes_next_is_what_status_says(run, desk):
    def after(*command):
        return [line for line in run(*command).out.splitlines() if line.startswith("Next: ")]

    run("tasks", "--audit", "20%")
    first = after("suggest", "--n", "3")
    old = "prelabels.jsonl is older than what it was made from"
    assert first == [f"Next: annotate tasks --prelabel rules ({old})"]
    assert after("status") == first
    run("tasks", "--prelabel", "none")
    assert after("suggest", "--n", "3") == after("status")
    (desk / "prelabels.jsonl").unlink()
    second = after("suggest", "--n", "3")
    assert second == after("status") == ["Next: annotate studio start; annotate push"]


def test_no_audit_no_suggestion(run, desk):
    run("tasks")
    refused = run("suggest")
    assert refused.code == 1
    assert "Draw it first: annotate tasks --audit 20%" in refused.err
    run("tasks", "--audit", "20%")
    unsure = run("suggest", "--strategy", "uncertainty")
    assert unsure.code == 1
    assert "asks a model, and there is none" in unsure.err
    assert not chosen(desk)


def test_when_nothing_is_left_it_says_so(run, desk):
    run("tasks", "--audit", "50%")
    told = run("suggest", "--n", "1000")
    assert "Fewer than the 1,000 asked for" in told.out
    for _ in range(9):
        last = run("suggest", "--n", "1000")
    assert last.code == 1
    assert "Nothing is left to suggest" in last.err
    assert not {each.document_id for each in chosen(desk)} & audited(desk)


def test_whole_articles_are_not_suggested(run, desk):
    settings = (desk / "annotate.toml").read_text("utf-8")
    (desk / "annotate.toml").write_text(
        settings.replace('of = "sentence"', 'of = "article"'), "utf-8"
    )
    refused = run("suggest")
    assert refused.code == 1
    assert "Only sentences can be suggested" in refused.err
