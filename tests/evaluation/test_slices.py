"""Parts of the examples, each with what it rests on."""

from datetime import UTC, datetime

import pytest
from stand_ins import LABELS, Told, example, told

from annotate.evaluation import evaluate_model
from annotate.evaluation.slices import OTHERS, slices


def sliced(examples, more=None):
    model = Told({e.text: "claim" for e in examples})
    found = evaluate_model(model, examples, labels=LABELS, name="m", trained_on=None)
    made = slices(found.items, labels=LABELS, more=more or {})
    return {(each.trait, each.value): each for each in made}


def test_slices_of_what_the_examples_say():
    examples = [
        example(1, "claim", text="Short “quoted” one.", outlet="A", flags=("nested",),
                published=datetime(2026, 2, 3, tzinfo=UTC)),
        example(2, "denial", text="word " * 12, outlet="B", flags=("nested", "mixed"),
                published=datetime(2025, 11, 3, tzinfo=UTC)),
        example(3, "claim", text="word " * 31, outlet="A", kind="headline"),
    ]  # fmt: skip
    found = sliced(examples, {"cue": ["claim", "", "none"]})
    assert list(found) == [
        ("outlet", "A"), ("outlet", "B"),
        ("month", "2025-11"), ("month", "2026-02"),
        ("kind", "body"), ("kind", "headline"),
        ("quotation", "without"), ("quotation", "with quotation marks"),
        ("length", "up to 10 words"), ("length", "11 to 20 words"), ("length", "over 30 words"),
        ("flag", "nested"), ("flag", "mixed"),
        ("cue", "claim"), ("cue", "none"),
    ]  # fmt: skip
    nested = found["flag", "nested"]
    assert (nested.n, nested.groups, nested.labels) == (2, 2, {"claim": 1, "denial": 1})
    # Everything is called claim: F1 of claim 2/3, of denial 0.
    assert nested.macro_f1.value == pytest.approx(1 / 3)
    assert nested.accuracy.value == 1 / 2


def test_a_trait_that_all_share_is_left_out():
    found = sliced([example(n, "claim", outlet="A") for n in range(3)])
    assert found == {}


def test_many_values_are_told_together():
    examples = [example(n, "claim", outlet=f"O{n % 15:02}") for n in range(31)]
    found = sliced(examples)
    assert len(found) == 13
    # O00 has 3 of the 31, O01 to O14 two each; 12 stand alone, the last three are the others.
    assert found["outlet", OTHERS].n == 6
    assert sum(each.n for each in found.values()) == 31


def test_parts_of_a_trait_add_up():
    found = told([("claim", "denial")] * 5 + [("denial", "denial")] * 3)
    made = slices(found.items, labels=LABELS, more={"half": list("aabbaabb")})
    assert sum(each.n for each in made if each.trait == "half") == 8
