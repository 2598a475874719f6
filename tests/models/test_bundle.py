import json
import sys

import numpy as np
import pytest

from annotate.errors import EvaluationError, ModelError, SplitError, UnknownLabelError
from annotate.models import RECIPES, load_model, save_model, train_model
from annotate.records import Example, Input
from annotate.resources import resource
from annotate.scheme import Scheme
from annotate.splits import unseen_part
from annotate.splits.sentences import sentence_digests

LABELS = ("claim", "denial", "neither")
NEURAL = {"embedding", "encoder", "ensemble"}
"""What needs more than is installed for the plain tests: tests/models/test_encoder.py."""
TEXTS = {
    "claim": "The minister said the bridge would open, source {}.",
    "denial": "The minister denied that the bridge was shut {}.",
    "neither": "It rained on the bridge for {} days.",
}


def examples(groups=10, split=None):
    return [
        Example(
            id=f"{label}{n}",
            text=TEXTS[label].format(n),
            label=label,
            group=f"g{n}",
            document_id=f"d{n}",
            split=split(n) if split else None,
        )
        for n in range(groups)
        for label in LABELS
    ]


@pytest.fixture(scope="module")
def scheme():
    return Scheme.load(resource("schemas/labels.yaml"))


@pytest.fixture
def trained(scheme):
    return train_model(examples(), recipe="linear", labels=LABELS, scheme=scheme, seed=3)


@pytest.fixture
def saved(trained, tmp_path):
    save_model(trained, tmp_path / "mine")
    return tmp_path / "mine"


def test_manifest_says_what_was_trained_on(trained, scheme):
    found = trained.manifest
    # 10 groups of 3 examples, 80 % of them for training
    assert (len(found.groups), len(found.documents), found.examples) == (8, 8, 24)
    assert found.label_counts == {"claim": 8, "denial": 8, "neither": 8}
    assert found.scheme.digest == scheme.digest
    assert found.split == "the train groups of an 80/20 split by group, seed 3"
    assert (found.recipe, found.labels, found.seed) == ("linear", LABELS, 3)
    assert found.libraries["scikit-learn"] == sys.modules["sklearn"].__version__
    assert "torch" not in found.libraries


def test_only_the_train_split_is_trained_on():
    given = examples(split=lambda n: "train" if n < 4 else "test")
    found = train_model(given, recipe="linear", labels=LABELS, scheme=None, seed=0).manifest
    assert found.groups == ("g0", "g1", "g2", "g3")
    assert found.scheme is None


def test_no_train_split_is_refused():
    with pytest.raises(SplitError, match="train"):
        train_model(
            examples(split=lambda _: "test"), recipe="linear", labels=LABELS, scheme=None, seed=0
        )


def test_what_was_held_back_can_be_scored_on_and_nothing_else(trained):
    unseen = unseen_part(examples(), trained.manifest)
    assert {one.group for one in unseen}.isdisjoint(trained.manifest.groups)
    assert len(unseen) == 6
    seen = [one for one in examples() if one.group in trained.manifest.groups]
    with pytest.raises(EvaluationError, match="trained on every group"):
        unseen_part(seen, trained.manifest)


def test_order_of_examples_leaves_the_data_digest_alone():
    first, second = (
        train_model(given, recipe="majority", labels=LABELS, scheme=None, seed=0).manifest
        for given in (examples(), examples()[::-1])
    )
    assert first.data_sha256 == second.data_sha256
    other = train_model(examples(9), recipe="majority", labels=LABELS, scheme=None, seed=0)
    assert other.manifest.data_sha256 != first.data_sha256


@pytest.mark.parametrize("recipe", [name for name in RECIPES if name not in NEURAL])
def test_a_saved_model_loads_and_scores_the_same(recipe, tmp_path, scheme):
    made = train_model(examples(), recipe=recipe, labels=LABELS, scheme=scheme, seed=0)
    written = save_model(made, tmp_path / "m")
    loaded = load_model(tmp_path / "m", labels=LABELS[::-1], scheme=scheme)
    assert loaded.manifest == written.manifest
    inputs = [Input(one.text) for one in examples()]
    np.testing.assert_array_equal(loaded.model.scores(inputs), made.model.scores(inputs))


def test_a_saved_model_knows_the_sentences_that_it_was_trained_on(saved):
    loaded = load_model(saved)
    # 8 of 10 groups with 3 sentences each, all different
    assert len(loaded.sentences()) == 24
    inside = [e for e in examples() if e.group in loaded.manifest.groups]
    assert sorted(sentence_digests(inside)) == loaded.sentences().tolist()
    save_model(loaded, saved)
    assert load_model(saved).manifest.files == loaded.manifest.files


def test_a_model_of_before_sentences_were_kept_is_taken_as_it_is(saved):
    content = json.loads((saved / "manifest.json").read_text(encoding="utf-8"))
    del content["files"]["sentences.npz"]
    _manifest(files=content["files"])(saved)
    (saved / "sentences.npz").unlink()
    assert len(load_model(saved).sentences()) == 0


