"""The sentences of the seed corpus with their gold labels, in the part to tune on and the other."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from annotate import jsonl
from annotate.documents import Skipped, read_documents
from annotate.records import Document, GoldLabel, Input, Task
from annotate.resources import resource
from annotate.settings import Settings
from annotate.workflows.tasks import task_builder


@dataclass(frozen=True, slots=True)
class SeedSentence:
    """A task of the seed corpus and what was decided of it."""

    document: Document
    task: Task
    gold: GoldLabel
    held_out: bool
    """Whether its article is never read for rules, templates or tuning."""

    @property
    def input(self) -> Input:
        """What a model or a set of rules may look at."""
        return self.task.as_input(self.document.title)

    @property
    def label(self) -> str:
        """The gold label; the corpus has no open tie."""
        return self.gold.label or ""


def seed_sentences() -> Iterator[SeedSentence]:
    """Every sentence and headline of the corpus, article by article."""
    held_out = json.loads(resource("seeds/held_out.json").read_text(encoding="utf-8"))["articles"]
    gold = {entry.task_id: entry for entry in jsonl.read(resource("seeds/gold.jsonl"), GoldLabel)}
    build = task_builder(Settings())
    for document in read_documents([resource("seeds/articles")]):
        if isinstance(document, Skipped):
            continue
        paths = (source.path for source in document.sources if source.path)
        names = {document.external_id, *(Path(path).name for path in paths)}
        for task in build(document):
            if task.id in gold:
                yield SeedSentence(document, task, gold[task.id], bool(names & set(held_out)))
