"""Real articles, from the folder that ANNOTATE_BENCH names (they are not part of the project)."""

import json
import os
from itertools import islice
from pathlib import Path

import pytest

from annotate import jsonl
from annotate.labelstudio import Studio
from annotate.labelstudio.config import instructions_html, label_config
from annotate.records import Document, Task
from annotate.workspace import Workspace

BENCH = os.environ.get("ANNOTATE_BENCH")
BATCH = 2000

pytestmark = pytest.mark.skipif(not BENCH, reason="ANNOTATE_BENCH names no folder of real articles")


@pytest.fixture
def polnear(run, tmp_path):
    """A workspace with the articles of PolNeAR and their tasks."""
    source = Path(BENCH) / "polnear.documents.jsonl"
    run("init", ".")
    found = json.loads(run("import", source, "--json").out)
    made = json.loads(run("tasks", "--export", "tasks.json", "--json").out)
    assert found["added"] + found["merged"] == sum(1 for _ in jsonl.lines(source))
    assert (found["skipped"], made["documents"]) == ([], found["documents"])
    return Workspace(tmp_path)


def test_offsets_are_exact(polnear):
    documents = {document.id: document for document in polnear.read(Document)}
    tasks = list(polnear.read(Task))
    assert len(tasks) > 30 * len(documents)
    for task in tasks:
        assert documents[task.document_id].part(task.part)[task.start : task.end] == task.text
    assert {document.published is None for document in documents.values()} == {False}


@pytest.mark.live
@pytest.mark.long
def test_the_exported_file_imports_through_the_api(polnear, studio_server):
    exported = json.loads((polnear.root / "tasks.json").read_text("utf-8"))
    config, page = label_config(polnear.scheme), instructions_html(polnear.scheme)
    with Studio.connect(studio_server.url, studio_server.api_key) as studio:
        project = studio.create_project("Real articles", config, page, description="")
        rest = iter(exported)
        while batch := list(islice(rest, BATCH)):
            studio.import_tasks(project, batch)
        there = {data["annotate_id"]: data for _, data in studio.tasks(project)}
    assert there == {task["data"]["annotate_id"]: task["data"] for task in exported}
