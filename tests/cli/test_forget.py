"""A document that must go: what is said before, what is left after, and that nothing else goes."""

import json

import pytest

from annotate import jsonl
from annotate.records import Annotation, Document, Task
from annotate.resources import resource

ARTICLES, EXPORT = resource("seeds/articles"), resource("seeds/annotations.json")
FILES = (
    "documents.jsonl", "tasks.jsonl", "annotations.jsonl", "gold.jsonl", "predictions.jsonl",
)  # fmt: skip


@pytest.fixture
def desk(make):
    return make(
        ("init", "."), ("import", ARTICLES), ("tasks",), ("pull", "--from", EXPORT), ("gold",),
        ("dataset", "--no-scores", "--no-text"),
        ("train", "--name", "first", "--recipe", "majority"),
        ("evaluate", "first"), ("predict", "first"),
    )  # fmt: skip


def trained_on(desk):
    manifest = json.loads((desk / "models" / "first" / "manifest.json").read_text("utf-8"))
    return manifest["documents"]


def mentions(desk, name):
    """The files of the workspace that hold a text."""
    return sorted(
        path.relative_to(desk).as_posix()
        for path in desk.rglob("*")
        if path.is_file() and name.encode() in path.read_bytes()
    )


def test_a_document_goes_from_every_file_and_the_model_is_named(run, desk):
    (name, *_) = trained_on(desk)
    others = {
        file: [line for line in (desk / file).read_text("utf-8").splitlines() if name not in line]
        for file in FILES
    }
    told = json.loads(run("forget", name, "--dry-run", "--json").out)
    assert (told["models"], told["reports"], told["pushed"]) == (["first"], [], False)
    assert name in (desk / "tasks.jsonl").read_text("utf-8")

    done = run("forget", name, "--yes")
    assert done.code == 0
    assert "models first" in done.out
    assert mentions(desk, name) == ["models/first/manifest.json"]
    for file, lines in others.items():
        assert (desk / file).read_text("utf-8").splitlines() == lines
    assert run("check").code == 0
    assert run("forget", name, "--yes").code == 1


def test_the_data_set_keeps_its_other_splits(run, desk):
    from annotate.dataset import read_dataset

    before = read_dataset(desk / "dataset")
    (name, *_) = trained_on(desk)
    gone = json.loads(run("forget", name, "--yes", "--json").out)
    after = read_dataset(desk / "dataset")
    assert after == [example for example in before if example.document_id != name]
    assert gone["examples"] == len(before) - len(after) > 0


def test_all_revisions_go_and_the_key_and_the_address_name_them(run, tmp_path):
    run("init", ".")
    for text in ("One is here today.", "One is here today, still."):
        (tmp_path / "a.txt").write_text(f"url: https://x.example/a\n\n{text}\n", "utf-8")
        run("import", "a.txt")
    run("tasks")
    (tmp_path / "b.txt").write_text("Another one.", "utf-8")
    run("import", "b.txt")
    told = json.loads(run("forget", "https://x.example/a", "--dry-run", "--json").out)
    assert len(told["documents"]) == 2
    assert run("forget", "https://x.example/a", "--yes").code == 0
    assert [d.text for d in jsonl.read(tmp_path / "documents.jsonl", Document)] == ["Another one."]
    assert list(jsonl.read(tmp_path / "tasks.jsonl", Task)) == []


def test_without_a_yes_nothing_goes(run, desk, monkeypatch):
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    (name, *_) = trained_on(desk)
    count = len(list(jsonl.read(desk / "annotations.jsonl", Annotation)))
    done = run("forget", name)
    assert done.code == 1
    assert "Trained with it" in done.err
    assert len(list(jsonl.read(desk / "annotations.jsonl", Annotation))) == count


def test_an_unknown_document_is_one_line(run, desk):
    done = run("forget", "nothing", "--yes")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "'nothing'" in done.err


def test_the_pairs_by_hand_of_a_document_go_and_the_rest_of_the_file_stays(run, tmp_path):
    run("init", ".")
    for name in "abcd":
        (tmp_path / f"{name}.txt").write_text(f"Here is the article {name * 3}.\n", "utf-8")
    run("import", *(f"{name}.txt" for name in "abcd"))
    a, b, c, d = (one.id for one in jsonl.read(tmp_path / "documents.jsonl", Document))
    override = tmp_path / "families.toml"
    override.write_text(
        f'# By hand.\njoin = [["{a}", "{b}"], ["{c}", "{d}"]]\npart = [\n'
        f'  ["{b}", "{c}"],  # not one story\n  ["{a}", "{c}"],  # a goes\n]\n',
        "utf-8",
    )
    done = run("forget", a, "--yes")
    assert done.code == 0
    assert "2 pairs" in done.out
    assert override.read_text("utf-8") == (
        f'# By hand.\njoin = [["{c}", "{d}"]]\npart = [\n  ["{b}", "{c}"],  # not one story\n]\n'
    )
    assert mentions(tmp_path, a) == []
    assert run("families").code == 0


def test_a_pair_that_cannot_be_taken_out_is_said_before_anything_goes(run, tmp_path):
    run("init", ".")
    (tmp_path / "a.txt").write_text("Here is the article a.\n", "utf-8")
    run("import", "a.txt")
    (name,) = (one.id for one in jsonl.read(tmp_path / "documents.jsonl", Document))
    (tmp_path / "families.toml").write_text(f'part = [["{name}",\n# why\n"x"]]\n', "utf-8")
    done = run("forget", name, "--yes")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "by hand" in done.err
    assert mentions(tmp_path, name) == ["documents.jsonl", "families.toml"]
