import csv
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from annotate import jsonl
from annotate.decisions import Decision
from annotate.prediction import ColumnLabeller, as_predictions, predict
from annotate.prediction.parts import join, part, part_name
from annotate.records import Prediction
from annotate.segments import load_segmenter
from annotate.tasks import build_tasks
from annotate.tasks.building import divide
from strategies import TEXTS, document

SEGMENT = load_segmenter("news", language="en")
LABELS = ("claim", "denial", "neither")
SOURCES = [
    (),
    ({"outlet": "Post", "published": datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)},),
]
DOCUMENTS = st.lists(
    st.builds(
        lambda text, title, source: document(text, title=title, sources=source),
        TEXTS, st.none() | TEXTS, st.sampled_from(SOURCES),
    ),
    max_size=4,
)  # fmt: skip


class ByContext:
    """Scores that follow from all that a model may look at."""

    labels = LABELS
    decision = Decision((1.0, 1.5, 1.0), (0.0, 0.0, 0.6))

    def scores(self, inputs):
        sizes = [
            (len(i.text), len(i.before) + 1, len(i.after) + len(i.title or "")) for i in inputs
        ]
        scores = np.array(sizes, dtype=float) * [[1, 2, 0.5]]
        return scores / scores.sum(axis=1, keepdims=True)


def labeller():
    return ColumnLabeller(
        ByContext(), "m", lambda d: divide(d, segment=SEGMENT), before=2, after=1,
        in_training=lambda d: not d.title,
    )  # fmt: skip


def records(documents):
    units = [(d, task) for d in documents for task in build_tasks(d, segment=SEGMENT)]
    return list(predict(units, ByContext(), name="m", in_training=lambda d: not d.title))


@given(DOCUMENTS)
def test_columns_say_what_the_records_do(documents):
    assert list(as_predictions(labeller().table(documents))) == records(documents)


def articles():
    return [
        document("He said no.\nThey said “yes”.", title="=A title", sources=SOURCES[1]),
        document("-3 degrees \u2028 were measured.", key="other"),
    ]


def write_parts(folder, form):
    paths = []
    for number, each in enumerate(articles()):
        paths.append(folder / part_name(number, form))
        with part(paths[-1], form, LABELS) as write:
            write(labeller().table([each]))
            write(labeller().table([]))
    return paths


def test_parts_in_json_lines_are_the_records(tmp_path):
    join(write_parts(tmp_path, "jsonl"), tmp_path / "all.jsonl", "jsonl", LABELS)
    assert list(jsonl.read(tmp_path / "all.jsonl", Prediction)) == records(articles())
    jsonl.write(tmp_path / "as_ever.jsonl", records(articles()))
    assert (tmp_path / "all.jsonl").read_text() == (tmp_path / "as_ever.jsonl").read_text()


def test_parts_in_parquet_are_the_table(tmp_path):
    join(write_parts(tmp_path, "parquet"), tmp_path / "all.parquet", "parquet", LABELS)
    table = parquet.read_table(tmp_path / "all.parquet")
    assert table.to_pylist() == labeller().table(articles()).to_pylist()
    assert table.schema == labeller().schema


def test_parts_in_csv_run_no_formula_and_have_one_head(tmp_path):
    join(write_parts(tmp_path, "csv"), tmp_path / "all.csv", "csv", LABELS)
    with (tmp_path / "all.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["text"] for row in rows] == [
        "'=A title", "He said no.", "They said “yes”.", "'-3 degrees \u2028 were measured.",
    ]  # fmt: skip
    assert rows[0]["published"] == "2026-01-02T03:04:05.000678+00:00"
    assert rows[-1]["key"] == "other"


def test_what_could_not_be_labelled_is_a_row_without_a_label():
    batch = labeller().refused([("a:1", "holds no text")])
    assert batch.schema == labeller().schema
    [row] = batch.to_pylist()
    assert {name: value for name, value in row.items() if value is not None} == {
        "key": "a:1", "reason": "holds no text",
    }  # fmt: skip
    assert list(as_predictions(batch)) == []


def test_a_part_that_fails_is_not_there(tmp_path):
    with (
        pytest.raises(ZeroDivisionError),
        part(tmp_path / "part-000000.parquet", "parquet", LABELS) as write,
    ):
        write(labeller().table(articles()))
        _ = 1 / 0
    assert list(tmp_path.iterdir()) == []
