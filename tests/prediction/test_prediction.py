import csv
import itertools

import numpy as np
import pytest
from pyarrow import parquet

from annotate import jsonl
from annotate.decisions import Decision
from annotate.errors import InputError
from annotate.prediction import best, predict, write_predictions
from annotate.prediction.predicting import BATCH
from annotate.records import Prediction
from strategies import document, task

LABELS = ("claim", "denial", "neither")


class ByLength:
    """Scores that follow from the input, and a memory of what was asked."""

    labels = LABELS
    decision = Decision.highest(LABELS)

    def __init__(self):
        self.asked = []

    def scores(self, inputs):
        self.asked.append(inputs)
        lengths = np.array([len(entry.text) for entry in inputs], dtype=float)
        return np.column_stack([lengths, np.ones_like(lengths), np.zeros_like(lengths)]) / (
            lengths[:, None] + 1
        )


def units(texts):
    found = document("x", title="Head", sources=({"outlet": "Post"},))
    return [(found, task(text, found.id, start=at)) for at, text in enumerate(texts)]


def test_every_unit_is_labelled_in_order_with_scores_that_sum_to_one():
    model = ByLength()
    texts = ["ab", "c"] * BATCH
    found = list(predict(units(texts), model, name="m", in_training=lambda d: d.title == "Head"))
    assert [p.text for p in found] == texts
    assert found[0].scores == pytest.approx({"claim": 2 / 3, "denial": 1 / 3, "neither": 0})
    assert found[0].label == "claim"
    assert (found[0].model, found[0].outlet, found[0].in_training) == ("m", "Post", True)
    assert [len(asked) for asked in model.asked] == [BATCH, BATCH]
    assert model.asked[0][0].title == "Head"


def test_predicting_is_lazy():
    endless = ((d, t) for d, t in itertools.cycle(units(["a"])))
    assert len(list(itertools.islice(predict(endless, ByLength(), name="m"), 3))) == 3


def test_the_best_are_the_surest():
    found = predict(units(["a", "abc", "ab"]), ByLength(), name="m")
    assert [p.text for p in best(found, top=2)] == ["abc", "ab"]


@pytest.fixture
def predictions():
    texts = ["=1+1", "“No,” he said;\nreally\rso", "-3 degrees", "plain"]
    return list(predict(units(texts), ByLength(), name="m"))


def test_json_lines_hold_the_records(tmp_path, predictions):
    path = tmp_path / "p.jsonl"
    assert write_predictions(path, predictions, labels=LABELS) == 4
    assert list(jsonl.read(path, Prediction)) == predictions


def test_a_spreadsheet_runs_no_formula(tmp_path, predictions):
    write_predictions(tmp_path / "p.csv", predictions, labels=LABELS)
    with (tmp_path / "p.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["text"] for row in rows] == [
        "'=1+1", "“No,” he said;\nreally\rso", "'-3 degrees", "plain",
    ]  # fmt: skip
    assert float(rows[0]["score_claim"]) == pytest.approx(4 / 5)
    assert rows[0]["outlet"] == "Post"


def test_parquet_holds_a_score_for_each_label(tmp_path, predictions):
    write_predictions(tmp_path / "p.parquet", predictions, labels=LABELS)
    rows = parquet.read_table(tmp_path / "p.parquet").to_pylist()
    assert [row["text"] for row in rows] == [p.text for p in predictions]
    assert [row["score_claim"] for row in rows] == [p.scores["claim"] for p in predictions]


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"\.jsonl, \.csv, \.parquet"):
        write_predictions(tmp_path / "p.xlsx", [], labels=LABELS)
    assert list(tmp_path.iterdir()) == []
