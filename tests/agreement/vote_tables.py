"""Tables of votes as annotations: a row a task, a letter an annotator, ``*`` for none."""

from annotate.records import Task
from annotate.resources import resource
from annotate.scheme import Scheme
from strategies import annotation

NAMES = {"C": "claim", "D": "denial", "N": "neither"}
ANNOTATORS = ("ann", "bob", "cyd", "dan")
LABELS = ("claim", "denial", "neither")


def scheme():
    return Scheme.load(resource("schemas/labels.yaml"))


def place(document, number=0, repeat=0):
    """The id of a task: the sentence of this number in a document."""
    return Task.id_of(document, "body", 10 * number, 10 * number + 9, repeat)


def votes(table, annotators=ANNOTATORS, **fields):
    return [
        annotation(task, annotator, NAMES.get(code, code), **fields)
        for task, codes in table.items()
        for annotator, code in zip(annotators, codes, strict=False)
        if code != "*"
    ]
