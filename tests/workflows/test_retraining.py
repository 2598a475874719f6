"""When a new model takes the place of the served one, and when not."""

import json
from dataclasses import replace

import pytest

from annotate import jsonl
from annotate.errors import BusyError, ServeError
from annotate.models import RecipeOptions
from annotate.records import Annotation, Document, Task
from annotate.workflows.datasets import labelled, make_dataset
from annotate.workflows.gold import decide_gold
from annotate.workflows.retraining import (
    Retraining,
    check_retraining,
    judge,
    new_labels,
    retrain,
    serving_folder,
)
from annotate.workflows.retraining_process import keep
from annotate.workflows.training import find_model, train
from newsroom import label, newsroom, votes

ARTICLES = 45


def fingerprint(workspace):
    return find_model(workspace, "first").manifest.fingerprint


def document_ids(workspace):
    return [each.id for each in workspace.read(Document)]


@pytest.fixture
def desk(tmp_path):
    """Nine articles in each half of the audit; the reader has labelled the first fifteen."""
    workspace = newsroom(tmp_path / "desk", articles=ARTICLES, labelled=15)
    assert new_labels(workspace) == 0, "what there is at first is known"
    return workspace


def again(workspace, every=1):
    return retrain(workspace, "first", every=every, seed=0)


def test_too_few_new_labels_are_waited_for(desk):
    before = fingerprint(desk)
    done = again(desk, every=10)
    assert (done.outcome, done.new_labels) == ("waiting", 0)
    label(desk, document_ids(desk)[:18])  # of the three more, two are of the audit
    done = again(desk, every=10)
    assert (done.new_labels, done.why) == (6, "6 of 10 new gold labels so far")
    assert fingerprint(desk) == before


def test_another_command_is_waited_for_but_what_is_lacking_is_a_failure(desk):
    with desk.locked(), pytest.raises(BusyError):
        again(desk)
    label(desk, [])
    done = again(desk)
    assert (done.outcome, done.why[:28]) == ("failed", "Nobody has labelled anything")


def test_a_model_that_is_not_worse_takes_over_and_the_count_begins_anew(desk):
    before = fingerprint(desk)
    label(desk, document_ids(desk))
    done = again(desk)
    assert done.outcome == "promoted"
    assert done.macro_f1 >= done.macro_f1_before
    assert (done.sentences, done.groups) == (54, 9)
    assert "54 sentences, 9 stories" in done.why
    assert fingerprint(desk) != before
    assert again(desk).why == "0 of 1 new gold labels so far"
    assert not list(serving_folder(desk).glob("new-model-*"))


def test_a_worse_model_does_not_take_over_and_it_is_said_why(desk):
    """The reader calls everything in what is to learn from a claim, but not in the audit."""
    train(desk, recipe_name="tfidf", name="first", seed=0, examples=None)
    before = fingerprint(desk)
    streams = {each.id: each.stream for each in desk.read(Task)}
    said = [
        each
        if streams[each.task_id].startswith("audit-")
        else each.model_copy(update={"label": "claim" if n % 9 else "denial"})
        for n, each in enumerate(votes(desk, document_ids(desk)))
    ]
    desk.write(Annotation, said, command="test")
    done = again(desk)
    assert done.outcome == "not promoted"
    assert done.macro_f1 < done.macro_f1_before
    assert done.why.endswith("worse")
    assert "not worse" not in done.why
    assert fingerprint(desk) == before
    assert new_labels(desk) == 0, "the same labels are not tried again"


def test_too_small_an_audit_decides_nothing(tmp_path):
    workspace = newsroom(tmp_path / "desk", articles=20, labelled=10)
    new_labels(workspace)
    label(workspace, document_ids(workspace))
    done = again(workspace)
    assert done.outcome == "not promoted"
    assert done.why.startswith("audit-dev has 24 labelled sentences of 4 stories")
    assert done.macro_f1 is None


def test_no_label_of_audit_test_is_looked_at(desk, tmp_path):
    """With other labels there, the same model is trained and the same is decided."""
    other = newsroom(tmp_path / "other", articles=ARTICLES, labelled=15)
    new_labels(other)
    audit = {each.id for each in other.read(Task) if each.stream == "audit-test"}
    turned = {"claim": "denial", "denial": "neither", "neither": "claim"}
    label(desk, document_ids(desk))
    said = [
        each.model_copy(update={"label": turned[each.label]}) if each.task_id in audit else each
        for each in votes(other, document_ids(other))
    ]
    other.write(Annotation, said, command="test")
    one, two = again(desk), again(other)
    assert replace_time(one) == replace_time(two)
    assert one.outcome == "promoted"
    assert fingerprint(desk) == fingerprint(other)


def replace_time(done):
    return done.model_copy(update={"at": None})


def test_what_the_served_model_has_learnt_from_does_not_judge(desk):
    """A model that was trained, by hand, on articles of the audit too."""
    label(desk, document_ids(desk))
    decide_gold(desk, method="majority", seed=0)
    make_dataset(desk, seed=0, examples=None)
    found = labelled(desk, None)
    new = train(desk, recipe_name="tfidf", name="new", seed=0, examples=None)
    audit = sorted({e.group for e in found.examples if e.stream == "audit-dev"})
    spoiled = replace(
        new,
        trained=replace(
            new.trained,
            manifest=new.manifest.model_copy(update={"groups": tuple(audit[:3]), "documents": ()}),
        ),
    )
    verdict = judge(new, spoiled, found)
    assert verdict.promoted, "the same model is not worse than itself"
    assert verdict.new.groups == 6
    everything = new.manifest.model_copy(update={"groups": tuple(audit), "documents": ()})
    spoiled = replace(new, trained=replace(new.trained, manifest=everything))
    refused = judge(new, spoiled, found)
    assert not refused.promoted
    assert "0 labelled sentences" in refused.why


def test_what_was_asked_of_the_recipe_is_asked_again(desk):
    wishes = RecipeOptions(min_precision={"denial": 0.9}, weigh_votes=True)
    train(desk, recipe_name="linear", name="first", seed=3, examples=None, options=wishes)
    label(desk, document_ids(desk))
    assert again(desk).outcome == "promoted"
    made = find_model(desk, "first").manifest
    assert made.options == {"min_precision": {"denial": 0.9}, "weigh_votes": True}
    assert (made.recipe, made.seed) == ("linear", 3)


def test_without_an_audit_nothing_is_retrained(tmp_path):
    workspace = newsroom(tmp_path / "desk", articles=15)
    check_retraining(workspace, 5)
    (workspace.root / "audit.jsonl").unlink()
    with pytest.raises(ServeError, match=r"needs an audit stream.*annotate tasks --audit 20%"):
        check_retraining(workspace, 5)


def test_each_retraining_is_written_down(desk):
    first, second = again(desk), again(desk)
    keep(desk, first)
    keep(desk, second)
    path = serving_folder(desk) / "retrainings.jsonl"
    assert list(jsonl.read(path, Retraining)) == [first, second]
    assert json.loads(path.read_text("utf-8").splitlines()[0])["outcome"] == "waiting"
