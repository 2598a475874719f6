"""Checks of the tricky set itself; no segmenter is run here."""

import unicodedata
from collections import Counter
from pathlib import Path

import pytest
import yaml

ENTRIES = yaml.safe_load(Path(__file__).with_name("tricky.yaml").read_text(encoding="utf-8"))


def gaps(entry):
    """What the text holds before, between and after the gold sentences."""
    found, end = [], 0
    for sentence in entry["sentences"]:
        start = entry["text"].index(sentence, end)
        found.append(entry["text"][end:start])
        end = start + len(sentence)
    return [*found, entry["text"][end:]]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["id"])
def test_the_sentences_are_the_text_in_order_without_its_outer_white_space(entry):
    assert set(entry) == {"id", "category", "text", "sentences"}
    assert entry["sentences"]
    assert all(sentence and sentence == sentence.strip() for sentence in entry["sentences"])
    assert "".join(gaps(entry)).strip() == ""


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["id"])
def test_no_sentence_runs_over_a_line_break(entry):
    assert not any("\n" in sentence for sentence in entry["sentences"])


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["id"])
def test_the_text_is_as_an_import_leaves_it(entry):
    assert unicodedata.is_normalized("NFC", entry["text"])
    assert entry["text"] == entry["text"].strip()
    assert "\r" not in entry["text"]


def test_there_are_enough_boundaries_inside_the_passages():
    inner = sum(len(entry["sentences"]) - 1 for entry in ENTRIES)
    at_line_breaks = sum(entry["text"].count("\n") for entry in ENTRIES)
    assert inner >= 220
    # A line break gives a boundary away: without those there must be enough too.
    assert inner - at_line_breaks >= 150


def test_each_category_has_three_passages_or_more():
    counts = Counter(entry["category"] for entry in ENTRIES)
    assert {name: n for name, n in counts.items() if n < 3} == {}


def test_ids_name_the_category_and_nothing_stands_twice():
    ids = [entry["id"] for entry in ENTRIES]
    texts = [" ".join(entry["text"].split()) for entry in ENTRIES]
    assert len(set(ids)) == len(ids)
    assert len(set(texts)) == len(texts)
    assert all(entry["id"].rpartition("-")[0] == entry["category"] for entry in ENTRIES)
