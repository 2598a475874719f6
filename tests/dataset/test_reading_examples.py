import csv
import json
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotate import jsonl
from annotate.dataset import read_examples
from annotate.errors import AnnotateError, InputError, RecordError, SplitError, UnknownLabelError
from annotate.records import Example

ROWS = [
    {"id": "1", "text": "He denied it.", "label": "denial", "group": "a", "start": 3, "end": 16},
    {"id": "2", "text": 'She said: "yes";\nno.', "label": "claim", "group": "b", "before": "Hm."},
]
EXAMPLES = [Example(**row) for row in ROWS]


def write_jsonl(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def write_csv(path, rows, delimiter=","):
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)


def write_parquet(path, rows):
    import pyarrow as pa
    from pyarrow import parquet

    columns = dict.fromkeys(name for row in rows for name in row)
    table = pa.table({name: [row.get(name) for row in rows] for name in columns})
    parquet.write_table(table, path)


WRITERS = {"jsonl": write_jsonl, "csv": write_csv, "parquet": write_parquet}


@pytest.fixture(params=sorted(WRITERS))
def write(request, tmp_path):
    def to_file(rows):
        path = tmp_path / f"examples.{request.param}"
        WRITERS[request.param](path, rows)
        return path

    return to_file


def test_each_kind_of_file_gives_the_same_examples(write):
    assert read_examples(write(ROWS), labels=None) == EXAMPLES
    assert read_examples(write(ROWS), labels=("denial", "claim", "neither")) == EXAMPLES


def test_splits_come_along(write):
    rows = [row | {"split": split} for row, split in zip(ROWS, ["train", "test"], strict=True)]
    assert [one.split for one in read_examples(write(rows), labels=None)] == ["train", "test"]


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"label": "maybe"}, UnknownLabelError, r"example 2: 'maybe' is not in the scheme"),
        ({"id": "1"}, InputError, "the id '1' stands there twice"),
        ({"truth": "x"}, AnnotateError, "unknown (column|field) 'truth'.* group, before"),
        ({"text": ""}, AnnotateError, r"(:2|line [34]|row 2): text: "),
        ({"group": None}, AnnotateError, r"(:2|line [34]|row 2): group: "),
        ({"kind": "poem"}, AnnotateError, r"(:2|line [34]|row 2): kind: should be 'body'"),
        (
            {"published": "2024-11-11"},
            AnnotateError,
            r"(:2|line 4|row 2): published: .*timezone",
        ),
        ({"split": "test"}, SplitError, "1 of 2 examples have no split, such as '1'"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(write, change, error, message):
    path = write([ROWS[0], ROWS[1] | change])
    with pytest.raises(error, match=message) as caught:
        read_examples(path, labels=("claim", "denial"))
    assert path.name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_group_in_two_splits_is_refused(write):
    rows = [
        row | {"split": s, "group": "a"} for row, s in zip(ROWS, ["train", "test"], strict=True)
    ]
    with pytest.raises(SplitError, match="Group 'a' is in train and in test"):
        read_examples(write(rows), labels=None)


def test_an_empty_file_is_refused(write):
    with pytest.raises(InputError, match="no example in it"):
        read_examples(write([]), labels=None)


@pytest.mark.parametrize("name", ["no.jsonl", "no.csv", "no.parquet"])
def test_a_missing_file_is_refused(tmp_path, name):
    with pytest.raises(InputError, match="no such file"):
        read_examples(tmp_path / name, labels=None)


@pytest.mark.parametrize("name", ["a.xlsx", "a"])
def test_another_kind_of_file_is_refused(tmp_path, name):
    (tmp_path / name).write_bytes(b"PK")
    with pytest.raises(InputError, match=r"Use one of \.jsonl, \.csv, \.parquet"):
        read_examples(tmp_path / name, labels=None)


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.parquet"])
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_are_refused_in_words(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(AnnotateError) as caught:
        read_examples(tmp_path / name, labels=None)
    assert name in str(caught.value)


def test_a_broken_line_of_json_is_named(tmp_path):
    (tmp_path / "a.jsonl").write_text(json.dumps(ROWS[0]) + "\n\n{\n")
    with pytest.raises(RecordError, match=r"a\.jsonl:3: Invalid JSON"):
        read_examples(tmp_path / "a.jsonl", labels=None)


def test_examples_written_as_records_are_read_back(tmp_path):
    jsonl.write(tmp_path / "a.jsonl", EXAMPLES)
    assert read_examples(tmp_path / "a.jsonl", labels=None) == EXAMPLES


def test_csv_of_a_spreadsheet_with_semicolons(tmp_path):
    path = tmp_path / "a.csv"
    write_csv(path, ROWS, delimiter=";")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_examples(path, labels=None) == EXAMPLES


def test_csv_cells_of_flags_votes_and_scores_hold_json(tmp_path):
    row = ROWS[0] | {
        "flags": '["mixed"]',
        "votes": '{"denial": 2}',
        "scores": '{"denial": 1.0}',
        "published": "2024-11-11T10:00:00Z",
        "position": "0.5",
    }
    write_csv(tmp_path / "a.csv", [row])
    (found,) = read_examples(tmp_path / "a.csv", labels=None)
    assert (found.flags, found.votes, found.scores) == (("mixed",), {"denial": 2}, {"denial": 1})
    assert (found.position, found.published) == (0.5, datetime(2024, 11, 11, 10, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,text,label,group\n1,a,claim\n", "line 2: 3 cells under 4 column names"),
        ("id,text,label,group\n1,a,claim,g,x\n", "line 2: 5 cells under 4 column names"),
        ("id,text,label,group,flags\n1,a,claim,g,mixed\n", "line 2: flags is not JSON"),
        pytest.param(
            f"id,text,label,group,votes\n1,a,claim,g,{'[' * 50_000}\n",
            "line 2: votes is not JSON",
            id="nested too deeply",
        ),
        ("id,id,text\n", "two columns are called 'id'"),
        ("id\ttext\n", "unknown column"),
    ],
)
def test_a_csv_that_is_not_one_is_refused(tmp_path, text, message):
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(InputError, match=message):
        read_examples(tmp_path / "a.csv", labels=None)


def test_what_a_parquet_file_says_of_itself_may_be_nonsense(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({"id": ["1"], "text": ["a"], "label": ["claim"], "group": ["g"]})
    nested = table.replace_schema_metadata({"huggingface": "[" * 50_000})
    pq.write_table(nested, tmp_path / "a.parquet")
    (found,) = read_examples(tmp_path / "a.parquet", labels=None)
    assert found.label == "claim"


def test_a_parquet_file_of_pandas_with_numbers_for_empty_cells(tmp_path):
    import pandas as pd

    frame = pd.DataFrame(ROWS)  # start and end become floats, before gets a NaN
    frame.to_parquet(tmp_path / "a.parquet", index=False)
    assert read_examples(tmp_path / "a.parquet", labels=None) == EXAMPLES
