import pytest
from fake_studio import FakeStudio

from annotate.records import Annotation, Document, Task
from annotate.workflows.gold import decide_gold
from annotate.workflows.prepare import make_workspace
from strategies import annotation, document, task

TEXTS = ("The bridge is shut.", "It never was.", "Nobody knows why.", "He denied it.")


@pytest.fixture
def desk(tmp_path):
    """Four sentences of one article: a tie, a split of three, a clear one and a single vote."""
    workspace = make_workspace(tmp_path / "desk", scheme=None)
    article = document(" ".join(TEXTS), key="https://x.invalid/bridge", title="A bridge")
    starts = [article.text.index(text) for text in TEXTS]
    tasks = [task(text, article.id, start) for text, start in zip(TEXTS, starts, strict=True)]
    said = ("claim denial", "denial denial claim", "neither neither", "denial")
    votes = [
        annotation(each.id, f"annotator-{n}", label)
        for each, labels in zip(tasks, said, strict=True)
        for n, label in enumerate(labels.split(), start=1)
    ]
    workspace.write(Document, [article], command="test")
    workspace.write(Task, tasks, command="test")
    workspace.write(Annotation, votes, command="test")
    decide_gold(workspace, method="majority", seed=0)
    return workspace


@pytest.fixture
def ids(desk):
    return [each.id for each in desk.read(Task)]


@pytest.fixture
def server():
    return FakeStudio()
