"""Behavioural tests, pattern by pattern."""

import pytest
from stand_ins import LABELS, Fixed, Spy, Told, example

from annotate.errors import InputError, RecordError
from annotate.evaluation.behaviour import Case, behaviour_left_out, behaviour_of, read_cases

CASES = [
    Case(id="1-1", pattern="1", name="declined", text="a", label="neither"),
    Case(id="1-2", pattern="1", name="no answer", text="b", label="neither"),
    Case(id="2-1", pattern="2", name="denied", text="c", label="denial"),
]


def test_failures_are_told_by_pattern():
    model = Told({"a": "neither", "b": "denial", "c": "denial"})
    found = behaviour_of(model, CASES, titles={"1": "No comment"})
    first, second = found.patterns
    assert (first.title, first.passed, first.cases, first.rate) == ("No comment", 1, 2, 0.5)
    assert [(f.case.id, f.predicted, f.score) for f in first.failures] == [("1-2", "denial", 0.8)]
    assert (second.title, second.failures) == ("denied", ())
    assert (found.passed, found.cases, found.rate) == (2, 3, pytest.approx(2 / 3))


def test_a_label_that_the_model_does_not_know_is_a_failure():
    found = behaviour_of(Fixed(("claim",), (1.0,)), CASES)
    assert found.passed == 0


def test_a_pattern_left_out_is_in_no_training():
    spy = Spy()
    examples = [example(n, LABELS[n % 3], text=f"{n % 2}") for n in range(6)]

    def train(pattern, left):
        return spy.fit(left, labels=LABELS, seed=len(pattern))

    found = behaviour_left_out(
        train,
        examples,
        CASES,
        like=lambda pattern, inputs: [shown.text == "0" and pattern == "1" for shown in inputs],
    )
    assert [run.trained for run in spy.runs] == [["1", "1", "1"], ["0", "1"] * 3]
    assert [run.asked for run in spy.runs] == [["a", "b"], ["c"]]
    assert found.left_out


def test_cases_are_read_or_refused(tmp_path):
    path = tmp_path / "b.jsonl"
    path.write_text("\n".join(case.model_dump_json() for case in CASES))
    assert read_cases(path) == CASES
    path.write_text('{"id": "x"}')
    with pytest.raises(RecordError, match=":1: pattern"):
        read_cases(path)
    path.write_text("")
    with pytest.raises(InputError, match="no case"):
        read_cases(path)
