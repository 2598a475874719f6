"""What a workspace puts beside an evaluation."""

import json
from datetime import UTC, datetime

import pytest

from annotate.errors import InputError
from annotate.evaluation.findings import Learnt
from annotate.models import train_model
from annotate.models.manifest import data_digest
from annotate.records import Annotation, Example, Task
from annotate.workflows.beside import (
    learning_of,
    more_traits,
    training_examples,
    votes_on,
)
from annotate.workflows.datasets import Labelled
from annotate.workspace import Workspace
from strategies import task

LABELS = ("claim", "denial", "neither")


def examples(n=30, **fields):
    return [
        Example(id=f"e{i}", text=f"He denied part {i}.", label=LABELS[i % 3], group=f"g{i}",
                outlet="AB"[i % 2], **fields)
        for i in range(n)
    ]  # fmt: skip


def labelled(found):
    return Labelled(found, LABELS, "group", None)


@pytest.fixture
def workspace(tmp_path):
    return Workspace.create(tmp_path / "desk")


def vote(task, annotator, label, **fields):
    return Annotation(
        task_id=task, annotator=annotator, label=label, created=datetime.now(UTC),
        scheme_version="1", **fields,
    )  # fmt: skip


def test_only_votes_given_without_a_prelabel_in_sight_make_a_ceiling(workspace):
    votes = [
        vote("e0", "a", "claim"), vote("e0", "b", "denial"),
        vote("e0", "c", "claim", prelabel_shown=True), vote("e0", "d", None, skipped=True),
        vote("e1", "a", "claim"), vote("e1", "b", "claim", prelabel_shown=True),
    ]  # fmt: skip
    workspace.write(Task, [], command="tasks")
    workspace.write(Annotation, votes, command="pull")
    found = votes_on(workspace, labelled(examples()), from_file=False)
    assert (dict(found.of), found.blind) == ({"e0": ["claim", "denial"]}, True)


def test_sentences_left_out_since_annotators_disagree_are_counted_for_their_group(workspace):
    # Of article d1, in group g1, "A." has a gold label. On "B." the votes differ, on "C." they do
    # not, of "D." there is one; nothing of d2 is an example.
    tasks = [task(text, start=3 * n) for n, text in enumerate(["A.", "B.", "C.", "D."])]
    other = task("E.", document_id="d2")
    given = [("claim", "denial"), ("claim", "denial"), ("claim", "claim"), ("claim",)]
    workspace.write(Task, [*tasks, other], command="tasks")
    votes = [
        vote(each.id, annotator, label)
        for each, labels in zip([*tasks, other], [*given, ("claim", "denial")], strict=True)
        for annotator, label in zip("ab", labels, strict=False)
    ]
    workspace.write(Annotation, votes, command="pull")
    scored = Example(id=tasks[0].id, text="A.", label="claim", group="g1", document_id="d1")
    found = votes_on(workspace, labelled([scored]), from_file=False)
    assert found.divided == {"g1": 1}


def test_votes_of_a_file_are_counts_of_nobody_knows_whom():
    found = labelled(examples(2, votes={"claim": 2, "denial": 1}))
    given = votes_on(None, found, from_file=True)
    assert given.of["e1"] == ["claim", "claim", "denial"]
    assert not given.blind
    assert votes_on(None, labelled(examples(2)), from_file=True) is None


def test_the_training_part_is_that_of_the_model_or_none():
    found = examples()
    manifest = train_model(found, recipe="majority", labels=LABELS, scheme=None, seed=0).manifest
    here = training_examples(labelled(found), manifest)
    assert {example.group for example in here} == set(manifest.groups)
    changed = [e.model_copy(update={"label": "claim"}) for e in found]
    assert training_examples(labelled(changed), manifest) is None
    assert training_examples(labelled(found[:3]), manifest) is None


def test_traits_of_cues_and_of_outlets_in_training():
    found = examples(2)
    traits = more_traits(found, found[:1], LABELS)
    assert traits == {"cue": ["of a denial"] * 2, "outlet in training": ["yes", "no"]}
    assert more_traits(found, None, ("pro", "con")) == {}


def test_a_kept_learning_curve_of_the_same_recipe_and_sentences_is_shown(workspace):
    given = [Example(id="e", text="It was so.", label="claim", group="g")]
    path = workspace.root / "reports" / "curve.json"
    path.parent.mkdir()
    points = [
        {"families": 4, "macro_f1": 0.5, "interval": {"low": 0.4, "high": 0.6}},
        {"families": 8, "macro_f1": 0.6, "interval": {"reason": "too few", "clusters": 2}},
    ]
    kept = {"recipe": "linear", "data_sha256": data_digest(given), "curve": {"points": points}}
    path.write_text(json.dumps(kept))
    assert learning_of(workspace, "linear", given) == [
        Learnt(4, 0.5, 0.4, 0.6),
        Learnt(8, 0.6, None, None),
    ]
    assert learning_of(workspace, "tfidf", given) == learning_of(None, "linear", given) == []
    assert learning_of(workspace, "linear", given * 2) == []
    path.write_text("[]")
    with pytest.raises(InputError, match="annotate curve"):
        learning_of(workspace, "linear", given)
