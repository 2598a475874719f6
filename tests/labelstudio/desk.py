"""A workspace of generated articles that grows, gets pre-labels and is copied."""

import random
import shutil

from annotate import jsonl
from annotate.labelstudio.convert import takes_prelabel
from annotate.records import Document, Prediction, Source, Task
from annotate.workspace import Workspace

LABELS = ("claim", "denial", "neither")
_PER_ARTICLE = 10
_PLACE = {"id", "document_id", "part", "start", "end", "text"}
_SUBJECTS = ("The mayor", "A spokesman", "The “Post”", "Zoë Ağaoğlu", "שר האוצר", "The 🏛️ council")
_CUES = ("said", "denied", "confirmed", "did not say", "told reporters")
_OBJECTS = ("that the bridge was shut", "it had known of the leak", "the vote 👩‍👩‍👧 was bought")


class Desk:
    """A workspace over generated articles.

    Args:
        folder: of the workspace; it must not exist yet.
        count: how many tasks there are.
        first: how many of them are in tasks.jsonl until `grow` is called.
        seed: of the texts.
    """

    def __init__(self, folder, *, count, first, seed):
        self.workspace = Workspace.create(folder, overlap=2)
        self.workspaces = [self.workspace]
        self.model, self._labels = "", {}
        draw = random.Random(seed)  # noqa: S311  no secret
        articles = [
            _article(draw, number, min(_PER_ARTICLE, count - number * _PER_ARTICLE))
            for number in range(-(-count // _PER_ARTICLE))
        ]
        self.tasks = [task for _, tasks in articles for task in tasks]
        self.workspace.write(Document, [document for document, _ in articles], command="import")
        self.workspace.write(Task, self.tasks[:first], command="tasks")

    @property
    def title(self):
        """Title of its project."""
        return self.workspace.project_title

    def current(self):
        """The tasks in tasks.jsonl."""
        return list(self.workspace.read(Task))

    def grow(self):
        """Put all tasks into tasks.jsonl, in the copy as well."""
        for workspace in self.workspaces:
            workspace.write(Task, self.tasks, command="tasks")

    def prelabel(self, model):
        """Write pre-labels of this model for all tasks, for those too that must not show one."""
        draw = random.Random(model)  # noqa: S311  no secret
        self.model = model
        self._labels = {task.id: draw.choice(LABELS) for task in self.tasks}
        predictions = [
            Prediction(**task.model_dump(include=_PLACE), label=self._labels[task.id], model=model)
            for task in self.tasks
        ]
        for workspace in self.workspaces:
            jsonl.write(workspace.prelabels, predictions)

    def shown(self, task):
        """Model and label of the pre-label that a task shall have on the server, or None."""
        label = self._labels.get(task.id)
        return (self.model, label) if label and takes_prelabel(task) else None

    def copy(self):
        """The second workspace of the project, made of all that the first one holds by now."""
        if self.workspaces == [self.workspace]:
            folder = self.workspace.root.with_name(f"{self.workspace.root.name}-copy")
            shutil.copytree(self.workspace.root, folder)
            self.workspaces.append(Workspace(folder))
        return self.workspaces[1]


def _article(draw, number, sentences):
    """An article and the tasks over its sentences."""
    texts = [
        f"{draw.choice(_SUBJECTS)} {draw.choice(_CUES)} {draw.choice(_OBJECTS)} ({number}.{place})."
        for place in range(sentences)
    ]
    text = " ".join(texts)
    document = Document(
        id=Document.id_of(text), key=f"article-{number}", text=text, title=f"Article {number}",
        sources=(Source(outlet="Gazette"),),
    )  # fmt: skip
    tasks, start = [], 0
    for place, sentence in enumerate(texts):
        end = start + len(sentence)
        found = Task(
            id=Task.id_of(document.id, "body", start, end), document_id=document.id, part="body",
            start=start, end=end, text=sentence, before=texts[place - 1] if place else "",
            stream="audit-test" if draw.random() < 0.1 else "none",
            prelabel_held_out=draw.random() < 0.1,
        )  # fmt: skip
        tasks.append(found)
        start = end + 1
    return document, tasks
