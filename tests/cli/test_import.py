"""The import command: what it says, what it refuses, and that doing it twice changes nothing."""

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from annotate.records import Document
from annotate.workflows import importing
from annotate.workspace import Workspace


@pytest.fixture
def desk(run, tmp_path):
    run("init", ".")
    return tmp_path


def documents(desk):
    return list(Workspace(desk).read(Document))


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def write_mix(folder):
    """One file of each kind, and one that is broken."""
    folder.mkdir()
    (folder / "a.txt").write_text(" date 2026-02-03 One.")
    (folder / "b.md").write_text("# Two\n\nTwo **so**.")
    (folder / "c.csv").write_text('titre,corps\nThree,Three so.\n"Four,Four so.\n')
    (folder / "d.json").write_text('{"articles": [{"content": "Five."}]}')
    (folder / "e.pdf").write_bytes(b"%PDF")
    with zipfile.ZipFile(folder / "f.zip", "w") as archive:
        archive.writestr("g.jsonl", '{"text": "Six."}\n{"text": "One."}')
        archive.writestr("../h.txt", "Seven.")


def test_a_folder_of_everything(run, desk):
    write_mix(desk / "in")
    done = run("import", "in", "--map", "title=titre,text=corps")
    assert done.code == 0
    assert "3 new articles, 6 skipped" in done.out
    done = run("import", "in")
    lines = done.err.splitlines()
    assert "skipped in/c.csv: has no text" in lines[0]
    assert lines[1].startswith("skipped in/e.pdf: is of a kind that is not read")
    assert lines[2] == "skipped in/f.zip/../h.txt: has a path that leads out of the archive"
    assert "in/a.txt: date without a time zone, taken as UTC (--timezone says otherwise)" in lines
    assert "in/d.json: text <- content (a guess; --map says otherwise)" in lines
    assert sorted(d.text for d in documents(desk)) == [
        "Five.", "One.", "Six.", "Three so.", "Two so."
    ]  # fmt: skip
    (one,) = (d for d in documents(desk) if d.text == "One.")
    assert [source.path for source in one.sources] == ["in/a.txt", "in/f.zip/g.jsonl:2"]


def test_a_second_import_changes_nothing(run, desk):
    write_mix(desk / "in")
    run("import", "in")
    before = (desk / "documents.jsonl").read_bytes()
    done = run("import", "in")
    assert done.code == 0
    assert done.out.startswith("0 new articles")
    assert (desk / "documents.jsonl").read_bytes() == before


def test_a_later_import_adds_to_what_is_there(run, desk):
    (desk / "a.jsonl").write_text('{"id": 1, "text": "The mayor said on Monday it was shut."}')
    run("import", "a.jsonl")
    (desk / "b.csv").write_text("id,text\n1,The mayor said on Tuesday it was shut.\n2,Other.\n")
    done = run("import", "b.csv")
    assert "2 new articles, 1 of them a revision" in done.out
    assert [d.key for d in documents(desk)] == ["1", "1", "2"]


def inputs_of(desk):
    return json.loads((desk / "documents.jsonl.meta.json").read_text())["inputs"]


def test_only_what_was_read_is_hashed(run, desk, monkeypatch):
    (desk / "in").mkdir()
    (desk / "in" / "a.txt").write_text("One.")
    (desk / "in" / "b.pdf").write_bytes(b"%PDF")
    (desk / "in" / ".c.txt").write_text("Hidden.")
    opened = Path.open

    def denied(path, *arguments, **options):
        if path.name in {"b.pdf", ".c.txt"}:
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", denied)
    done = run("import", "in")
    assert (done.code, [d.text for d in documents(desk)]) == (0, ["One."])
    # A folder has the hash of its lines "name hash", here that of a.txt alone.
    line = f"a.txt {hashlib.sha256(b'One.').hexdigest()}\n"
    assert inputs_of(desk) == {"in": hashlib.sha256(line.encode()).hexdigest()}
    assert run("import", "in/a.txt").code == 0
    assert inputs_of(desk) == {"in/a.txt": hashlib.sha256(b"One.").hexdigest()}


