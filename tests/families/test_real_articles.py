"""Edited copies of real articles, from the folder that ANNOTATE_BENCH names."""

import json
import os
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from annotate.families import find_families
from annotate.text import normalise
from planting import KINDS, planted
from stories import document

BENCH = os.environ.get("ANNOTATE_BENCH")
ARTICLES = 80

pytestmark = pytest.mark.skipif(not BENCH, reason="ANNOTATE_BENCH names no folder of real articles")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["polnear", "mpqa", "newsdiscourse"])
def test_edited_copies_are_found_and_hardly_anything_else(name, kind):
    with (Path(BENCH) / f"{name}.documents.jsonl").open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in islice(lines, ARTICLES)]
    rng = np.random.default_rng(KINDS.index(kind))
    vocabulary = [word for text in texts for word in text.split()]
    documents = {}
    for place, text in enumerate(texts):
        copy = planted(kind, text, texts[place - 1], rng, vocabulary=vocabulary)
        for key, made in ((f"{place}", text), (f"copy {place}", copy)):
            documents[key] = document(normalise(made).strip().text, key)
    wanted = {frozenset((documents[f"{n}"].id, documents[f"copy {n}"].id)) for n in range(ARTICLES)}
    if kind == "merged":
        wanted |= {
            frozenset((documents[f"{n - 1}"].id, documents[f"copy {n}"].id))
            for n in range(1, ARTICLES)
        }
    originals = {documents[f"{n}"].id for n in range(ARTICLES)}
    copies = {one.id for one in documents.values()} - originals
    found = {
        frozenset((link.first, link.second))
        for family in find_families({one.id: one for one in documents.values()}.values()).families
        for link in family.links
        if len({link.first, link.second} & copies) == 1
    }
    wanted = {pair for pair in wanted if len(pair) == 2}  # some copies are the text itself
    assert len(found & wanted) >= 0.95 * len(wanted)
    assert len(found & wanted) >= 0.95 * (len(found) - 1)  # the source of the first merged copy
