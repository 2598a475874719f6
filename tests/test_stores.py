import gzip
import re
import uuid
from pathlib import Path

import fsspec
import pyarrow as pa
import pytest
from pyarrow import parquet

from annotate.documents import ReadingOptions
from annotate.documents.pieces import cut, read_piece, tabular_files
from annotate.errors import InputError, StoreError
from annotate.stores import (
    Address,
    File,
    as_place,
    delivered,
    files_in,
    opened,
    read_all,
    remove,
    size_of,
)
from annotate.stores.places import is_within


@pytest.fixture
def folder():
    """An empty folder of the store that fsspec has in memory."""
    return as_place(f"memory://{uuid.uuid4().hex}/news")


def put(address, content):
    fsspec.filesystem("memory").pipe_file(str(address), content)


def test_addresses_and_paths_are_told_apart():
    assert as_place("s3://bucket/a/b/") == Address("s3", "bucket/a/b")
    assert as_place("file:///data/a.csv") == as_place("/data/a.csv") == Path("/data/a.csv")
    assert as_place("data/s3:/x") == Path("data/s3:/x")
    here = as_place("s3://bucket/a")
    assert (str(here / "b.csv"), (here / "b.csv").name) == ("s3://bucket/a/b.csv", "b.csv")


def test_what_is_below_a_place_is_told_by_whole_names(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "news").mkdir()
    Path("link").symlink_to("news")
    for root in (Path("news"), as_place("s3://bucket/news")):
        assert [is_within(place, root) for place in (root, root / "a" / "b")] == [True, True]
        assert not is_within(root.with_name("newspaper"), root)
    assert is_within(Path("link/a"), tmp_path / "news")
    assert not is_within(as_place("s3://bucket/news"), Path("news"))


@pytest.mark.parametrize("text", ["s3://", "s3:///", "nowhere://bucket/a", "s3://b/a*"])
def test_what_is_no_address_is_refused(text):
    with pytest.raises(InputError, match=re.escape(text)):
        as_place(text)


def test_files_are_listed_as_a_walk_through_folders_finds_them(folder, tmp_path):
    names = ["b.csv", "a/z.csv", "a/b/c.csv", "a.csv", "c/d.csv", "a-b/x.csv"]
    for name in names:
        put(folder / name, b"x" * len(name))
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    found = folder.files()
    on_disk = [str(file.place.relative_to(tmp_path)) for file in tabular_files(tmp_path)]
    assert [str(file.place).removeprefix(f"{folder}/") for file in found] == on_disk
    assert [file.size for file in found] == [len(name) for name in on_disk]
    [alone] = (folder / "b.csv").files()
    assert (alone.place, alone.size) == (folder / "b.csv", 5)
    with pytest.raises(StoreError, match="no such file or folder"):
        (folder / "none").files()


def test_hidden_files_are_passed_over_and_others_end_it(folder):
    for name in ("a.jsonl", "_SUCCESS", "_ledger/1.json", ".x/a.csv", "b/c.csv.gz"):
        put(folder / name, b"x")
    places = [file.place for file in tabular_files(folder)]
    assert places == [folder / "a.jsonl", folder / "b/c.csv.gz"]
    put(folder / "page.html", b"x")
    assert tabular_files(folder) == []


def test_a_file_is_read_in_any_order(folder):
    content = bytes(range(256)) * 20_000
    put(folder / "a", content)
    with opened(folder / "a") as stream:
        assert stream.read(3) == content[:3]
        assert stream.seek(-5, 2) == len(content) - 5
        assert stream.read() == content[-5:]
        assert stream.seek(1_000_001) == stream.tell() == 1_000_001
        assert stream.read(3_000_000) == content[1_000_001:4_000_001]


