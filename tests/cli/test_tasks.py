"""`annotate tasks`: samples, batches, the quiz, and the files for other tools."""

import json
from collections import Counter

import pytest

from annotate import jsonl
from annotate.labelstudio.results import make_result
from annotate.records import GoldLabel, Marked, Task
from annotate.workflows.label import write_import_file
from annotate.workspace import Workspace


@pytest.fixture
def desk(run, tmp_path):
    run("init", ".")
    rows = [
        {
            "id": f"a{n}", "title": f"Bridge {n} shut", "outlet": ("Post", "Echo")[n % 2],
            "published": f"2026-0{1 + n % 3}-05", "text": " ".join(
                f"The mayor said that bridge {n} would open on day {place}." for place in range(9)
            ),
        }
        for n in range(12)
    ]  # fmt: skip
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    run("import", "a.jsonl")
    return tmp_path


def tasks(folder):
    return list(jsonl.read(folder / "tasks.jsonl", Task))


def test_a_sample_holds_until_it_is_changed(run, desk):
    told = run("tasks", "--sample", "36")
    assert "A sample of 36 of 120, outlet and month by their share (seed 0)" in told.out
    small = tasks(desk)
    assert len(small) == 36
    articles = {
        row["id"]: (row["sources"][0]["outlet"], row["sources"][0]["published"][:7])
        for row in map(json.loads, (desk / "documents.jsonl").read_text("utf-8").splitlines())
    }
    counts = Counter(articles[each.document_id] for each in small)
    assert set(counts.values()) == {6}, "six strata of 20 tasks"
    assert "A sample of 36" in run("tasks").out
    assert tasks(desk) == small
    assert run("tasks", "--sample", "60").code == 0
    assert {each.id for each in small} < {each.id for each in tasks(desk)}
    meta = json.loads((desk / "tasks.jsonl.meta.json").read_text("utf-8"))
    assert (meta["seed"], meta["options"]) == (0, {"sample": 60})
    assert "sample" not in run("tasks", "--sample", "all").out
    assert len(tasks(desk)) == 120
    run("tasks", "--sample", "36", "--by", "none", "--seed", "7")
    assert {each.id for each in tasks(desk)} != {each.id for each in small}


def test_articles_come_in_random_order_each_from_its_beginning_to_its_end(run, desk):
    run("tasks")
    first = tasks(desk)
    lines = (desk / "documents.jsonl").read_text("utf-8").splitlines()
    documents = [json.loads(line)["id"] for line in lines]
    order = list(dict.fromkeys(each.document_id for each in first))
    assert sorted(order) == sorted(documents)
    assert order != documents
    for name in order:
        kinds = [each.part for each in first if each.document_id == name]
        assert kinds == ["title"] + ["body"] * 9


