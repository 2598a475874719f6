"""The front door for programs and notebooks."""

import pickle
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest

import annotate
from annotate.errors import ModelError
from annotate.models import save_model, train_model
from annotate.prediction import as_predictions
from annotate.prediction.labelled import Labelled
from annotate.records import Example
from annotate.resources import resource
from annotate.scheme import Scheme


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A model that tells denials from claims by one word each."""
    path = tmp_path_factory.mktemp("models") / "first"
    examples = [
        Example(
            id=f"{n}{label}", text=f"The mayor {word} it on day {n}.", label=label, group=f"g{n}"
        )
        for n in range(20)
        for word, label in (("denied", "denial"), ("said", "claim"))
    ]
    labels = ("claim", "denial")
    save_model(train_model(examples, recipe="linear", labels=labels, scheme=None, seed=0), path)
    return path


@pytest.fixture(scope="module")
def model(folder):
    return annotate.load_model(folder)


def test_importing_annotate_is_light():
    code = "import annotate, sys; print(len([n for n in sys.modules if n.startswith('annotate')]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"


def test_it_can_be_sent_to_another_process(model):
    texts = ["She denied it.", "He said it."]
    sent = pickle.loads(pickle.dumps(model))  # noqa: S301  our own
    np.testing.assert_array_equal(sent(texts).scores, model(texts).scores)


def test_sentences_are_labelled_in_order(model):
    found = model(text for text in ["She denied it.", "He said it."])
    assert found.labels == ("denial", "claim")
    assert [entry.text for entry in found] == ["She denied it.", "He said it."]
    assert found.scores.sum(axis=1) == pytest.approx(1)
    assert found[0].scores["denial"] == found.scores[0, 1]
    assert len(model([])) == 0


def test_one_string_is_refused(model):
    with pytest.raises(ModelError, match=r"model\(\[text\]\)"):
        model("She denied it.")


def test_no_model_is_said(tmp_path):
    with pytest.raises(ModelError, match="no model there"):
        annotate.load_model(tmp_path)


def test_a_batch_of_articles_becomes_a_batch_of_sentences(model):
    rows = [
        {"uri": "https://a.example/1", "headline": "She denied it", "story": "He said it. Rain."},
        {"uri": "https://a.example/2", "headline": None, "story": " "},
        {"uri": None, "headline": None, "story": None},
    ]
    found = model.label_batch(pa.RecordBatch.from_pylist(rows))
    assert found.schema == model.columns.schema
    told = found.select(["key", "part", "text", "label"]).to_pylist()
    assert [tuple(row.values()) for row in told] == [
        ("https://a.example/1", "title", "She denied it", "denial"),
        ("https://a.example/1", "body", "He said it.", "claim"),
        ("https://a.example/1", "body", "Rain.", told[2]["label"]),
        ("https://a.example/2", None, None, None),
        ("row:3", None, None, None),
    ]
    assert all(reason and "no text" in reason for reason in found["reason"].to_pylist()[3:])
    assert len(list(as_predictions(found))) == 3


def test_columns_of_other_names_are_named(folder):
    model = annotate.load_model(folder, columns={"text": "prose"})
    found = model.label_batch(pa.RecordBatch.from_pylist([{"prose": "No.", "text": "not this"}]))
    assert found["text"].to_pylist() == ["No."]


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        (["prose", "id"], "looked for text, body.*it has prose, id"),
        (["text", "text"], "more than one column 'text'"),
        (["text", "task_id", "annotator"], "records that annotate made"),
    ],
)
def test_a_batch_without_articles_is_refused(model, names, problem):
    batch = pa.RecordBatch.from_arrays([["No."]] * len(names), names)
    with pytest.raises(ModelError, match=problem):
        model.label_batch(batch)


def test_an_impossible_date_costs_no_row_of_a_batch(model):
    dates = pa.array([0, 1_700_000_000_000], pa.timestamp("s"))
    found = model.label_batch(pa.record_batch({"text": ["Yes.", "No."], "date": dates}))
    assert found["text"].to_pylist() == ["Yes.", "No."]


def test_an_empty_batch_is_an_empty_batch(model):
    found = model.label_batch(
        pa.RecordBatch.from_pylist([], schema=pa.schema([("text", pa.string())]))
    )
    assert (found.num_rows, found.schema) == (0, model.columns.schema)


def test_notebooks_show_texts_as_text_and_not_all_of_them():
    scores = np.tile([0.25, 0.75], (60, 1))
    many = Labelled(("<b>a & b</b>",) * 60, ("claim",) * 60, ("claim", "a<b"), scores)
    shown = many._repr_html_()
    assert "&lt;b&gt;a &amp; b&lt;/b&gt;" in shown
    assert "<td>0.75</td>" in shown
    assert shown.count("<tr>") == 51
    assert "and 10 more" in shown


def test_notebooks_show_a_scheme():
    shown = Scheme.load(resource("schemas/labels.yaml"))._repr_html_()
    assert all(f">{name}</td>" in shown for name in ("claim", "denial", "neither"))