def test_saving_replaces_the_folder_and_leaves_nothing_beside_it(saved, tmp_path, scheme):
    other = train_model(examples(), recipe="majority", labels=LABELS, scheme=scheme, seed=0)
    save_model(other, saved)
    names = sorted(path.name for path in saved.iterdir())
    assert names == ["README.md", "majority.json", "manifest.json", "sentences.npz"]
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_card_holds_real_numbers_and_no_path(saved, tmp_path):
    card = (saved / "README.md").read_text(encoding="utf-8")
    assert "# mine" in card
    assert "24 examples from 8 articles in 8 groups" in card
    assert "| denial | 8 |" in card
    assert "Labels with fewer than 50 examples: claim (8), denial (8), neither (8)" in card
    assert str(tmp_path) not in card


def test_card_and_manifest_say_what_cross_validation_inside_the_training_found(saved):
    manifest = load_model(saved).manifest
    assert manifest.metrics["macro-F1"] == 1
    assert manifest.metrics["recall of denial"] == 1
    assert set(manifest.thresholds) == set(LABELS)
    card = (saved / "README.md").read_text(encoding="utf-8")
    assert "left out of the training in turn: macro-F1 1.000" in card
    assert "| denial | 1.000 | 1.000 |" in card
    assert "were calibrated on sentences left out" in card


def test_a_card_without_figures_says_so(tmp_path):
    made = train_model(examples(), recipe="tfidf", labels=LABELS, scheme=None, seed=0)
    save_model(made, tmp_path / "plain")
    card = (tmp_path / "plain" / "README.md").read_text(encoding="utf-8")
    assert "No score stands here" in card
    assert "not calibrated" in card


def test_an_edited_card_is_fine(saved):
    (saved / "README.md").write_text("My notes.", encoding="utf-8")
    (saved / ".DS_Store").write_bytes(b"\0")
    assert load_model(saved).manifest.examples == 24


def _add_pickle(folder):
    (folder / "extra.pkl").write_bytes(b"cos\nsystem\n(S'echo'\ntR.")


def _flip_a_byte(folder):
    content = bytearray((folder / "weights.npz").read_bytes())
    content[len(content) // 2] ^= 1
    (folder / "weights.npz").write_bytes(content)


def _truncate(folder):
    content = (folder / "weights.npz").read_bytes()
    (folder / "weights.npz").write_bytes(content[:100])


def _manifest(**changes):
    """What a manifest without a digest of its own may hold: one of before, or a forged one."""

    def change(folder):
        content = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        del content["manifest_sha256"]
        (folder / "manifest.json").write_text(json.dumps(content | changes), encoding="utf-8")

    return change


@pytest.mark.parametrize("fact", ["groups", "documents"])
def test_what_a_model_knows_cannot_be_edited_away(saved, fact):
    path = saved / "manifest.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(content, sort_keys=True), encoding="utf-8")
    assert load_model(saved).manifest.groups
    path.write_text(json.dumps(content | {fact: content[fact][1:]}), encoding="utf-8")
    with pytest.raises(ModelError, match=r"manifest\.json is not what the training wrote"):
        load_model(saved)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_add_pickle, "extra.pkl does not belong"),
        (_flip_a_byte, "weights.npz is not what the training wrote"),
        (_truncate, "weights.npz is not what the training wrote"),
        (lambda folder: (folder / "weights.npz").unlink(), "weights.npz is missing"),
        (lambda folder: (folder / "manifest.json").unlink(), "no model there"),
        (lambda folder: (folder / "manifest.json").write_text('{"for'), "manifest.json: Invalid"),
        (_manifest(format=2), "another format"),
        (_manifest(surprise=1), "surprise"),
        (_manifest(recipe="oracle"), "no recipe 'oracle'"),
        (_manifest(recipe="majority"), "majority.json: no such file"),
        (_manifest(labels=["yes", "no"]), "other labels than its manifest"),
        (_manifest(files={"../weights.npz": "0" * 64}), "is missing"),
    ],
)
def test_a_damaged_folder_is_refused_in_one_line(saved, damage, message):
    damage(saved)
    with pytest.raises(ModelError, match=message) as caught:
        load_model(saved)
    assert "\n" not in str(caught.value)


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(ModelError, match="no model there"):
        load_model(tmp_path / "nowhere")


def test_another_label_set_is_refused(saved):
    with pytest.raises(ModelError, match="for the labels claim, denial, neither, not for yes, no"):
        load_model(saved, labels=("yes", "no"))


def test_another_version_of_the_scheme_is_refused(saved, scheme):
    newer = scheme.model_copy(update={"version": "2.0"})
    with pytest.raises(ModelError, match=r"scheme claim-denial 1\.0, not with claim-denial 2\.0"):
        load_model(saved, scheme=newer)


def test_unknown_labels_are_refused(scheme):
    with pytest.raises(UnknownLabelError, match="'maybe' is not in the scheme"):
        train_model(examples(), recipe="linear", labels=(*LABELS, "maybe"), scheme=scheme, seed=0)
    with pytest.raises(UnknownLabelError, match="Example denial0: 'denial'"):
        train_model(examples(), recipe="linear", labels=("claim", "neither"), scheme=None, seed=0)
