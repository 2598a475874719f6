"""A small workspace that has come as far as a model, with an audit stream."""

from annotate.files import write_text
from annotate.records import Annotation, Document, Family, Task
from annotate.tasks.auditing import Drawn
from annotate.workflows.datasets import make_dataset
from annotate.workflows.gold import decide_gold
from annotate.workflows.prepare import make_workspace
from annotate.workflows.tasks import task_builder
from annotate.workflows.training import train
from annotate.workspace import Workspace
from strategies import annotation, document

SAID = (
    ("denied having sold the {thing} to anybody", "denial"),
    ("said the {thing} would cost more next year", "claim"),
    ("walked past the {thing} and went home early", "neither"),
)
PEOPLE = ("mayor", "minister", "coach", "banker", "pilot", "doctor")
THINGS = ("bridge", "harbour", "school", "stadium", "library", "tram", "market", "theatre")
LABEL_OF = {words.split()[0]: label for words, label in SAID}
STREAMS = ("audit-dev", "audit-test", "none", "none", "none")


def article(number, sentences=6):
    text = " ".join(
        f"The {PEOPLE[(number + place) % 6]} {words} in town number {number} on day {place}."
        for place in range(sentences)
        for words in [SAID[place % 3][0].format(thing=THINGS[(number * 5 + place) % 8])]
    )
    return document(text, key=f"a{number}", title=f"Town number {number}")


def label_of(task):
    """What a reader who makes no mistake says."""
    return LABEL_OF[task.text.split()[2]]


def newsroom(folder, *, articles=30, labelled=None, settings="", recipe="tfidf"):
    """A workspace of articles, the first ``labelled`` of which one reader has labelled.

    Every fifth article is in ``audit-dev``, every fifth in ``audit-test``. The model is called
    ``first``.
    """
    make_workspace(folder, scheme=None)
    if settings:
        path = folder / "annotate.toml"
        write_text(path, path.read_text("utf-8").replace(*settings))
    workspace = Workspace(folder)
    documents = [article(number) for number in range(articles)]
    build = task_builder(workspace.settings)
    tasks = [
        each.model_copy(update={"stream": STREAMS[number % 5]})
        for number, one in enumerate(documents)
        for each in build(one)
        if each.part == "body"
    ]
    workspace.write(Document, documents, command="test")
    workspace.write(Family, [], command="test", inputs=[workspace.path(Document)])
    workspace.write(Task, tasks, command="test")
    drawn = [Drawn(key=f"a{n}", stream=STREAMS[n % 5]) for n in range(articles)]
    workspace.write(Drawn, drawn, command="test", options={"share": 0.4})
    if labelled != 0:
        label(workspace, [one.id for one in documents[:labelled]])
        decide_gold(workspace, method="majority", seed=0)
        make_dataset(workspace, seed=0, examples=None)
        train(workspace, recipe_name=recipe, name="first", seed=0, examples=None)
    return workspace


def votes(workspace, documents):
    """The reader's annotations of some articles."""
    return [
        annotation(each.id, "annotator-1", label_of(each))
        for each in workspace.read(Task)
        if each.document_id in documents
    ]


def label(workspace, documents):
    """Have the reader label these articles, by id, and no others."""
    workspace.write(Annotation, votes(workspace, documents), command="test")
