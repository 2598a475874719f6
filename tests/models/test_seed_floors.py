"""What recipes must reach on the seed corpus, so that a change that makes them worse is seen."""

import json
from pathlib import Path

import pytest

from annotate.metrics import score
from annotate.models import recipe
from annotate.models.manifest import data_digest
from annotate.records import Example
from annotate.workflows.behaviour import behaviour_tests
from annotate.workflows.seed_corpus import seed_sentences

LABELS = ("claim", "denial", "neither")
FLOORS = json.loads(Path(__file__).with_name("seed_floors.json").read_text(encoding="utf-8"))


def _example(sentence):
    task, document = sentence.task, sentence.document
    return Example(
        id=task.id, text=task.text, label=sentence.label, group=document.group, kind=task.kind,
        before=task.before, after=task.after, title=document.title, position=task.position,
    )  # fmt: skip


@pytest.fixture(scope="module")
def corpus():
    sentences = list(seed_sentences())
    return tuple([_example(s) for s in sentences if s.held_out == part] for part in (False, True))


def test_the_floors_are_of_this_corpus(corpus):
    training, held_out = corpus
    assert data_digest([*training, *held_out]) == FLOORS["corpus"], "Measure the floors anew."


@pytest.mark.parametrize("name", sorted(FLOORS["recipes"]))
def test_a_recipe_reaches_its_floors(corpus, name):
    training, held_out = corpus
    model = recipe(name).fit(training, labels=LABELS, seed=0)
    places = model.decision.places(model.scores([one.input for one in held_out]))
    found = score([one.label for one in held_out], [LABELS[n] for n in places], LABELS)
    floors = FLOORS["recipes"][name]
    assert found.macro_f1 >= floors["macro_f1"]
    assert behaviour_tests(model).rate >= floors["behaviour"]
