"""`annotate predict s3://...` against a server that speaks S3. `pytest -m scale`."""

import csv
import gzip
import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from fsspec.registry import _registry as loaded_kinds
from pyarrow import parquet

from annotate.documents import pieces
from annotate.models import save_model, train_model
from annotate.records import Example

s3fs = pytest.importorskip("s3fs", reason="needs the extra `scale`")
pytestmark = pytest.mark.scale


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A model that tells denials from claims by one word each."""
    folder = tmp_path_factory.mktemp("models") / "first"
    examples = [
        Example(id=f"{n}{label}", text=f"She {word} it on {n}.", label=label, group=f"g{n}")
        for n in range(20)
        for word, label in (("denied", "denial"), ("said", "claim"))
    ]
    trained = train_model(
        examples, recipe="linear", labels=("claim", "denial"), scheme=None, seed=0
    )
    save_model(trained, folder)
    return folder


@pytest.fixture
def archive(tmp_path):
    """A folder with files of each kind, one article without a text among them."""
    rows = [
        {"url": f"https://x.example/{n}", "text": f'Day {n}: "he" denied.\nIt rained, they said.'}
        for n in range(120)
    ]
    folder = tmp_path / "archive"
    (folder / "b").mkdir(parents=True)
    lines = [json.dumps(row) + "\n" for row in rows]
    (folder / "z.jsonl").write_text("".join(lines[:30]))
    (folder / "b" / "packed.jsonl.gz").write_bytes(gzip.compress("".join(lines[30:60]).encode()))
    parquet.write_table(pa.Table.from_pylist(rows[60:90]), folder / "b" / "a.parquet")
    with (folder / "b" / "c.csv").open("w", newline="") as stream:
        table = csv.DictWriter(stream, ["url", "text"])
        table.writeheader()
        table.writerows([*rows[90:], {"url": "https://x.example/none"}])
    return folder


def parts(folder):
    return {path.name: path.read_bytes() for path in Path(folder).glob("part-*")}


def small_pieces(monkeypatch):
    monkeypatch.setattr(pieces, "_LEAST_BYTES", 500)
    monkeypatch.setattr(pieces, "_MOST_BYTES", 500)


def test_an_archive_in_a_store_is_labelled_as_one_on_the_disk(
    run, model, store, archive, monkeypatch
):
    store.put(f"{archive}/", "news/archive", recursive=True)
    assert run("predict", model, "archive", "-o", "near").code == 0
    assert run("predict", model, "s3://news/archive", "-o", "far", "--processes", 2).code == 0
    assert parts("far") == parts("near") != {}
    refused = Path("far.skipped.csv").read_text()
    assert "archive/b/c.csv" in refused
    assert "has no text" in refused
    small_pieces(monkeypatch)
    for place, folder in (("archive", "near2"), ("s3://news/archive", "far2")):
        assert run("predict", model, place, "-o", folder, "--processes", 1).code == 0
    assert parts("far2") == parts("near2")
    assert len(parts("far2")) > 12 > len(parts("far"))


def objects(store, place):
    """What a folder of the store holds, but for the ledger."""
    start = len(place) + 1
    found = {name[start:]: content for name, content in store.cat(store.find(place)).items()}
    return {name: found[name] for name in found if "_ledger/" not in name}


@pytest.mark.parametrize("kind", ["parquet", "csv.gz"])
def test_a_store_gets_the_same_as_the_disk(run, model, store, archive, monkeypatch, kind):
    small_pieces(monkeypatch)
    for out in ("near", "s3://news/out/far"):
        done = run("predict", model, archive, "-o", out, "--format", kind, "--processes", 1)
        assert done.code == 0, done.err
    found = objects(store, "news/out")
    labelled = {name: found.pop(f"far/{name}") for name in parts("near")}
    assert labelled == parts("near")
    refused = found.pop("far.skipped.csv")
    assert refused == Path("near.skipped.csv").read_bytes()
    assert json.loads(found.pop("far.meta.json"))["command"] == "predict"
    assert found == {}
    again = run("predict", model, archive, "-o", out, "--format", kind)
    assert "120 of them before" in again.out
    assert "other settings" in run("predict", model, archive, "-o", out, "--only", "claim").err


@pytest.mark.parametrize("kind", ["parquet", "csv", "jsonl.gz"])
def test_one_file_in_a_store(run, model, store, archive, monkeypatch, kind):
    small_pieces(monkeypatch)
    store.pipe_file("news/mine.txt", b"mine")
    for out in (f"near.{kind}", f"s3://news/far.{kind}"):
        done = run("predict", model, archive, "-o", out, "--processes", 1, "--json")
        assert done.code == 0, done.err
        assert json.loads(done.out)["path"] == out
    found = objects(store, "news")
    assert found.pop(f"far.{kind}") == Path(f"near.{kind}").read_bytes()
    assert set(found) == {"mine.txt", f"far.{kind}.meta.json", f"far.{kind}.skipped.csv"}


def test_what_is_not_ours_in_a_store_is_left_alone(run, model, store, archive):
    store.pipe_file("news/out/mine.txt", b"mine")
    done = run("predict", model, archive, "-o", "s3://news/out")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "s3://news/out holds mine.txt" in done.err
    assert "s3://news: is a whole bucket" in run("predict", model, archive, "-o", "s3://news").err
    gone = run("predict", model, archive, "-o", "s3://elsewhere/out")
    assert (gone.code, "there is no such bucket" in gone.err) == (3, True)
    (archive / "page.html").write_text("x")
    done = run("predict", model, archive, "-o", "s3://news/p")
    assert "archive/page.html: has no article a row" in done.err
    assert objects(store, "news") == {"out/mine.txt": b"mine"}


def test_a_run_into_a_store_killed_at_random_points_ends_as_an_undisturbed_one(
    run, model, store, archive, tmp_path
):
    lines = (archive / "z.jsonl").read_text()
    for number in range(24):
        store.pipe_file(f"news/archive/{number:02}.jsonl", (lines * 20).encode())
    assert run("predict", model, "s3://news/archive", "-o", "calm").code == 0
    command = [sys.executable, "-c", "from annotate.cli import main; main()", "predict", model,
               "s3://news/archive", "-o", "s3://news/killed", "--processes", "2"]  # fmt: skip
    draw = random.Random(0)  # noqa: S311  not for secrets
    met = 0
    for wanted in sorted(draw.sample(range(1, 23), 2)):
        process = subprocess.Popen(list(map(str, command)), cwd=tmp_path)
        while process.poll() is None and met < wanted:
            met = len(store.ls("news/killed/_ledger")) if store.exists("news/killed/_ledger") else 0
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    done = run(*command[3:])
    assert "of them before" in done.out
    found = objects(store, "news/killed")
    assert {name: found[name] for name in found if name.startswith("part-")} == parts("calm")
    assert set(found) == set(parts("calm"))


def test_another_content_of_the_same_size_is_another_input(run, model, store):
    store.pipe_file("news/a.jsonl", b'{"text": "He denied."}\n')
    assert run("predict", model, "s3://news/a.jsonl", "-o", "out").code == 0
    assert "1 of them before" in run("predict", model, "s3://news/a.jsonl", "-o", "out").out
    store.pipe_file("news/a.jsonl", b'{"text": "We denied."}\n')
    assert "another input" in run("predict", model, "s3://news/a.jsonl", "-o", "out").err


@pytest.mark.parametrize(
    ("place", "code", "words"),
    [("s3://elsewhere/a", 3, "s3://elsewhere/a: there is no such bucket"),
     ("s3://news/none", 3, "s3://news/none: there is no such file or folder"),
     ("s3://news/page.html", 1, "s3://news/page.html: has no article a row"),
     ("s3://", 1, "s3://: names no bucket"),
     ("s4://news/a.csv", 1, "there is no kind of address s4://")],
)  # fmt: skip
def test_what_is_not_there_is_said(run, model, store, place, code, words):
    store.pipe_file("news/page.html", b"<p>He denied it.")
    done = run("predict", model, place, "-o", "out")
    assert (done.code, done.err.count("\n")) == (code, 1)
    assert words in done.err
    assert not Path("out").exists()


def test_missing_credentials_are_said(run, model, store, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    s3fs.S3FileSystem.clear_instance_cache()
    done = run("predict", model, "s3://news/a", "-o", "out")
    assert (done.code, done.err.count("\n")) == (3, 1)
    assert "s3://news/a: no credentials" in done.err
    assert "AWS_ACCESS_KEY_ID" in done.err


def test_a_missing_package_is_said(run, model, store, monkeypatch):
    monkeypatch.setitem(sys.modules, "s3fs", None)
    monkeypatch.delitem(loaded_kinds, "s3")
    done = run("predict", model, "s3://news/a", "-o", "out")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert 'pip install -e ".[scale]"' in done.err
