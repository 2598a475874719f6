"""What a careless split would score: a recipe that only remembers shows it best."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from annotate.decisions import Decision
from annotate.evaluation.leakage import MOST, drawn, four_ways
from annotate.records import Example
from annotate.resampling import Interval

LABELS = ("claim", "neither")


@dataclass(frozen=True)
class Memory:
    """Knows the label of every text that it was trained on, and calls all others "neither"."""

    known: dict

    labels = LABELS
    decision = Decision.highest(LABELS)

    def scores(self, inputs):
        found = [self.known.get(one.text, "neither") for one in inputs]
        return np.array([[label == name for name in LABELS] for label in found], dtype=float)


class Remember:
    name = "memory"

    def fit(self, examples, *, labels, seed):
        return Memory({one.text: one.label for one in examples})


def corpus(families=60, copies=3, sentences=2, dated=True):
    """Families of copies that have the same sentences word for word, half of them claims."""
    start = datetime(2025, 1, 1, tzinfo=UTC)
    return [
        Example(
            id=f"f{family}c{copy}s{number}",
            text=f"Sentence {number} of story {family}.",
            label=LABELS[number % 2],
            group=f"f{family}",
            document_id=f"f{family}c{copy}",
            published=start + timedelta(days=family) if dated else None,
        )
        for family in range(families)
        for copy in range(copies)
        for number in range(sentences)
    ]


def test_what_only_remembers_is_good_by_sentence_and_by_article_and_useless_by_family():
    calls = []
    found = four_ways(
        Remember(), corpus(), labels=LABELS, seed=0, advance=lambda *done: calls.append(done)
    )
    by = {one.way: one for one in found}
    assert list(by) == ["sentence", "article", "family", "time"]
    # Of a family nothing is known: all is called "neither", which half of the sentences are, so
    # F1 of neither is 2 * .5 / (.5 + 1) = 2/3, of claim 0, and the mean is 1/3.
    assert by["family"].macro_f1 == pytest.approx(1 / 3)
    assert by["time"].macro_f1 == pytest.approx(1 / 3)
    assert by["time"].above_family == pytest.approx(0)
    # A sentence stands in three copies: it is unknown only if all are in one fold of five.
    for way in ("sentence", "article"):
        assert by[way].macro_f1 > 0.9
        assert by[way].above_family == pytest.approx(by[way].macro_f1 - 1 / 3)
        assert isinstance(by[way].interval, Interval)
        assert by[way].interval.low > 0.4
    assert {one.test for one in found[:3]} == {360}
    assert by["time"].test == 72  # the last twelve of sixty families
    assert calls[-1] == (16, 16)


def test_where_nothing_is_shared_nothing_is_gained():
    found = four_ways(Remember(), corpus(copies=1, sentences=4), labels=LABELS, seed=0)
    assert [one.macro_f1 for one in found] == [pytest.approx(1 / 3)] * 4
    assert [one.above_family for one in found if one.way != "family"] == [pytest.approx(0)] * 3


def test_what_cannot_be_measured_is_said():
    found = four_ways(Remember(), corpus(dated=False), labels=LABELS, seed=0)
    assert (found[3].macro_f1, found[3].problem) == (None, "no article has a date")
    few = four_ways(Remember(), corpus(families=4), labels=LABELS, seed=0)
    assert {one.problem for one in few} == {"24 sentences are too few (200 are needed)"}
    nameless = [one.model_copy(update={"document_id": None}) for one in corpus()]
    found = four_ways(Remember(), nameless, labels=LABELS, seed=0)
    assert found[1].problem == "it is not known which article each is from"
    one_story = [one.model_copy(update={"group": "f"}) for one in corpus()]
    found = four_ways(Remember(), one_story, labels=LABELS, seed=0)
    assert "1 groups cannot fill 5 folds" in found[2].problem
    assert found[0].macro_f1 > 0.9


def test_of_many_sentences_whole_families_are_drawn():
    examples = corpus(families=800, copies=2, sentences=5)
    found = drawn(examples, seed=0)
    assert MOST - 10 < len(found) <= MOST
    sizes = {one.group: 0 for one in found}
    for one in found:
        sizes[one.group] += 1
    assert set(sizes.values()) == {10}
    assert found == drawn(examples, seed=0) != drawn(examples, seed=1)
