"""`annotate curve`: lines for people, JSON for machines, and a file for the report."""

import json

import pytest

WHO = ("mayor", "minister", "coach", "banker")
DID = (("denied that it was sold", "denial"), ("said it would be sold", "claim"))


@pytest.fixture
def sentences(run, tmp_path):
    rows = [
        {"id": f"{n}-{place}", "group": f"g{n}", "label": DID[place % 2][1],
         "text": f"The {WHO[(n + place) % 4]} {DID[place % 2][0]} on day {n}."}
        for n in range(20)
        for place in range(4)
    ]  # fmt: skip
    path = tmp_path / "e.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return path


def test_a_curve_of_a_file(run, sentences):
    told = run(
        "curve", "--examples", sentences, "--recipe", "tfidf", "--seeds", "1", "-o", "c.json"
    )
    assert told.code == 0
    assert "on 80 sentences of 20 families, 1 seed, scored on families left out" in told.out
    # What is always right cannot get better: the law is level, and nothing is forecast.
    assert "the last doubling of the articles brought +0.000" in told.out
    assert "Another .02 is beyond what this curve reaches" in told.out
    kept = json.loads(sentences.with_name("c.json").read_text("utf-8"))
    assert [point["families"] for point in kept["curve"]["points"]] == [2, 4, 8, 16]
    assert kept["forecast"]["law"]["ceiling"] == pytest.approx(1)
    assert kept["pace"] is None
    options = ("--examples", sentences, "--recipe", "tfidf", "--seeds", "1")
    assert json.loads(run("curve", *options, "--json").out) == kept


def test_a_workspace_keeps_its_curve_and_the_test_part_is_not_touched(run, sentences, tmp_path):
    run("init", "place")
    run("dataset", "--workspace", "place", "--examples", sentences)
    told = run("curve", "--workspace", "place", "--recipe", "tfidf", "--seeds", "1")
    assert told.code == 0
    kept = json.loads((tmp_path / "place" / "reports" / "curve.json").read_text("utf-8"))
    assert kept["curve"]["families"] == 16, "a fifth of the groups is for the test"
    # 12 families are four fifths of 16: 12, 6 and 3 are three sizes.
    assert [point["families"] for point in kept["curve"]["points"]] == [3, 6, 12]
    assert "No forecast: a curve is fitted to 4 sizes or more" in told.out


def test_a_curve_of_other_sentences_is_not_taken_for_that_of_the_workspace(run, sentences):
    run("init", ".")
    told = run("curve", "--examples", sentences, "--recipe", "tfidf", "--seeds", "1")
    assert (told.code, "Kept in" in told.out) == (0, False)
    assert not (sentences.parent / "reports" / "curve.json").exists()


def test_too_few_families_are_refused(run, sentences):
    few = sentences.read_text("utf-8").splitlines()[:12]
    sentences.write_text("\n".join(few), "utf-8")
    refused = run("curve", "--examples", sentences)
    assert refused.code == 1
    assert "takes 5 families" in refused.err
