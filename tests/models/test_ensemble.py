import json
from dataclasses import replace

import numpy as np
import pytest

from annotate.errors import ModelError
from annotate.models import RecipeOptions, load_model, save_model, train_model
from annotate.models import recipe as make_recipe
from annotate.records import Example, Input

pytest.importorskip("torch")
pytestmark = pytest.mark.neural

LABELS = ("claim", "denial", "neither")
TEXTS = {
    "claim": "The minister said that the bridge would open, source {}.",
    "denial": "The minister denied that the bridge was shut {}.",
    "neither": "It rained on the bridge for {} days.",
}


def examples(groups=16, labels=LABELS):
    return [
        Example(id=f"{label}{n}", text=TEXTS[label].format(n), label=label, group=f"g{n}")
        for n in range(groups)
        for label in labels
    ]


@pytest.fixture(scope="module")
def options(tiny):
    return RecipeOptions(encoder=str(tiny), epochs=4, learning_rate=5e-3, batch_size=8)


@pytest.fixture(scope="module")
def model(options):
    return make_recipe("ensemble", options).fit(examples(), labels=LABELS, seed=0)


def inputs():
    return [one.input for one in examples()]


def test_learns_what_is_plain(model):
    places = model.decision.places(model.scores(inputs()))
    right = [
        model.labels[place] == one.label for place, one in zip(places, examples(), strict=True)
    ]
    assert np.mean(right) > 0.9


def test_its_members_are_what_their_own_recipes_give(model, options):
    linear = make_recipe("linear").fit(examples(), labels=LABELS, seed=0)
    encoder = make_recipe("encoder", options).fit(examples(), labels=LABELS, seed=0)
    np.testing.assert_array_equal(model.linear.scores(inputs()), linear.scores(inputs()))
    np.testing.assert_array_equal(model.encoder.scores(inputs()), encoder.scores(inputs()))


def test_scores_follow_from_the_mean_of_the_logarithms(model):
    found = model.scores([*inputs(), Input("")])
    np.testing.assert_allclose(found.sum(axis=1), 1)
    logs = np.log(np.maximum(model.linear.scores([Input("")]), 1e-6))
    logs = (logs + np.log(np.maximum(model.encoder.scores([Input("")]), 1e-6))) / 2
    powers = np.exp(model.known.slope * logs + np.array(model.known.shifts))
    np.testing.assert_allclose(found[-1:], powers / powers.sum(), rtol=1e-5)


def test_several_trainings_settle_it_on_all_their_parts(options):
    twice = replace(options, trainings=2)
    found = make_recipe("ensemble", twice).fit(examples(), labels=LABELS, seed=0)
    assert len(found.encoder.encoders) == 2
    assert found.details["validation"] == "12 of 48 examples, by group"
    places = found.decision.places(found.scores(inputs()))
    right = [LABELS[place] == one.label for place, one in zip(places, examples(), strict=True)]
    assert np.mean(right) > 0.9


def test_details_tell_its_members_apart(model):
    told = model.details
    assert (told["class_weight"], told["linear_class_weight"]) == ("square root", "balanced")
    assert told["calibration"] == f"slope {model.known.slope:.3f}, on the validation part"
    assert told["linear_calibration"] == model.linear.details["calibration"]


def test_a_label_that_training_never_saw_scores_zero(options):
    given = examples(8, labels=("claim", "neither"))
    found = make_recipe("ensemble", options).fit(given, labels=LABELS, seed=0)
    scores = found.scores(inputs())
    assert (scores[:, 1] == 0).all()
    np.testing.assert_allclose(scores.sum(axis=1), 1)


def test_a_saved_model_loads_and_scores_the_same(options, tmp_path):
    made = train_model(
        examples(), recipe="ensemble", labels=LABELS, scheme=None, seed=0, options=options
    )
    save_model(made, tmp_path / "mine")
    loaded = load_model(tmp_path / "mine").model
    np.testing.assert_array_equal(loaded.scores(inputs()), made.model.scores(inputs()))
    assert (loaded.decision, loaded.details) == (made.model.decision, made.model.details)
    (tmp_path / "mine" / "linear" / "weights.npz").write_bytes(b"")
    with pytest.raises(ModelError, match="linear is not what the training wrote"):
        load_model(tmp_path / "mine")


def test_members_that_do_not_belong_together_are_refused(model, tmp_path):
    model.save(tmp_path)
    path = tmp_path / "neural" / "encoder.json"
    content = json.loads(path.read_text())
    path.write_text(json.dumps(content | {"labels": ["a", "b", "c"]}))
    with pytest.raises(ModelError, match="different labels"):
        make_recipe("ensemble").load(tmp_path)
