import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate import jsonl
from annotate.errors import InputError, RecordError
from annotate.records import Document
from strategies import TEXTS, document


@given(st.lists(TEXTS, max_size=5))
def test_what_is_written_is_read(tmp_path_factory, texts):
    path = tmp_path_factory.mktemp("jsonl") / "documents.jsonl"
    documents = [document(text) for text in texts]
    assert jsonl.write(path, documents) == len(documents)
    assert list(jsonl.read(path, Document)) == documents


def test_line_separators_inside_a_text_do_not_end_the_line(tmp_path):
    found = document("one\u2028two\u0085three")
    jsonl.write(tmp_path / "d.jsonl", [found])
    assert list(jsonl.read(tmp_path / "d.jsonl", Document)) == [found]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"{", "Invalid JSON"),
        (b'{"key": "k"}', "id: is missing"),
        (b'{"id": "\xff"}', "not UTF-8 .byte 9"),
        (b"[1]", "should be an object"),
    ],
)
def test_a_bad_line_is_named(tmp_path, line, problem):
    path = tmp_path / "d.jsonl"
    path.write_bytes(document("ok").model_dump_json().encode() + b"\n\n" + line + b"\n")
    with pytest.raises(RecordError, match=rf"d\.jsonl:3: .*{problem}"):
        list(jsonl.read(path, Document))


def test_an_endless_line_is_refused_and_passed_over(tmp_path, monkeypatch):
    monkeypatch.setattr(jsonl, "MAX_LINE_BYTES", 2**20)
    path = tmp_path / "d.jsonl"
    path.write_bytes(b"x" * (5 * 2**20) + b"\nnext\n")
    first, second = jsonl.lines(path)
    assert (first.number, first.problem) == (1, "longer than 1 MB, which no record is")
    assert (second.number, second.text) == (2, "next")


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        list(jsonl.lines(tmp_path / "none.jsonl"))


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "d.jsonl"
    jsonl.write(path, [document("old")])

    def broken():
        yield document("new")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        jsonl.write(path, broken())
    assert [d.text for d in jsonl.read(path, Document)] == ["old"]
    assert [p.name for p in tmp_path.iterdir()] == ["d.jsonl"]
