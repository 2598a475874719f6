"""`annotate predict` on archives: every row once, in whatever pieces, through whatever deaths."""

import csv
import gzip
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from itertools import product
from pathlib import Path

import datasets
import pyarrow as pa
import pytest
from pyarrow import parquet

from annotate import jsonl
from annotate.documents import pieces
from annotate.models import load_model, save_model, train_model
from annotate.records import Example, Prediction
from annotate.workflows import archive_work

ANNOTATE = "from annotate.cli import main; main()"
COUNT = 300


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A model that tells denials from claims by one word each."""
    folder = tmp_path_factory.mktemp("models") / "first"
    examples = [
        Example(id=f"{n}", text=f"The mayor {word} it on day {n}.", label=label, group=f"g{n}")
        for n in range(20)
        for word, label in (("denied", "denial"), ("said", "claim"))
    ]
    trained = train_model(
        [e.model_copy(update={"id": f"{e.id}{e.label}"}) for e in examples],
        recipe="linear", labels=("claim", "denial"), scheme=None, seed=0,
    )  # fmt: skip
    save_model(trained, folder)
    return folder


def articles(count=COUNT):
    for number in range(count):
        word = "denied" if number % 3 == 0 else "said"
        yield {
            "url": f"https://news.example/{number}",
            "headline": f"Day {number}",
            "body": f'The mayor {word} it on day {number}. Rain, "they" said,\nfell.',
        }


def lines(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.fixture
def archive(tmp_path):
    lines(tmp_path / "a.jsonl", articles())
    return tmp_path / "a.jsonl"


def csv_rows(name):
    with Path(name).open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def keys(rows):
    return [row["key"] for row in rows if row["part"] == "title"]


def parts(folder):
    return {path.name: path.read_bytes() for path in Path(folder).glob("part-*")}


def small_pieces(monkeypatch):
    monkeypatch.setattr(pieces, "_LEAST_BYTES", 1024)
    monkeypatch.setattr(pieces, "_MOST_BYTES", 1024)


def test_every_row_is_labelled_once_and_in_order(run, model, archive):
    done = run("predict", model, archive, "-o", "out", "--processes", 2, "--json")
    assert done.code == 0, done.err
    told = json.loads(done.out)
    rows = parquet.read_table("out").to_pylist()
    assert keys(rows) == [row["url"] for row in articles()]
    assert (told["documents"], told["written"]) == (COUNT, len(rows))
    assert {row["label"] for row in rows if "denied" in row["text"]} == {"denial"}
    assert f"{COUNT:,} of them before" in run("predict", model, archive, "-o", "out").out


IN, OUT = ["jsonl", "csv", "parquet", "folder"], ["jsonl", "csv", "parquet"]


@pytest.mark.parametrize(
    ("given", "kind"), [*product(IN, OUT), ("jsonl", "jsonl.gz"), ("csv", "csv.gz")]
)
def test_every_kind_of_file_in_and_out(run, model, tmp_path, kind, given):
    rows = list(articles(20))
    path = tmp_path / f"in.{given}"
    if given == "jsonl":
        lines(path, rows)
    elif given == "csv":
        with path.open("w", newline="") as stream:
            table = csv.DictWriter(stream, list(rows[0]))
            table.writeheader()
            table.writerows(rows)
    elif given == "parquet":
        parquet.write_table(pa.Table.from_pylist(rows), path)
    else:
        path = tmp_path / "in"
        path.mkdir()
        lines(path / "1.jsonl", rows[:5])
        parquet.write_table(pa.Table.from_pylist(rows[5:]), path / "2.parquet")
    assert run("predict", model, path, "-o", f"out.{kind}").code == 0
    if kind.endswith(".gz"):
        Path(f"out.{kind[:-3]}").write_bytes(gzip.decompress(Path(f"out.{kind}").read_bytes()))
        Path(f"out.{kind}").rename("packed")
    if kind.startswith("jsonl"):
        found = [p.model_dump() for p in jsonl.read(Path("out.jsonl"), Prediction)]
    elif kind.startswith("csv"):
        found = csv_rows("out.csv")
    else:
        found = parquet.read_table("out.parquet").to_pylist()
    assert keys(found) == [row["url"] for row in rows]
    left = sorted(p.name for p in tmp_path.glob("out*"))
    assert left == [f"out.{kind.removesuffix('.gz')}", f"out.{kind}.meta.json"]


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_packed_output_is_the_same_unpacked(run, model, archive, monkeypatch, kind):
    small_pieces(monkeypatch)
    for name in (f"plain.{kind}", f"packed.{kind}.gz"):
        assert run("predict", model, archive, "-o", name, "--processes", 1).code == 0
    packed = Path(f"packed.{kind}.gz").read_bytes()
    assert gzip.decompress(packed) == Path(f"plain.{kind}").read_bytes()
    assert run("predict", model, archive, "-o", "f", "--format", f"{kind}.gz").code == 0
    assert gzip.decompress(Path(f"f/part-000000.{kind}.gz").read_bytes())[:9]
    again = run("predict", model, archive, "-o", f"packed.{kind}.gz", "--processes", 1)
    assert (again.code, Path(f"packed.{kind}.gz").read_bytes()) == (0, packed)


def test_the_output_depends_neither_on_processes_nor_on_pieces_done_before(
    run, model, archive, monkeypatch
):
    small_pieces(monkeypatch)
    for folder, processes in (("one", 1), ("three", 3)):
        assert run("predict", model, archive, "-o", folder, "--processes", processes).code == 0
    assert len(parts("one")) > 20
    assert parts("one") == parts("three")
    ledger = Path("one/_ledger.jsonl")
    kept = ledger.read_text().splitlines(keepends=True)[:9]
    ledger.write_text("".join(kept) + '{"piece": 8, "arti')
    Path("one/part-000003.parquet").unlink()
    Path("one/.part-000005.parquet.x").write_text("half a part")
    assert run("predict", model, archive, "-o", "one").code == 0
    assert parts("one") == parts("three")
    assert not list(Path("one").glob(".part-*"))


def test_what_killed_runs_left_is_taken_away(run, model, archive):
    for name in (".o.csv.abcdef_1", ".o.csv.meta.json.abcdefgh", ".o.csv.skipped.csv.01234567"):
        Path(name).write_text("half")
    for name in (".o.csv.abc", ".o.csvx.abcdefgh", ".o.csv.abcdefghi"):  # not named by us
        Path(name).write_text("mine")
    assert run("predict", model, archive, "-o", "o.csv").code == 0
    left = {".o.csv.abc", ".o.csvx.abcdefgh", ".o.csv.abcdefghi", "o.csv", "o.csv.meta.json"}
    assert {path.name for path in Path().iterdir() if "o.csv" in path.name} == left


def test_the_ledger_goes_last(run, model, archive, monkeypatch):
    """Who is killed while the parts of one file are taken away can go on too."""

    def killed(_place):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("annotate.workflows.archive_work.remove_book", killed)
        assert run("predict", model, archive, "-o", "o.csv", "--processes", 1).code == 130
    assert [path.name for path in Path("o.csv.parts").iterdir()] == ["_ledger.jsonl"]
    before = Path("o.csv").read_bytes()
    assert run("predict", model, archive, "-o", "o.csv", "--processes", 1).code == 0
    assert Path("o.csv").read_bytes() == before
    assert not Path("o.csv.parts").exists()


def test_what_cannot_be_labelled_is_listed_with_its_reason(run, model, tmp_path):
    rows = [*articles(3), {"url": "u", "headline": "No text"}, *articles(1)]
    rows.append({"body": "x" * 1_000_001})
    lines(tmp_path / "a.jsonl", rows)
    done = run("predict", model, "a.jsonl", "-o", "out.csv")
    assert done.code == 0
    assert "2 articles not labelled, listed in out.csv.skipped.csv" in done.err
    found = csv_rows("out.csv.skipped.csv")
    assert [row["article"] for row in found] == ["a.jsonl:4", "a.jsonl:6"]
    assert "has no text" in found[0]["reason"]
    assert "1000001 characters" in found[1]["reason"]
    lines(tmp_path / "a.jsonl", articles(1))
    assert run("predict", model, "a.jsonl", "-o", "out.csv").code == 0
    assert not Path("out.csv.skipped.csv").exists()


def test_nothing_to_label_is_refused_and_leaves_nothing(run, model, tmp_path):
    (tmp_path / "a.jsonl").write_text('{"number": 1}\n')
    done = run("predict", model, "a.jsonl", "-o", "out.parquet")
    assert done.code == 1
    assert "a.jsonl:1: has no text" in done.err
    assert not list(tmp_path.glob("out*"))


def test_another_model_or_input_is_not_mixed_in(run, model, archive, tmp_path):
    assert run("predict", model, archive, "-o", "out").code == 0
    before = parts("out")
    other = tmp_path / "other"
    trained = load_model(model)
    manifest = trained.manifest.model_copy(update={"seed": 1})
    save_model(type(trained)(trained.model, manifest), other)
    done = run("predict", other, archive, "-o", "out")
    assert done.code == 1
    assert done.err.count("\n") == 1
    assert "out was begun with another model" in done.err
    assert "other settings" in run("predict", model, archive, "-o", "out", "--only", "claim").err
    lines(archive, articles(COUNT - 1))
    assert "out was begun with another input" in run("predict", model, archive, "-o", "out").err
    assert parts("out") == before


def test_columns_of_other_names_are_mapped(run, model, tmp_path):
    lines(tmp_path / "a.jsonl", [{"prose": "He denied it.", "text": "not this"}])
    assert run("predict", model, "a.jsonl", "-o", "p.jsonl", "--map", "text=prose").code == 0
    [found] = jsonl.read(Path("p.jsonl"), Prediction)
    assert found.text == "He denied it."


def test_one_label_alone(run, model, archive):
    assert run("predict", model, archive, "-o", "p.jsonl", "--only", "denial").code == 0
    assert {p.label for p in jsonl.read(Path("p.jsonl"), Prediction)} == {"denial"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("a.jsonl", "-o", "o.txt"), ".parquet, .jsonl, .csv, .jsonl.gz, .csv.gz, or a folder"),
     (("a.jsonl", "-o", "o.csv", "--format", "jsonl"), "does not end in .jsonl"),
     (("a.jsonl", "-o", "o", "--format", "xml"), "no kind 'xml'"),
     (("page.txt", "-o", "o.csv", "--processes", "2"), "page.txt: has no article a row"),
     (("none", "-o", "o"), "none: no such file or folder"),
     (("mixed", "-o", "o"), "mixed/b/README.md: has no article a row"),
     (("mixed", "-o", "o.csv", "--processes", "2"), "mixed/b/README.md: has no article a row"),
     (("a.jsonl", "-o", "here"), "here holds mine.txt")],
)  # fmt: skip
def test_what_does_not_go_together_is_refused(run, model, archive, tmp_path, arguments, words):
    (tmp_path / "page.txt").write_text("He said no.")
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "mine.txt").write_text("x")
    (tmp_path / "mixed" / "b").mkdir(parents=True)
    lines(tmp_path / "mixed" / "a.jsonl", articles(1))
    (tmp_path / "mixed" / "b" / "README.md").write_text("Articles.")
    (tmp_path / "mixed" / "b" / ".hidden.txt").write_text("x")
    done = run("predict", model, *arguments)
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert words in done.err


@pytest.mark.parametrize("option", [("--cluster", "auto"), ("--gpus", "1")])
def test_what_is_for_ray_alone_is_refused_without_it(run, model, archive, option):
    done = run("predict", model, archive, "-o", "out", *option)
    assert done.code == 2
    assert f"{option[0]}: It goes with --engine ray" in done.err
    assert not Path("out").exists()


def test_a_run_killed_at_random_points_ends_as_an_undisturbed_one(run, model, tmp_path):
    """A short version of `scripts/fault_predict`."""
    folder = tmp_path / "archive"
    folder.mkdir()
    for number in range(12):
        lines(folder / f"{number:02}.jsonl", list(articles())[number::12])
    assert run("predict", model, folder, "-o", "calm").code == 0
    draw = random.Random(0)  # noqa: S311  not for secrets
    command = [sys.executable, "-c", ANNOTATE, "predict", model, folder, "-o", "killed",
               "--processes", "2"]  # fmt: skip
    for _ in range(3):
        process = subprocess.Popen(list(map(str, command)), cwd=tmp_path)
        time.sleep(draw.uniform(0.5, 4))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    done = subprocess.run(list(map(str, command)), cwd=tmp_path, check=True, capture_output=True)
    assert b"labelled by first" in done.stdout
    assert parts("killed") == parts("calm")
    assert not list(Path("killed").glob(".part-*"))


@pytest.mark.parametrize(
    ("given", "output"),
    [("a.jsonl", "a.jsonl"), ("a.jsonl", "link.jsonl"), ("in", "in"), ("in", "in/out"),
     ("in", "link/out.jsonl"), ("o.skipped.csv", "o"), ("pages", "pages/o.jsonl")],
)  # fmt: skip
def test_nothing_is_written_where_articles_are_read(run, model, archive, tmp_path, given, output):
    for folder in ("in", "pages"):
        (tmp_path / folder).mkdir()
    lines(tmp_path / "in" / "a.jsonl", articles(3))
    (tmp_path / "pages" / "a.txt").write_text("He said no.")
    (tmp_path / "o.skipped.csv").write_text("text\nHe said no.\n")
    (tmp_path / "link.jsonl").symlink_to("a.jsonl")
    (tmp_path / "link").symlink_to("in")
    before = {path: path.is_file() and path.read_bytes() for path in tmp_path.rglob("*")}
    done = run("predict", model, given, "-o", output)
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert f"is what is read ({given}) or lies in it. Name another output" in done.err
    assert {path: path.is_file() and path.read_bytes() for path in tmp_path.rglob("*")} == before


def test_a_folder_that_the_run_did_not_make_keeps_what_is_hidden_in_it(run, model, tmp_path):
    (tmp_path / "a.jsonl").write_text('{"number": 1}\n')
    (tmp_path / "out" / ".git").mkdir(parents=True)
    (tmp_path / "out" / ".git" / "config").write_text("mine")
    assert run("predict", model, "a.jsonl", "-o", "out").code == 1
    assert [path.name for path in Path("out").iterdir()] == [".git"]
    assert Path("out/.git/config").read_text() == "mine"


def test_the_current_folder_can_be_the_output(run, model, archive, tmp_path, monkeypatch):
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path / "out")
    assert run("predict", model, archive, "-o", ".").code == 0
    assert keys(parquet.read_table(".").to_pylist()) == [row["url"] for row in articles()]
    assert (tmp_path / "out.meta.json").is_file()


def test_a_reason_that_no_file_can_hold_is_listed_all_the_same(run, model, tmp_path):
    (tmp_path / "a.jsonl").write_text('{"\\ud83d": 1}\n{"text": "He denied it."}\n')
    assert run("predict", model, "a.jsonl", "-o", "o.csv").code == 0
    assert "\ufffd" in csv_rows("o.csv.skipped.csv")[0]["reason"]


def test_a_model_that_is_replaced_during_the_run_is_not_mixed_in(
    run, model, archive, tmp_path, monkeypatch
):
    small_pieces(monkeypatch)
    mine = shutil.copytree(model, tmp_path / "mine")
    trained = load_model(mine)
    manifest = trained.manifest.model_copy(update={"seed": 1})
    load = archive_work.PieceLabeller.load

    def replaced(job):
        save_model(type(trained)(trained.model, manifest), mine)
        return load(job)

    monkeypatch.setattr(archive_work.PieceLabeller, "load", replaced)
    done = run("predict", mine, archive, "-o", "out", "--processes", 1)
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "mine was replaced during the run. Put the old model back" in done.err
    assert not parts("out")


def test_a_run_goes_on_only_where_articles_are_named_as_before(run, model, tmp_path, monkeypatch):
    lines(tmp_path / "a.jsonl", [{"text": "He denied it."}])
    assert run("predict", model, tmp_path / "a.jsonl", "-o", tmp_path / "out").code == 0
    before = parts("out")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    done = run("predict", model, tmp_path / "a.jsonl", "-o", tmp_path / "out")
    assert done.code == 1
    assert "out was begun with another current folder" in done.err
    assert parts(tmp_path / "out") == before


def test_more_parts_than_their_names_have_digits_for_are_refused(run, model, archive, monkeypatch):
    small_pieces(monkeypatch)
    monkeypatch.setattr("annotate.workflows.archive.MOST_PARTS", 2)
    done = run("predict", model, archive, "-o", "out")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "a.jsonl: is in more than 2 pieces. Put small files together" in done.err
    assert not Path("out").exists()


def test_a_data_set_by_its_name_is_labelled(run, model, tmp_path):
    datasets.Dataset.from_dict({"text": ["He denied it."]}).save_to_disk(tmp_path / "saved")
    done = run("predict", model, "hf:saved", "-o", "o.jsonl")
    assert done.code == 0, done.err
    assert json.loads(Path("o.jsonl.meta.json").read_text())["inputs"] == {}
