import json
import shutil

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


def examples(groups=10, labels=LABELS):
    return [
        Example(id=f"{label}{n}", text=TEXTS[label].format(n), label=label, group=f"g{n}")
        for n in range(groups)
        for label in labels
    ]


def inputs():
    return [one.input for one in examples()]


@pytest.fixture(scope="module")
def model(tiny):
    return make_recipe("embedding", RecipeOptions(encoder=str(tiny))).fit(
        examples(), labels=LABELS, seed=0
    )


def trained(encoder, **options):
    return train_model(
        examples(),
        recipe="embedding",
        labels=LABELS,
        scheme=None,
        seed=0,
        options=RecipeOptions(encoder=str(encoder), **options),
    )


def test_learns_what_is_plain(model):
    places = model.decision.places(model.scores(inputs()))
    assert [LABELS[place] for place in places] == [one.label for one in examples()]


def test_scores_are_a_distribution_and_alike_alone_and_among_many(model):
    many = [*inputs(), Input(""), Input("ß" * 5000)]
    found = model.scores(many)
    np.testing.assert_allclose(found.sum(axis=1), 1)
    np.testing.assert_allclose(found[[0, -1]], model.scores([many[0], many[-1]]), atol=1e-5)
    assert model.scores([]).shape == (0, 3)


def test_both_the_words_and_the_vector_count(model):
    sums = model.linear.sums(inputs())
    assert np.ptp(sums, axis=0).max() > 0.1
    assert np.abs(model.weights).max() > 1e-3
    assert model.weights.shape == (32, 2)


@pytest.mark.parametrize("seen", [("claim", "denial"), ("neither", "claim")])
def test_a_label_that_training_never_saw_scores_zero(tiny, seen):
    recipe = make_recipe("embedding", RecipeOptions(encoder=str(tiny)))
    found = recipe.fit(examples(labels=seen), labels=LABELS, seed=0)
    (unseen,) = set(LABELS) - set(seen)
    assert (found.scores(inputs())[:, LABELS.index(unseen)] == 0).all()


@pytest.mark.parametrize("kept", [True, False])
def test_a_saved_model_loads_and_scores_the_same(tiny, tmp_path, kept):
    made = trained(tiny, keep_encoder=kept)
    save_model(made, tmp_path / "mine")
    loaded = load_model(tmp_path / "mine").model
    np.testing.assert_array_equal(loaded.scores(inputs()), made.model.scores(inputs()))
    assert (loaded.decision, loaded.labels) == (made.model.decision, made.model.labels)
    assert (tmp_path / "mine" / "encoder").exists() == kept
    assert made.manifest.details["encoder_kept"] is kept
    assert len(made.manifest.details["encoder_sha256"]) == 64


def test_a_model_whose_encoder_is_elsewhere_says_what_is_missing(tiny, tmp_path):
    moving = tmp_path / "encoder"
    shutil.copytree(tiny, moving)
    save_model(trained(moving, keep_encoder=False), tmp_path / "mine")
    config = json.loads((moving / "config.json").read_text())
    (moving / "config.json").write_text(json.dumps(config | {"layer_norm_eps": 1e-3}))
    with pytest.raises(ModelError, match="not the one that the model was trained with"):
        load_model(tmp_path / "mine")
    shutil.rmtree(moving)
    with pytest.raises(ModelError, match=r"There is no folder .*hf download") as caught:
        load_model(tmp_path / "mine")
    assert "\n" not in str(caught.value)


def test_weights_that_do_not_fit_the_encoder_are_refused(model, tmp_path):
    from annotate.models.arrays import write_arrays

    model.save(tmp_path)
    write_arrays(tmp_path / "vectors.npz", {"weights": np.zeros((31, 2), dtype=np.float32)})
    with pytest.raises(ModelError, match=r"vectors\.npz does not fit"):
        make_recipe("embedding").load(tmp_path)


def test_options_of_the_training_of_an_encoder_are_refused(tiny):
    with pytest.raises(ModelError, match="The recipe embedding takes no --epochs"):
        make_recipe("embedding", RecipeOptions(encoder=str(tiny), epochs=3))
    with pytest.raises(ModelError, match="The recipe encoder takes no --keep-encoder"):
        make_recipe("encoder", RecipeOptions(keep_encoder=False))
