"""Labels counted from files of predictions, of every kind alike."""

import gzip
from collections import Counter
from datetime import UTC, datetime

import pytest

from annotate.errors import InputError
from annotate.prediction.counting import Given, given_labels
from annotate.prediction.writing import write_predictions
from annotate.records import Prediction


def prediction(number, label, **more):
    return Prediction(
        id=f"d{number}:body:0-4", document_id=f"d{number}", part="body", start=0, end=4,
        text="Rain", label=label, model="m", scores={label: 1.0}, **more,
    )  # fmt: skip


MADE = [
    prediction(0, "claim", outlet="Post", published=datetime(2024, 5, 31, 23, 59, 59, 5, UTC)),
    prediction(1, "claim", outlet="Post", published=datetime(2024, 5, 31, 0, 0, tzinfo=UTC)),
    prediction(2, "denial", outlet="=Post", published=datetime(2024, 6, 1, tzinfo=UTC)),
    prediction(3, "denial"),
    prediction(4, "+", outlet="'=Post"),
]


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet", "jsonl.gz", "csv.gz"])
def test_files_of_every_kind_are_counted_alike(tmp_path, form):
    paths = [tmp_path / f"{n}.{form}" for n in range(2)]
    for path, made in zip(paths, (MADE, MADE[:1]), strict=True):
        plain = tmp_path / path.name.removesuffix(".gz")
        write_predictions(plain, made, labels=("claim", "denial", "+"))
        if plain != path:
            path.write_bytes(gzip.compress(plain.read_bytes()))
    counts = Counter()
    for given, count in given_labels(paths, form):
        counts[given] += count
    assert counts == {
        Given("Post", "body", "2024-05-31", "claim"): 3,
        Given("=Post", "body", "2024-06-01", "denial"): 1,
        Given(None, "body", None, "denial"): 1,
        Given("'=Post", "body", None, "+"): 1,
    }


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet", "jsonl.gz", "csv.gz"])
def test_other_files_are_refused(tmp_path, form):
    path = tmp_path / f"x.{form}"
    path.write_text("{}\n")
    with pytest.raises(InputError, match=f"x.{form}: cannot be read as predictions"):
        list(given_labels([path], form))
