"""The tasks of a workspace and what is known of their labels, for spaCy."""

from pathlib import Path

from annotate import jsonl
from annotate.files import atomic_path
from annotate.records import Document, GoldLabel, Prediction, Task
from annotate.tasks.docbin import to_docbin
from annotate.workspace import Workspace


def write_spacy_file(workspace: Workspace, path: Path) -> int:
    """Write a ``.spacy`` file (`annotate.tasks.docbin.to_docbin`); returns how many articles.

    The label of a task is the gold label where it is decided, else what the pre-label says.
    """
    tasks = list(workspace.read(Task))
    labels: dict[str, str] = {}
    if workspace.prelabels.is_file():
        labels |= {each.id: each.label for each in jsonl.read(workspace.prelabels, Prediction)}
    labels |= {each.task_id: each.label for each in workspace.existing(GoldLabel) if each.label}
    found = to_docbin(workspace.read(Document), tasks, labels, language=workspace.settings.language)
    with atomic_path(path) as temporary:
        temporary.write_bytes(found.to_bytes())
    return len({task.document_id for task in tasks})
