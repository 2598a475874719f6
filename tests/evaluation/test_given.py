"""Predictions of others: read, checked, scored."""

import json

import pytest
from stand_ins import LABELS, example

from annotate.errors import EvaluationError, InputError, RecordError, UnknownLabelError
from annotate.evaluation.given import evaluate_predictions, read_predictions

EXAMPLES = [example(1, "claim"), example(2, "denial")]
SURE = {"claim": 0.7, "denial": 0.2, "neither": 0.1}
TWO = [{"id": "e001", "label": "claim"}, {"id": "e002", "label": "neither"}]


def write(path, rows):
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def scored(path, **options):
    return evaluate_predictions(
        read_predictions(path), EXAMPLES, labels=LABELS, name="theirs", **options
    )


def test_labels_alone_are_scored(tmp_path):
    found = scored(write(tmp_path / "p.jsonl", [*TWO[::-1]]))
    assert [item.predicted for item in found.items] == ["claim", "neither"]
    assert (found.items[0].score, found.items[0].scores, found.given) == (None, {}, True)
    assert found.how == "predictions from a file, on groups"
    assert any("trained on these examples" in warning for warning in found.warnings)


def test_predictions_that_say_what_was_in_training_are_believed(tmp_path):
    rows = [row | {"in_training": False} for row in TWO]
    found = scored(write(tmp_path / "p.jsonl", rows))
    assert not any("trained on these examples" in warning for warning in found.warnings)


def test_scores_are_made_to_sum_to_one(tmp_path):
    rows = [row | {"scores": SURE | {"claim": 0.701}, "why": "unasked"} for row in TWO]
    found = scored(write(tmp_path / "p.jsonl", rows))
    assert sum(found.items[0].scores.values()) == pytest.approx(1)
    assert found.items[0].score == pytest.approx(0.701 / 1.001)


def test_a_table_has_a_column_for_each_label(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text(
        "id,label,score_claim,score_denial,text\ne001,claim,.9,.1,x\ne002,denial,0,1,\n"
    )
    found = scored(path)
    assert found.items[1].scores == {"claim": 0, "denial": 1, "neither": 0}
    assert found.scores.accuracy == 1


def test_predictions_for_other_parts_pass_and_strangers_are_named(tmp_path):
    rows = [*TWO, {"id": "train-1", "label": "claim"}, {"id": "x9", "label": "claim"}]
    path = write(tmp_path / "p.jsonl", rows)
    assert any("2 predictions are for ids" in w for w in scored(path).warnings)
    (line,) = [w for w in scored(path, known=["train-1"]).warnings if "ids that no" in w]
    assert line == "1 prediction is for ids that no example has, such as 'x9'; left out."


@pytest.mark.parametrize(
    ("rows", "error", "message"),
    [
        (TWO[:1], EvaluationError, r"1 of 2 examples have no prediction, such as 'e002'\. Predict"),
        ([TWO[0], {"id": "E2", "label": "claim"}], EvaluationError, r"'e002'; 1 ids .* 'E2'"),
        ([TWO[0], TWO[1] | {"label": "No"}], UnknownLabelError, "prediction e002: 'No'"),
        ([TWO[0], TWO[1] | {"scores": {"x": 1}}], UnknownLabelError, "prediction e002: 'x'"),
        ([TWO[0], TWO[1] | {"scores": SURE}], EvaluationError, "1 of 2 predictions have scores"),
        ([r | {"scores": {"claim": 0.5}} for r in TWO], EvaluationError, "sum to 0.5, not 1"),
        ([r | {"in_training": True} for r in TWO], EvaluationError, "trained on 2 of these 2"),
        ([*TWO, TWO[0]], InputError, "'e001' stands there twice"),
        ([TWO[0] | {"scores": 0}, TWO[1]], RecordError, r"p\.jsonl:1: scores: should be an object"),
        ([{"id": "e001"}], RecordError, r"p\.jsonl:1: label: is missing"),
        ([], InputError, "no prediction in it"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_one_clear_line(tmp_path, rows, error, message):
    with pytest.raises(error, match=message) as raised:
        scored(write(tmp_path / "p.jsonl", rows))
    assert "\n" not in str(raised.value)


def test_other_kinds_of_files_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"\.xlsx files"):
        read_predictions(tmp_path / "p.xlsx")
    with pytest.raises(InputError, match="no such file"):
        read_predictions(tmp_path / "p.jsonl")


def test_a_bad_row_of_a_table_is_named_by_its_line(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("id,label,score_claim\ne001,claim,much\n")
    with pytest.raises(InputError, match=r"line 2: scores\.claim"):
        read_predictions(path)
    for cell in ("much", "[" * 50_000):
        path.write_text(f"id,label,scores\ne001,claim,{cell}\n")
        with pytest.raises(InputError, match="line 2: scores is not JSON"):
            read_predictions(path)


@pytest.mark.parametrize("nothing", [None, "", {}])
def test_scores_may_be_left_empty(tmp_path, nothing):
    rows = [row | {"scores": nothing} for row in TWO]
    assert scored(write(tmp_path / "p.jsonl", rows)).items[0].scores == {}


@pytest.mark.parametrize(("labels", "doubted"), [(("claim", "denial"), 0), (("neither",) * 2, 1)])
def test_scores_that_speak_for_other_labels_are_doubted(tmp_path, labels, doubted):
    # Both have "claim" as their highest: of one of two that is not the label given, then of both.
    rows = [row | {"label": name, "scores": SURE} for row, name in zip(TWO, labels, strict=True)]
    found = scored(write(tmp_path / "p.jsonl", rows))
    said = [w for w in found.warnings if "In 2 of 2 predictions another label" in w]
    assert len(said) == doubted