def test_a_file_that_vanishes_before_it_is_hashed_is_skipped(run, desk, monkeypatch):
    (desk / "a.txt").write_text("One.")
    (desk / "b.txt").write_text("Two.")
    sha256_of = importing.sha256_of

    def denied(path):
        if path.name == "a.txt":
            raise PermissionError(13, "Permission denied", str(path))
        return sha256_of(path)

    monkeypatch.setattr(importing, "sha256_of", denied)
    done = run("import", "a.txt", "b.txt")
    assert done.code == 0
    assert "skipped a.txt: cannot be read (Permission denied)" in done.err
    assert list(inputs_of(desk)) == ["b.txt"]


def test_strict_refuses_anything_skipped_and_writes_nothing(run, desk):
    write_mix(desk / "in")
    done = run("import", "in", "--strict")
    assert (done.code, done.out) == (1, "")
    assert "Not everything could be imported" in done.err
    assert names_in(desk) == [".annotate", "annotate.toml", "guideline.md", "in",
                                        "labels.yaml"]  # fmt: skip
    assert names_in(desk / ".annotate") == ["lock"]


def test_an_import_that_took_nothing_is_an_error(run, desk):
    (desk / "a.csv").write_text("a,b\n1,2\n")
    done = run("import", "a.csv")
    assert done.code == 1
    assert "Nothing could be imported. a.csv: has no text" in done.err
    assert "--map text=NAME" in done.err
    assert not (desk / "documents.jsonl").exists()


def test_as_json(run, desk):
    write_mix(desk / "in")
    found = json.loads(run("import", "in", "--json").out)
    assert (found["added"], found["merged"], found["documents"]) == (4, 1, 4)
    assert len(found["skipped"]) == 3
    assert any("text <- content" in remark for remark in found["remarks"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--map", "colour=x"], "--map: 'colour=x' is not NAME=THEIRS"),
        (["--timezone", "Mars"], "no time zone 'Mars'"),
    ],
)
def test_options_that_say_nothing(run, desk, arguments, words):
    (desk / "a.txt").write_text("x")
    done = run("import", "a.txt", *arguments)
    assert (done.code, words in done.err) == (2, True)


def test_the_zone_of_dates(run, desk):
    (desk / "a.jsonl").write_text('{"text": "One.", "date": "2026-07-03 10:00"}')
    run("import", "a.jsonl", "--timezone", "America/New_York")
    assert documents(desk)[0].published.isoformat() == "2026-07-03T14:00:00+00:00"


def test_a_data_set_by_name(run, desk, monkeypatch):
    import datasets

    asked = []

    def load(name, config, *, split, streaming):
        asked.append((name, config, split, streaming))
        rows = datasets.Dataset.from_list([{"content": f"Article {n}."} for n in range(3)])
        return rows.to_iterable_dataset()

    monkeypatch.setattr(datasets, "load_dataset", load)
    assert run("import", "hf:desk/news/en:train").code == 0
    assert asked == [("desk/news", "en", "train", True)]
    assert [d.text for d in documents(desk)] == ["Article 0.", "Article 1.", "Article 2."]
    assert documents(desk)[0].key == "hf:desk/news/en:train:1"
    sidecar = json.loads((desk / "documents.jsonl.meta.json").read_text())
    assert sidecar["inputs"] == {}


def test_a_data_set_of_files_by_the_path_of_its_folder(run, desk):
    (desk / "set").mkdir()
    (desk / "set" / "train.jsonl").write_text('{"text": "One."}\n{"text": "Two."}\n')
    done = run("import", "hf:./set:train")
    assert done.code == 0, done
    assert [d.text for d in documents(desk)] == ["One.", "Two."]


def test_a_data_set_of_records_of_ours_is_refused_in_one_line(run, desk):
    (desk / "set").mkdir()
    (desk / "set" / "train.jsonl").write_text('{"task_id": "t", "annotator": "a"}\n')
    done = run("import", "hf:./set:train")
    assert done.code == 1
    assert "hf:./set:train: holds records that annotate made, not articles" in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("name", ["hf:", "hf:a/b/c/d", "hf:./none", "hf:./none:train"])
def test_a_data_set_that_is_not_there(run, desk, name, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    done = run("import", name)
    assert done.code == 1
    assert done.err.startswith(f"error: {name}: ")
    assert done.err.count("\n") == 1


def test_nothing_is_left_behind_after_a_bug_or_an_interruption(run, desk, monkeypatch):
    def interrupted(*_arguments, **_options):
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr("annotate.workflows.importing.read_documents", interrupted)
    assert run("import", "annotate.toml").code == 130
    assert names_in(desk / ".annotate") == ["lock"]
