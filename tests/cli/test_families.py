"""`annotate families`, and what data sets make of it."""

import json

import pytest

from annotate import jsonl
from annotate.records import Annotation, Document, Example, Task
from stories import FERRY, ORCHARD, REPORTS

CUT = FERRY[:200]
TEXTS = {"ferry": FERRY, "cut": CUT, "orchard": ORCHARD, "first": REPORTS[0], "second": REPORTS[1]}


@pytest.fixture
def desk(run, tmp_path):
    """Five articles, of which one is another cut short."""
    run("init", ".")
    write(tmp_path, TEXTS)
    assert run("import", "a.jsonl").code == 0
    return tmp_path


def write(desk, texts):
    rows = [{"id": key, "text": text} for key, text in texts.items()]
    (desk / "a.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")


def found(run):
    answer = json.loads(run("families", "--json").out)
    return [sorted(family["documents"]) for family in answer["families"]]


def ids(*keys):
    return sorted(Document.id_of(TEXTS[key].strip()) for key in keys)


def test_it_lists_families_and_writes_them(run, desk):
    done = run("families")
    assert done.code == 0
    assert "1 family of 2 documents; 3 stand alone" in done.out
    assert found(run) == [ids("ferry", "cut")]
    made = json.loads((desk / "families.jsonl.meta.json").read_text("utf-8"))
    assert (made["command"], list(made["inputs"])) == ("families", ["documents.jsonl"])
    assert run("check").code == 0


def test_a_file_of_your_own_joins_and_parts(run, desk):
    (desk / "families.toml").write_text(
        'part = [["cut", "ferry"]]\njoin = [["first", "second"]]\n', "utf-8"
    )
    assert found(run) == [ids("first", "second")]
    assert "1 link left out: families.toml parts what they join" in run("families").out
    (desk / "families.toml").write_text('part = [["cut", "nowhere"]]\n', "utf-8")
    refused = run("families")
    assert (refused.code, refused.out) == (1, "")
    assert "families.toml: part: there is no document 'nowhere'" in refused.err
    assert refused.err.count("\n") == 1


def test_it_explains_what_two_documents_share(run, desk):
    linked = run("families", "--explain", "ferry", "cut")
    assert linked.code == 0
    assert linked.out.startswith("Linked (part): ")
    assert f"of {ids('cut')[0]} in the other" in linked.out
    assert "words at 0-" in linked.out
    apart = json.loads(run("families", "--explain", "first", "second", "--json").out)
    assert apart["verdict"] == "Not linked"
    assert "both quote the same words" in apart["reason"]
    assert apart["evidence"]["quoted_words"] > 40
    longest = apart["passages"][0]
    assert TEXTS["first"][longest["first_start"] : longest["first_end"]] == longest["text"]
    nothing = run("families", "--explain", "orchard", "ferry")
    assert (nothing.code, "too little" in nothing.out) == (0, True)
    (desk / "families.toml").write_text('part = [["cut", "ferry"]]\n', "utf-8")
    parted = run("families", "--explain", "cut", "ferry").out
    assert parted.startswith("Not linked: families.toml parts them; by their texts: ")


@pytest.mark.parametrize(
    ("pair", "problem"),
    [(("ferry", "nowhere"), "nowhere: there is no such document"), (("cut", "cut"), "the same")],
)
def test_what_cannot_be_explained_is_said_in_a_line(run, desk, pair, problem):
    refused = run("families", "--explain", *pair)
    assert (refused.code, problem in refused.err) == (1, True)
    assert refused.err.count("\n") == 1


def label_all(run, desk):
    run("tasks", "--prelabel", "none")
    made = [
        Annotation(
            task_id=task.id,
            annotator="ann",
            label="claim",
            scheme_version="1",
            created="2026-01-01T10:00:00Z",
        )
        for task in jsonl.read(desk / "tasks.jsonl", Task)
    ]
    jsonl.write(desk / "annotations.jsonl", made)
    run("gold")


def splits(desk):
    import pyarrow.parquet as pq

    rows = [row for path in (desk / "dataset").rglob("*.parquet") for row in
            pq.read_table(path).to_pylist() for row in [{**row, "file": path.stem}]]  # fmt: skip
    return {(row["document_id"], row["file"].split("-")[0], row["group"]) for row in rows}


def test_a_data_set_never_divides_a_family(run, desk):
    label_all(run, desk)
    done = run("dataset")
    assert done.code == 0
    assert "grouped by family" in done.out
    assert "Families found anew (families.jsonl was not there)" in done.out
    assert "found anew" not in run("dataset").out
    where = {document: (part, group) for document, part, group in splits(desk)}
    ferry, cut = (where[ids(key)[0]] for key in ("ferry", "cut"))
    assert ferry == cut
    assert ferry[1] == "cut"  # the least key of the family
    assert len({group for _, group in where.values()}) == 4


def test_families_of_other_documents_are_not_used(run, desk):
    label_all(run, desk)
    run("dataset")
    write(desk, {"ferry": FERRY.replace("October", "November")})
    run("import", "a.jsonl")
    status = json.loads(run("status", "--json").out)
    assert "families.jsonl" in status["stale"]
    assert "Families found anew (documents.jsonl has changed)" in run("dataset").out
    (desk / "families.toml").write_text('join = [["first", "second"]]\n', "utf-8")
    assert "Families found anew (families.toml has changed)" in run("dataset").out
    assert len({group for *_, group in splits(desk)}) == 3
    assert Example.filename not in {path.name for path in desk.iterdir()}


def test_a_forgotten_document_leaves_no_trace_in_the_families(run, desk):
    run("families")
    assert run("forget", "cut", "--yes").code == 0
    left = [path for path in desk.glob("families*") if ids("cut")[0] in path.read_text("utf-8")]
    assert not left
    assert found(run) == []