def test_what_is_put_is_whole_and_replaces(folder, tmp_path):
    (tmp_path / "a").write_bytes(b"one")
    (folder / "a").put(tmp_path / "a")
    with pytest.raises(ValueError, match="no"), delivered(folder / "a") as path:
        path.write_bytes(b"half")
        raise ValueError("no")
    assert (folder / "a").read() == b"one"
    with delivered(folder / "a") as path:
        path.write_bytes(b"two!")
    assert (size_of(folder / "a"), (folder / "a").read()) == (4, b"two!")
    assert ((folder / "a").create(b"x"), (folder / "b").create(b"x")) == (False, True)
    assert files_in(folder) == {"a": 4, "b": 1}


def test_small_files_are_read_in_their_order(folder):
    for number in range(30):
        (folder / f"{number}").write(str(number).encode())
    numbers = [7, 0, 29, 7]
    assert list(read_all([folder / f"{n}" for n in numbers])) == [b"7", b"0", b"29", b"7"]
    assert list(read_all([])) == []


@pytest.mark.parametrize("where", ["disk", "store"])
def test_folders_are_listed_and_removed(folder, tmp_path, where):
    root = folder if where == "store" else tmp_path / "out"
    for name in ("a", "b/c", "b/d/e"):
        with delivered(root / name) as path:
            path.write_text(name)
    assert files_in(root) == {"a": 1}
    assert files_in(root, deep=True) == {"a": 1, "b/c": 3, "b/d/e": 5}
    remove(root / "b")
    remove(root / "none")
    assert files_in(root, deep=True) == {"a": 1}
    remove(root / "a")
    assert files_in(root) == {}


def articles(folder):
    """What a folder of a store holds, in pieces; and the same from a folder of this machine."""
    options = ReadingOptions()
    pieces = cut(tabular_files(folder), base=None, folder=folder, options=options)
    return [article for piece in pieces for article in read_piece(piece, options)]


def test_articles_are_named_by_the_end_of_their_address(folder):
    put(folder / "a/b.csv", b"text\nOne.\n")
    put(folder / "c.jsonl.gz", gzip.compress(b'{"text": "Two."}\n{"x": 1}\n'))
    one, two, three = sorted(articles(folder), key=lambda entry: getattr(entry, "key", "z"))
    inside = str(folder).removeprefix("memory://")
    assert (one.key, two.key) == (f"{inside}/a/b.csv:2", f"{inside}/c.jsonl.gz:1")
    assert three.where == f"{inside}/c.jsonl.gz:2"


class Broken:
    """A connection that is lost after some reads."""

    def __init__(self, stream, reads):
        self.stream, self.reads = stream, reads

    def __getattr__(self, name):
        return getattr(self.stream, name)

    def read(self, size):
        if next(self.reads, None) is None:
            msg = "the line\nis down"
            raise OSError(msg)
        return self.stream.read(size)


@pytest.mark.parametrize("reads", [0, 1, 2])
@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet", "jsonl.gz"])
def test_a_lost_connection_ends_the_reading_and_is_not_called_damage(
    folder, monkeypatch, kind, reads
):
    rows = [{"text": f"{n} {uuid.uuid4()} " * 400} for n in range(400)]
    if kind == "parquet":
        sink = pa.BufferOutputStream()
        parquet.write_table(pa.Table.from_pylist(rows), sink, compression="none")
        content = sink.getvalue().to_pybytes()
    elif kind == "csv":
        content = b"text\n" + b"".join(row["text"].encode() + b"\n" for row in rows)
    else:
        content = b"".join(b'{"text": "%s"}\n' % row["text"].encode() for row in rows)
        content = gzip.compress(content, 1) if kind.endswith("gz") else content
    put(folder / f"a.{kind}", content)
    system = fsspec.filesystem("memory")
    files = [File(folder / f"a.{kind}", len(content), "")]
    [*pieces] = cut(files, base=None, folder=folder, options=ReadingOptions())
    true, left = type(system).open, iter(range(reads))
    monkeypatch.setattr(
        type(system), "open", lambda self, *a, **k: Broken(true(self, *a, **k), left)
    )
    with pytest.raises(StoreError, match="the line is down"):
        for piece in pieces:
            list(read_piece(piece, ReadingOptions()))