def test_annotators_get_batches_and_a_share_together(run, desk):
    told = run("tasks", "--annotators", "ann, ben", "--overlap", "50%")
    assert "60 tasks for two of them, without pre-labels" in told.out
    found = tasks(desk)
    counts = Counter(each.annotators for each in found)
    assert counts == {("ann", "ben"): 60, ("ann",): 30, ("ben",): 30}
    run("tasks")
    assert tasks(desk) == found
    run("tasks", "--export", "t.json")
    sent = {
        task["data"]["annotate_id"]: task["data"]
        for task in json.loads((desk / "t.json").read_text("utf-8"))
    }
    assert {sent[each.id]["annotate_for"] for each in found} == {"|ann|ben|", "|ann|", "|ben|"}
    run("tasks", "--annotators", "none")
    assert {each.annotators for each in tasks(desk)} == {()}


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--sample", "-3"], 2, "not a number of tasks"),
        (["--sample", "many"], 2, "not a number of tasks"),
        (["--by", "colour"], 2, "outlet, month and none, not colour"),
        (["--overlap", "120%"], 2, "is not a share"),
        (["--overlap", "20%"], 1, "Tasks can only be shared by two annotators"),
        (["--annotators", "ann,ann"], 1, "Two annotators have the same name"),
        (["--quiz-file", "none.jsonl"], 1, "none.jsonl"),
        (["--sample", "9" * 5000], 2, "not a number of tasks"),
        (["--annotators", "a|b,c"], 1, "holds a `|`"),
        (["--quiz", "--sample", "3", "--export", "q.json"], 2, "--sample, --export cannot go with"),
        (["--export", "t.csv"], 2, "must end in one"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(run, desk, options, code, said):
    run("tasks")
    before = (desk / "tasks.jsonl").read_bytes()
    done = run("tasks", *options)
    assert done.code == code
    assert said in " ".join(done.err.replace("│", " ").split())
    assert (desk / "tasks.jsonl").read_bytes() == before
    assert not (desk / "quiz").exists()


def answered(folder, wrong):
    """An export of the quiz in which two people answered: Ann all right, Ben ``wrong`` of them."""
    key = {entry.task_id: entry.label for entry in jsonl.read(folder / "key.jsonl", GoldLabel)}
    sent = json.loads((folder / "t.json").read_text("utf-8"))
    for place, task in enumerate(sent):
        right = key[task["data"]["annotate_id"]]
        other = "claim" if right != "claim" else "denial"
        for who, label in ((1, right), (2, other if place < wrong else right)):
            at = "2026-01-01T00:00:00Z"
            made = {"id": 10 * place + who, "created_at": at, "updated_at": at,
                    "completed_by": {"id": who, "email": f"{who}@desk.example"},
                    "result": make_result(label, Marked())}  # fmt: skip
            task.setdefault("annotations", []).append(made)
    return sent


def test_more_overlap_and_another_annotator_are_not_passed_over(run, desk):
    run("tasks", "--annotators", "ann,ben")
    told = run("tasks", "--annotators", "ann,ben,cleo", "--overlap", "50%")
    assert "60 tasks for two of them" in told.out
    assert {name for each in tasks(desk) for name in each.annotators} == {"ann", "ben", "cleo"}


def test_one_seed_draws_everything_and_the_settings_count_until_one_is_named(run, desk):
    run("tasks", "--sample", "30")
    first = tasks(desk)
    settings = desk / "annotate.toml"
    settings.write_text(settings.read_text("utf-8").replace("seed = 0 ", "seed = 99 "), "utf-8")
    assert "(seed 99)" in run("tasks").out
    assert tasks(desk) != first
    run("tasks", "--seed", "0")
    assert tasks(desk) == first, "those held out from pre-labels too"
    assert "(seed 0)" in run("tasks").out


def test_choices_that_were_changed_by_hand_are_one_clear_line(run, desk):
    run("tasks", "--sample", "30")
    meta = desk / "tasks.jsonl.meta.json"
    meta.write_text(meta.read_text("utf-8").replace('"sample": 30', '"sample": "many"'), "utf-8")
    refused = run("tasks")
    assert (refused.code, "tasks.jsonl.meta.json" in refused.err) == (1, True)


def test_a_language_that_spacy_does_not_know_is_said(run, desk):
    settings = desk / "annotate.toml"
    text = settings.read_text("utf-8").replace('language = "en"', 'language = "qq"')
    settings.write_text(text, "utf-8")
    refused = run("tasks", "--export", "t.spacy")
    assert (refused.code, "qq" in refused.err) == (1, True)


def test_the_quiz_is_a_workspace_of_its_own_and_is_marked(run, desk):
    assert "agreement --quiz" in run("tasks", "--quiz").out
    quiz = desk / "quiz"
    made = tasks(quiz)
    cases = 32
    assert len(made) == 2 * cases
    assert not (desk / "tasks.jsonl").exists(), "nothing of it gets into the data"
    assert "(quiz)" in (quiz / "annotate.toml").read_text("utf-8")
    assert run("agreement", "--quiz").code == 1
    assert run("tasks", "--quiz").code == 0
    assert tasks(quiz) == made, "run twice"
    refused = run("tasks", "--workspace", "quiz")
    assert (refused.code, "is a quiz" in refused.err) == (1, True)
    article = desk / "new.txt"
    article.write_text("The mayor said so.", encoding="utf-8")
    refused = run("import", str(article), "--workspace", "quiz")
    assert (refused.code, "is a quiz" in refused.err) == (1, True)
    standing = run("status", "--workspace", "quiz")
    assert "Next, in quiz: annotate studio start; annotate push" in standing.out
    other = run("tasks", "--quiz", "--seed", "5")
    assert (other.code, "holds another quiz already" in other.err) == (1, True)


def test_a_quiz_is_pulled_and_marked_by_the_same_pseudonyms(run, desk):
    run("tasks", "--quiz")
    quiz = desk / "quiz"
    write_import_file(Workspace(quiz), quiz / "t.json")
    assert '"label"' not in (quiz / "t.json").read_text("utf-8"), "the key stays here"
    (quiz / "x.json").write_text(json.dumps(answered(quiz, wrong=20)), "utf-8")
    assert run("pull", "--workspace", quiz, "--from", quiz / "x.json").code == 0
    assert (desk / ".annotate" / "annotators.json").is_file()
    assert not (quiz / ".annotate" / "annotators.json").exists()
    told = run("agreement", "--quiz")
    assert told.code == 0
    assert "annotator-1     64  64   100%  passed" in told.out
    # 44 of 64 are .6875
    assert "annotator-2     44  64    69%  not passed" in told.out
    assert "missed most" in told.out
    lower = json.loads(run("agreement", "--quiz", "--pass-mark", "0.68", "--json").out)
    assert [result["passed"] for result in lower["results"]] == [True, True]


def test_a_quiz_of_your_own_for_a_scheme_of_your_own(run, desk):
    labels = desk / "labels.yaml"
    text = labels.read_text("utf-8")
    start, end = text.index("from_spans:"), text.index("edge_cases:")
    labels.write_text(text[:start] + text[end : text.index("\n", end)].replace(
        "edge_cases:", "edge_cases: []\n").replace("denial", "refusal"), "utf-8")  # fmt: skip
    refused = run("tasks", "--quiz")
    assert (refused.code, "--quiz-file" in refused.err) == (1, True)
    own = [{"id": "1", "pattern": "own", "text": "He said so.", "label": "claim"}]
    (desk / "q.jsonl").write_text("\n".join(map(json.dumps, own)), "utf-8")
    assert run("tasks", "--quiz-file", "q.jsonl").code == 0
    assert [each.text for each in tasks(desk / "quiz")] == ["He said so."]


def test_tasks_go_to_spacy(run, desk):
    import spacy
    from spacy.tokens import DocBin

    told = run("tasks", "--export", "t.spacy")
    assert "12 articles for spaCy: t.spacy" in told.out
    docs = list(DocBin().from_disk(desk / "t.spacy").get_docs(spacy.blank("en").vocab))
    found = {span.id_: span for doc in docs for span in doc.spans["tasks"]}
    assert set(found) == {each.id for each in tasks(desk)}
    assert all(found[each.id].text == each.text for each in tasks(desk))
    assert {span.label_ for span in found.values()} <= {"claim", "neither", "denial"}
    assert Counter(span.label_ for span in found.values())["claim"] == 108
