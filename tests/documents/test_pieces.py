import csv
import errno
import gzip
import io
import json
import os

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyarrow import parquet

from annotate.documents import ReadingOptions, Skipped, pieces, read_documents
from annotate.documents.pieces import Piece, cut, read_piece, tabular_files
from annotate.errors import InputError

TEXT = st.text(st.sampled_from('ab, ;\n\r"”é😀.\t'), max_size=40)
ROWS = st.lists(st.fixed_dictionaries({"id": TEXT, "text": TEXT, "n": TEXT}), max_size=30)


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    """As if 64 bytes were much."""
    monkeypatch.setattr(pieces, "_LEAST_BYTES", 64)
    monkeypatch.setattr(pieces, "_MOST_BYTES", 64)


def write(folder, kind, rows):
    path = folder / f"a{kind}"
    if kind == ".jsonl":
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    elif kind == ".csv":
        with path.open("w", newline="", encoding="utf-8") as stream:
            table = csv.DictWriter(stream, ["id", "text", "n"], lineterminator="\n")
            table.writeheader()
            table.writerows(rows)
    else:
        names = [(name, pa.string()) for name in ("id", "text", "n")]
        table = pa.Table.from_pylist(rows, pa.schema(names))
        parquet.write_table(table, path, row_group_size=7)
    return path


def whole(path):
    return list(read_documents([path], base=path.parent))


def in_pieces(path):
    options = ReadingOptions()
    found = list(cut(tabular_files(path), base=path.parent, folder=None, options=options))
    articles = [article for piece in found for article in read_piece(piece, options)]
    return found, articles


def told(articles):
    """What does not change because a piece of Parquet leaves columns of no use unread."""
    return [
        (article.where, article.reason.split("(")[0])
        if isinstance(article, Skipped)
        else article.model_copy(update={"metadata": {}})
        for article in articles
    ]


@pytest.mark.parametrize("kind", [".jsonl", ".csv", ".parquet"])
@given(rows=ROWS)
@example(
    rows=[{"id": str(n), "text": f'He said "no{n}",\nthen "yes".', "n": ""} for n in range(30)]
)
@example(rows=[{"id": "", "text": '"', "n": '"\n"'} for _ in range(30)])
def test_pieces_hold_what_the_whole_file_does(tmp_path_factory, kind, rows):
    path = write(tmp_path_factory.mktemp("rows"), kind, rows)
    found, articles = in_pieces(path)
    assert told(articles) == told(whole(path))
    assert found == in_pieces(path)[0]


@pytest.mark.parametrize("kind", [".jsonl", ".csv", ".parquet"])
def test_a_large_file_is_cut(tmp_path, kind):
    rows = [{"id": str(n), "text": f"Article {n} of many.", "n": "x"} for n in range(50)]
    found, articles = in_pieces(write(tmp_path, kind, rows))
    assert len(found) > 5
    assert [article.external_id for article in articles] == [str(n) for n in range(50)]
    assert [piece.first for piece in found] == sorted({piece.first for piece in found})


def test_a_large_group_of_rows_is_divided(tmp_path):
    rows = [{"id": str(n), "text": f"Article {n} of many.", "n": "x"} for n in range(100)]
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.Table.from_pylist(rows), path)
    found, articles = in_pieces(path)
    assert len(found) == 16  # the most that a group of rows is divided into
    assert [article.key for article in articles] == [str(n) for n in range(100)]


