"""The whole line where articles are marked with spans, through the command line."""

import json
from itertools import combinations

import pytest

from annotate.labelstudio.results import make_result
from annotate.records import Marked, Relation, Span

SAID, DENIED = (
    "The mayor said road {n} 👩‍👩‍👧 would open.",
    "The firm denied that it spilled oil {n}.",
)
ARTICLE = "Bridge {n} is shut.\n\n" + SAID + " " + DENIED + "\n\nRain fell on town {n}."
COUNT = 12


@pytest.fixture
def desk(run, tmp_path):
    """A workspace of articles to be marked, and the file that Label Studio would import."""
    run("init", ".")
    settings = (tmp_path / "annotate.toml").read_text("utf-8")
    settings = settings.replace('of = "sentence"', 'of = "article"')
    (tmp_path / "annotate.toml").write_text(
        settings.replace("spans = false", "spans = true"), "utf-8"
    )
    rows = [
        {"id": f"a{n}", "title": f"Mayor: road {n} opens", "text": ARTICLE.format(n=n)}
        for n in range(COUNT)
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    # Texts from one mould are one family; here they stand for articles that have nothing in common.
    apart = [[f"a{one}", f"a{other}"] for one, other in combinations(range(COUNT), 2)]
    (tmp_path / "families.toml").write_text(f"part = {json.dumps(apart)}\n", "utf-8")
    run("import", "a.jsonl")
    assert json.loads(run("tasks", "--export", "t.json", "--json").out)["tasks"] == 2 * COUNT
    return tmp_path


def marks(text, *quotes):
    """Spans over quotations, and the relations between them that the text has."""
    spans = [(text.index(quote), quote, label) for label, quote in quotes if quote in text]
    places = {label: place for place, (*_, label) in enumerate(spans)}
    arrows = [("said_by", "content", "source"), ("denies", "cue", "target")]
    return Marked(
        spans=tuple(Span(start=at, end=at + len(quote), label=name) for at, quote, name in spans),
        relations=tuple(
            Relation(label=label, head=places[head], tail=places[tail])
            for label, head, tail in arrows
            if {head, tail} <= set(places)
        ),
    )


def everything(text, n):
    return marks(text, ("source", "The mayor"), ("content", f"road {n} 👩‍👩‍👧 would open"),
                 ("cue", "denied"), ("target", f"it spilled oil {n}"))  # fmt: skip


def submit(task, who, marked, **fields):
    at = "2026-01-01T00:00:00Z"
    made = {"completed_by": {"id": who, "email": f"{who}@desk.example"}, "created_at": at,
            "updated_at": at, "result": make_result(None, marked), **fields}  # fmt: skip
    task.setdefault("annotations", []).append({"id": who, **made})


def exported(desk, count=None):
    """The tasks, the first ``count`` of them by the number of their article."""
    tasks = json.loads((desk / "t.json").read_text("utf-8"))
    numbered = {task["data"]["annotate_id"].split(":")[0]: 0 for task in tasks}
    for row in map(json.loads, (desk / "documents.jsonl").read_text("utf-8").splitlines()):
        numbered[row["id"]] = int(row["external_id"][1:])

    def number(task):
        return numbered[task["data"]["annotate_id"].split(":")[0]]

    return sorted(tasks[:count], key=number) + (tasks[count:] if count else [])


def export(desk, second):
    """Two annotators' export: the first marks everything, the second does what ``second`` says."""
    tasks = exported(desk, 2 * COUNT)
    for place, task in enumerate(tasks):
        n, text = place // 2, task["data"]["text"]
        submit(task, 1, everything(text, n))
        if task["data"]["headline"] and n in second:
            submit(task, 2, *second[n](text, n))
        else:
            submit(task, 2, everything(text, n))
    (desk / "export.json").write_text(json.dumps(tasks), "utf-8")
    return tasks


SECOND = {
    0: lambda text, n: (marks(text, ("cue", "denied"), ("target", f"it spilled oil {n}")),),
    1: lambda _text, _n: (Marked(),),  # nothing to mark
}


def test_the_whole_line(run, desk):
    export(desk, SECOND)
    pulled = json.loads(run("pull", "--from", "export.json", "--json").out)
    assert (pulled["labels"], pulled["rejected"]) == (4 * COUNT, 0)
    assert json.loads(run("status", "--json").out)["annotated"] == 2 * COUNT

    # Five sentences an article, the headline among them. Annotators part ways on the claim of
    # articles 0 and 1 and on the denial of article 1: three open ties.
    found = json.loads(run("agreement", "--json").out)
    assert (found["overall"]["tasks"], found["unanimous"]) == (5 * COUNT, 5 * COUNT - 3)
    assert [(c["labels"], c["pairs"]) for c in found["confusions"]] == [
        (["claim", "neither"], 2), (["denial", "neither"], 1),
    ]  # fmt: skip
    # The first marks 4 spans in each of 12 articles, the second 2 of those in article 0, none in
    # article 1 and all others: 42 that are equal of 48 + 42, F1 = 84/90.
    whole = found["spans"]["labels"][0]
    assert (found["spans"]["texts"], whole["spans"]) == (2 * COUNT, 90)
    assert whole["strict"]["value"] == whole["relaxed"]["value"] == pytest.approx(84 / 90)
    gold = json.loads(run("gold", "--json").out)
    assert gold["open_ties"] == 3
    assert gold["per_label"] == {"claim": 10, "denial": 11, "neither": 36}

    built = json.loads(run("dataset", "--json").out)
    assert sum(split["examples"] for split in built["splits"].values()) == 57
    assert "follow from spans" in (desk / "dataset" / "README.md").read_text("utf-8")
    assert run("train").code == 0
    scored = json.loads(run("evaluate", "linear", "--json").out)
    assert scored["macro_f1"] > 0.9
    assert run("predict", "linear", "--only", "denial", "-o", "d.csv").code == 0
    _header, *rows = (desk / "d.csv").read_text("utf-8").splitlines()
    assert len(rows) == COUNT
    assert all("The firm denied" in row and "Rain" not in row for row in rows)
    assert run("check").code == 0
    assert json.loads(run("status", "--json").out)["stale"] == []


def test_gold_labels_are_of_the_sentence_that_stands_in_the_document(run, desk):
    export(desk, {})
    run("pull", "--from", "export.json")
    run("gold")
    documents = {
        row["id"]: row
        for row in map(json.loads, (desk / "documents.jsonl").read_text("utf-8").splitlines())
    }
    said = {"claim": set(), "denial": set(), "neither": set()}
    for line in (desk / "gold.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        document, part, place = row["task_id"].split(":")
        start, end = map(int, place.split("-"))
        text = documents[document]["text" if part == "body" else "title"]
        said[row["label"]].add(text[start:end])
    assert said["claim"] == {SAID.format(n=n) for n in range(COUNT)}
    assert said["denial"] == {DENIED.format(n=n) for n in range(COUNT)}
    assert len(said["neither"]) == 3 * COUNT


def test_the_time_for_an_article_is_that_of_all_its_sentences(run, desk):
    tasks = export(desk, {})
    for task in tasks:
        if task["data"]["headline"]:
            task["annotations"][0]["lead_time"] = 120
    (desk / "export.json").write_text(json.dumps(tasks), "utf-8")
    for step in ("pull --from export.json", "gold", "dataset"):
        assert run(*step.split()).code == 0
    made = json.loads(run("curve", "--recipe", "tfidf", "--seeds", "1", "--json").out)
    # Four sentences below each headline, and two people who labelled everything.
    assert made["pace"] == {"seconds": 30, "timed": COUNT, "labels_a_sentence": 2}


def test_an_article_is_forgotten_with_its_sentences(run, desk):
    export(desk, {})
    run("pull", "--from", "export.json")
    run("gold")
    run("dataset")
    gone = json.loads(run("forget", "a0", "--yes", "--json").out)
    assert gone["records"]["gold"] == gone["examples"] == 5
    assert json.loads(run("gold", "--json").out)["per_label"]["denial"] == COUNT - 1


def test_a_skipped_article_gives_no_votes(run, desk):
    tasks = export(desk, {})
    for task in tasks:
        task["annotations"][1] |= {"result": [], "was_cancelled": True}
    (desk / "export.json").write_text(json.dumps(tasks), "utf-8")
    assert json.loads(run("pull", "--from", "export.json", "--json").out)["skipped"] == 2 * COUNT
    gold = json.loads(run("gold", "--json").out)
    assert (gold["single"], gold["open_ties"]) == (5 * COUNT, 0)
    assert "second person" in run("agreement").err


def test_an_empty_answer_is_not_taken_for_nothing_to_mark(run, desk):
    tasks = export(desk, {})
    tasks[1]["annotations"][0]["result"] = []
    (desk / "export.json").write_text(json.dumps(tasks), "utf-8")
    pulled = json.loads(run("pull", "--from", "export.json", "--json").out)
    assert (pulled["labels"], pulled["rejected"]) == (4 * COUNT - 1, 1)
    (line,) = (desk / "annotations.rejected.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line)["reason"] == "it has no label, and marks nothing"


def test_labels_of_whole_articles_are_not_mistaken_for_marks(run, desk):
    tasks = export(desk, {})
    for task in tasks:
        task["annotations"] = task["annotations"][:1]
        task["annotations"][0]["result"] = make_result("claim", Marked())
    (desk / "export.json").write_text(json.dumps(tasks), "utf-8")
    run("pull", "--from", "export.json")
    for command in ("gold", "agreement"):
        refused = run(command)
        assert (refused.code, refused.err.count("\n")) == (1, 1)
        assert "is an article with the label 'claim' and no spans" in refused.err
    settings = (desk / "annotate.toml").read_text("utf-8").replace("spans = true", "spans = false")
    (desk / "annotate.toml").write_text(settings, "utf-8")
    assert json.loads(run("gold", "--json").out)["per_label"]["claim"] == 2 * COUNT


def test_labels_of_sentences_are_no_pre_labels_of_marked_articles(run, desk):
    (desk / "labels.csv").write_text("task_id,label\n", "utf-8")
    for source in ("labels.csv", "linear"):
        refused = run("tasks", "--prelabel", source)
        assert (refused.code, f"leave out --prelabel {source}" in refused.err) == (1, True)
    assert not (desk / "prelabels.jsonl").exists()
    assert run("tasks").code == 0


def test_a_scheme_that_does_not_say_how_labels_follow(run, desk):
    export(desk, {})
    run("pull", "--from", "export.json")
    scheme = (desk / "labels.yaml").read_text("utf-8")
    start, end = scheme.index("from_spans:"), scheme.index("edge_cases:")
    (desk / "labels.yaml").write_text(scheme[:start] + scheme[end:], "utf-8")
    refused = run("gold")
    assert (refused.code, "there is no `from_spans:`" in refused.err) == (1, True)


def test_sentences_that_were_labelled_before_keep_their_labels(run, desk):
    settings = (desk / "annotate.toml").read_text("utf-8")
    (desk / "annotate.toml").write_text(settings.replace('"article"', '"sentence"', 1), "utf-8")
    run("tasks", "--export", "t.json")
    tasks = exported(desk)
    for task in tasks[:5]:
        submit(task, 1, Marked())
        task["annotations"][0]["result"] = make_result("denial", Marked())
    (desk / "export.json").write_text(json.dumps(tasks), "utf-8")
    run("pull", "--from", "export.json")
    (desk / "annotate.toml").write_text(settings, "utf-8")
    kept = json.loads(run("tasks", "--export", "t.json", "--json").out)["kept_for_labels"]
    assert kept == 4  # the headline is a task now as before
    everybody = export(desk, {})
    (desk / "export.json").write_text(json.dumps(everybody[1:-4]), "utf-8")
    run("pull", "--from", "export.json")
    assert run("gold").code == 0
    gold = map(json.loads, (desk / "gold.jsonl").read_text("utf-8").splitlines())
    votes = {row["task_id"]: row["votes"] for row in gold}
    ids = [task["data"]["annotate_id"] for task in tasks[:5]]
    assert [votes[task_id] for task_id in ids] == [
        {"denial": 1},  # the headline, which the second annotator did not get
        {"denial": 1, "neither": 1},
        {"claim": 1, "denial": 1},
        {"denial": 2},
        {"denial": 1, "neither": 1},
    ]


def test_a_project_of_marked_articles_from_elsewhere(run, desk):
    text = "A 👩‍👩‍👧 vowed it.\r\n\r\nCafe\u0301 Ro\u0301 shuts, says Bo.\r\nIt rains."
    marked = {"content": "Cafe\u0301 Ro\u0301 shuts", "source": "Bo"}
    result = [
        {"id": label, "from_name": "marks", "type": "labels",
         "value": {"start": text.index(quote), "end": text.index(quote) + len(quote),
                   "labels": [label]}}
        for label, quote in marked.items()
    ]  # fmt: skip
    result.append({"type": "relation", "from_id": "content", "to_id": "source"})
    theirs = [{"id": 1, "data": {"body": text}}]
    submit(theirs[0], 1, Marked(), result=result)
    (desk / "theirs.json").write_text(json.dumps(theirs), "utf-8")
    adopted = run("pull", "--from", "theirs.json", "--adopt", "--map", "text=body,spans=marks",
                  "--json")  # fmt: skip
    assert json.loads(adopted.out)["annotations"] == 1
    assert json.loads(run("gold", "--json").out)["per_label"] == {
        "claim": 1, "denial": 0, "neither": 2,
    }  # fmt: skip
