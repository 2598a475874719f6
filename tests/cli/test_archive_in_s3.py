"""`annotate predict s3://...` against a server that speaks S3. `pytest -m scale`."""

import csv
import gzip
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pytest
from fsspec.registry import _registry as loaded_kinds
from pyarrow import parquet

from annotate.documents import pieces
from annotate.models import save_model, train_model
from annotate.records import Example

s3fs = pytest.importorskip("s3fs", reason="needs the extra `scale`")
pytest.importorskip("moto", reason="needs a server that speaks S3")
pytestmark = pytest.mark.scale


def listens(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def server():
    """The address of a store that is there for these tests alone."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    end = time.monotonic() + 60
    while not listens(port):
        assert time.monotonic() < end, "the store does not start"
        time.sleep(0.1)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait()


@pytest.fixture
def store(server, monkeypatch):
    """The store, with a bucket `news` in which nothing is yet."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", server)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "someone")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    s3fs.S3FileSystem.clear_instance_cache()
    system = s3fs.S3FileSystem(use_listings_cache=False)
    system.mkdir("news")
    yield system
    system.rm("news", recursive=True)
    s3fs.S3FileSystem.clear_instance_cache()


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
     ("s3://news/page.html", 1, "s3://news/page.html: is not labelled piece by piece"),
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