@given(st.text(st.sampled_from('ab,"\n\r'), max_size=200))
@example('x"y,b\n' * 40)
@example('a,"b\n' + "c,d\n" * 40)
def test_a_table_with_stray_quotes_is_read_as_by_the_import(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("stray") / "a.csv"
    path.write_text("id,text\n" + content, newline="")
    empty = [Skipped("a.csv", "holds no articles")]
    assert in_pieces(path)[1] == whole(path) or (not content.strip() and whole(path) == empty)


@pytest.mark.parametrize(
    "start", ["\n", "\r\n\n\r\n", "\ufeff\n", "\r", "\r\rid;text\r", "id;text\r"]
)
def test_blank_lines_before_the_names_of_a_table_change_nothing(tmp_path, start):
    path = tmp_path / "a.csv"
    names = "" if "id" in start else "id;text\n"
    rows = "".join(f"{n};Article {n} of many.\n" for n in range(50))
    path.write_text(start + names + rows, newline="", encoding="utf-8")
    found, articles = in_pieces(path)
    assert articles == whole(path)
    assert [article.key for article in articles] == [str(n) for n in range(50)]
    assert len(found) > 5 or "\r" in start.replace("\r\n", "")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "id,text\n1,caf\xe9 au lait\n".encode("cp1252") * 9),
        ("a.jsonl", '{"text": "a\u00e9"}\n'.encode("utf-16")),
        ("a.jsonl.gz", gzip.compress(b'{"text": "a"}\n' * 20, mtime=0)),
        ("a.parquet", b"PAR1 is all"),
        ("a.parquet", b"PAR1" + b"\xff" * 99 + (99).to_bytes(4, "little") + b"PAR1"),
        ("a.csv", b"id,number\n1,2\n"),
        ("a.csv", b""),
        ("a.csv", b"\n" * 999),
        ("a.csv", b"id,text\n"),
        ("a.jsonl", b"\xef\xbb\xbf" + b'{"text": "a"}\n\n{"text": 1}\nno\n' * 9),
    ],
)
def test_other_files_are_read_as_by_the_import(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    assert in_pieces(path)[1] == whole(path) != []


def test_only_files_with_an_article_a_row_are_an_archive(tmp_path):
    names = ["a.jsonl", "b/c.csv", "b/d.parquet", "e.jsonl.gz", "_SUCCESS", ".hidden.txt"]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    found = [str(file.place.relative_to(tmp_path)) for file in tabular_files(tmp_path)]
    assert found == ["a.jsonl", "e.jsonl.gz", "b/c.csv", "b/d.parquet"]
    (tmp_path / "b" / "page.html").write_text("x")
    assert tabular_files(tmp_path) == []
    [alone] = tabular_files(tmp_path / "a.jsonl")
    assert (alone.place, alone.size) == (tmp_path / "a.jsonl", 1)
    assert tabular_files(tmp_path / "none.csv") == tabular_files(tmp_path / "b" / "page.html") == []


def test_no_folder_of_an_archive_is_left_out_in_silence(tmp_path):
    (tmp_path / "in" / "b").mkdir(parents=True)
    (tmp_path / "in" / "a.jsonl").write_text("x")
    (tmp_path / "in" / "b" / "b.jsonl").write_text("x")
    link = tmp_path / "in" / "c"
    link.symlink_to("b")
    with pytest.raises(InputError, match="in/c: is a link to a folder"):
        tabular_files(tmp_path / "in")
    link.unlink()
    link.with_suffix(".jsonl").symlink_to("gone")
    with pytest.raises(InputError, match=r"in/c\.jsonl: cannot be read \(No such file"):
        tabular_files(tmp_path / "in")


def test_a_folder_of_an_archive_that_may_not_be_read_is_said(tmp_path, monkeypatch):
    (tmp_path / "b").mkdir()
    (tmp_path / "a.jsonl").write_text("x")
    true = os.scandir

    def refusing(path):
        if str(path).endswith("b"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return true(path)

    monkeypatch.setattr(os, "scandir", refusing)
    with pytest.raises(InputError, match=r"/b: cannot be read \(Permission denied"):
        tabular_files(tmp_path)
    (tmp_path / "page.html").write_text("x")
    assert tabular_files(tmp_path) == []  # the import says it


def test_a_file_that_was_damaged_since_is_said(tmp_path):
    path = write(tmp_path, ".parquet", [{"id": "1", "text": "a", "n": ""}])
    piece = Piece(str(path), "a.parquet", "rows", 0, 1)
    path.write_bytes(path.read_bytes()[:40])
    found = list(read_piece(piece, ReadingOptions()))
    assert [type(entry) for entry in found] == [Skipped]
    assert "damaged" in found[0].reason


@pytest.mark.parametrize("kind", [".jsonl", ".csv", ".parquet"])
@pytest.mark.parametrize("rows", [1, 50])
def test_a_file_that_is_gone_for_a_while_is_not_taken_for_one_without_articles(
    tmp_path, kind, rows
):
    path = write(tmp_path, kind, [{"id": str(n), "text": "a" * 20, "n": ""} for n in range(rows)])
    options = ReadingOptions()
    pieces = list(cut(tabular_files(path), base=tmp_path, folder=None, options=options))
    away = path.rename(tmp_path / "away")
    with pytest.raises(InputError, match=r"cannot be read \(No such file.*give the command again"):
        list(read_piece(pieces[-1], options))
    away.rename(path)
    assert sum(len(list(read_piece(piece, options))) for piece in pieces) == rows


@pytest.mark.parametrize("left", [0, 3])
def test_a_disk_that_fails_is_not_called_damage(tmp_path, monkeypatch, left):
    class Failing(io.FileIO):
        reads = 0

        def _count(self):
            self.reads += 1
            if self.reads > left:
                raise OSError(errno.EIO, os.strerror(errno.EIO))

        def read(self, size=-1):
            self._count()
            return super().read(size)

        def readinto(self, buffer):
            self._count()
            return super().readinto(buffer)

    path = write(
        tmp_path, ".parquet", [{"id": str(n), "text": "a" * 20, "n": ""} for n in range(50)]
    )
    monkeypatch.setattr(pieces, "opened", Failing)
    with pytest.raises(InputError, match="Input/output error"):
        list(read_piece(Piece(str(path), "a.parquet", "rows", 0, 50), ReadingOptions()))


def test_what_is_no_ordinary_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.jsonl")
    assert [article.reason for article in in_pieces(tmp_path)[1]] == ["is no ordinary file"]


@pytest.mark.parametrize("names", [["story no", "date"], ["text", "text"], ["id", "id", "text"]])
def test_parquet_whose_columns_do_not_fit_is_refused_once_and_as_by_the_import(tmp_path, names):
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.Table.from_arrays([["a"] * 50] * len(names), names), path)
    told = whole(path)
    assert len(told) == 1
    assert set(in_pieces(path)[1]) == set(told)


def test_an_impossible_date_costs_no_row_of_a_piece(tmp_path):
    dates = [1_700_000_000] * 99 + [1_700_000_000_000] + [1_700_000_000] * 100
    table = {"text": [f"Number {n}." for n in range(200)], "id": list(range(200)), "time": dates}
    schema = pa.schema({"text": pa.string(), "id": pa.int64(), "time": pa.timestamp("s")})
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.table(table, schema), path)
    found = in_pieces(path)[1]
    assert [article.key for article in found] == [str(n) for n in range(200)]
    assert [n for n, article in enumerate(found) if not article.sources[0].published] == [99]
