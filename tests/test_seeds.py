"""The seed corpus is what its README says, and copied from nowhere."""

import json
import os
import re
from collections import Counter, defaultdict
from pathlib import Path, PurePosixPath

import pytest

from annotate import jsonl
from annotate.documents import read_documents
from annotate.labelstudio import Pseudonyms, pull_export
from annotate.records import GoldLabel
from annotate.resources import resource
from annotate.scheme import Scheme
from annotate.segments import load_segmenter
from annotate.tasks import build_tasks

RUN = 8  # words in a row that unrelated texts do not share
BENCH = os.environ.get("ANNOTATE_BENCH")
SCHEME = Scheme.load(resource("schemas/labels.yaml"))


@pytest.fixture(scope="module")
def documents():
    return list(read_documents([resource("seeds/articles")]))


@pytest.fixture(scope="module")
def tasks(documents):
    segment = load_segmenter("news", language="en")
    return [task for document in documents for task in build_tasks(document, segment=segment)]


@pytest.fixture(scope="module")
def gold():
    return list(jsonl.read(resource("seeds/gold.jsonl"), GoldLabel))


def file_name(document):
    return document.external_id or PurePosixPath(document.sources[0].path).name


def runs(text):
    words = [word.lower() for word in re.findall(r"\w+", text)]
    return {tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}


def test_there_are_enough_articles_and_sentences(documents, tasks):
    assert len(documents) >= 60
    assert sum(task.part == "body" for task in tasks) >= 900
    assert len({document.outlet for document in documents if document.outlet}) >= 6
    months = {document.published.strftime("%Y-%m") for document in documents}
    assert len(months) == 12


def test_families_are_written_down_as_the_articles_say(documents):
    written = json.loads(resource("seeds/families.json").read_text())["families"]
    found = defaultdict(list)
    for document in documents:
        if document.family:
            found[document.family].append(document.external_id)
    assert {family: sorted(ids) for family, ids in found.items()} == {
        family: sorted(ids) for family, ids in written.items()
    }
    assert len(written) >= 8
    assert all(len(ids) in {2, 3} for ids in written.values())


def test_the_held_out_part_holds_whole_families(documents):
    held_out = set(json.loads(resource("seeds/held_out.json").read_text())["articles"])
    assert len(held_out) == 15
    assert held_out <= {file_name(document) for document in documents}
    split = defaultdict(set)
    for document in documents:
        split[document.group].add(file_name(document) in held_out)
    assert all(len(sides) == 1 for sides in split.values())


def test_the_export_is_of_these_very_tasks(tasks):
    pulled = pull_export(
        resource("seeds/annotations.json"), tasks=tasks, scheme=SCHEME, pseudonyms=Pseudonyms()
    )
    assert (pulled.rejected, pulled.missing, pulled.foreign, pulled.unannotated) == ((), 0, 0, 0)
    assert len(pulled.annotations) == 3 * len(tasks)
    assert {vote.seconds for vote in pulled.annotations} == {None}  # nobody measured any


def test_every_sentence_has_gold_and_what_was_not_unanimous_a_reason(tasks, gold):
    assert {entry.task_id for entry in gold} == {task.id for task in tasks}
    for entry in gold:
        assert sum(entry.votes.values()) == 3
        assert entry.label in SCHEME.label_names
        unanimous = len(entry.votes) == 1
        assert entry.method == ("majority" if unanimous else "adjudicated")
        assert unanimous or len(entry.reason.split()) > 5
    shares = Counter(entry.label for entry in gold)
    assert 0.08 <= shares["denial"] / len(gold) <= 0.15


def test_no_two_unrelated_articles_share_eight_words_in_a_row(documents):
    where = defaultdict(set)
    for document in documents:
        for run in runs(document.text):
            where[run].add(document.group)
    assert [run for run, groups in where.items() if len(groups) > 1] == []


@pytest.mark.skipif(not BENCH, reason="ANNOTATE_BENCH names no folder of real articles")
def test_nothing_is_copied_from_real_articles(documents):
    ours = set().union(*(runs(document.text) for document in documents))
    for item in behaviour():
        ours |= set().union(*(runs(item[part] or "") for part in ("before", "text", "after")))
    for path in sorted(Path(BENCH).glob("*.jsonl")):
        for line in jsonl.lines(path):
            text = json.loads(line.text).get("text")
            shared = runs(text) & ours if isinstance(text, str) else ()
            assert not shared, path.name


def behaviour():
    return [json.loads(line.text) for line in jsonl.lines(resource("seeds/behaviour.jsonl"))]


def test_behavioural_sentences_cover_the_codebook_with_one_label_each():
    items = behaviour()
    assert len(items) >= 300
    assert len({item["id"] for item in items}) == len(items)
    assert {case.id for case in SCHEME.edge_cases} <= {item["pattern"] for item in items}
    shown = defaultdict(set)
    for item in items:
        SCHEME.check_label(item["label"], item["id"])
        assert set(item["flags"]) <= set(SCHEME.flag_names)
        context = (item["before"], item["text"], item["after"], item["title"])
        shown[context].add(item["label"])
    assert all(len(labels) == 1 for labels in shown.values())


def test_the_readme_has_the_right_numbers(documents, tasks):
    page = resource("seeds/README.md").read_text(encoding="utf-8")
    assert f"{len(documents)} short news articles" in page
    assert f"{len(tasks):,} sentences and headlines" in page
    assert f"{len(behaviour())} sentences" in page
    assert "language model's help" in page.replace("\n", " ")
