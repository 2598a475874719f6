import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.errors import ModelError, UnknownLabelError
from annotate.models import recipe
from annotate.records import Example, Input

LABELS = ("claim", "denial", "neither")
TEXTS = {
    "claim": "The minister said the bridge would open, source {}.",
    "denial": "The minister denied that the bridge was shut {}.",
    "neither": "It rained on the bridge for {} days.",
}


def examples(per_label=6, labels=LABELS):
    return [
        Example(id=f"{label}{n}", text=TEXTS[label].format(n), label=label, group=f"g{n}")
        for n in range(per_label)
        for label in labels
    ]


@pytest.fixture(scope="module")
def model():
    return recipe("linear").fit(examples(), labels=LABELS, seed=0)


def test_learns_what_is_plain(model):
    texts = ["The club denied the report.", "He said it would open.", "It rained for days."]
    found = model.scores([Input(text) for text in texts])
    assert [model.labels[place] for place in found.argmax(axis=1)] == ["denial", "claim", "neither"]


@settings(max_examples=50, deadline=None)
@given(texts=st.lists(st.text(max_size=40), max_size=5))
def test_scores_are_a_distribution_for_any_text(model, texts):
    found = model.scores([Input(text) for text in texts])
    assert found.shape == (len(texts), 3)
    assert found.dtype == np.float64
    assert (found >= 0).all()
    np.testing.assert_allclose(found.sum(axis=1), 1)


def test_an_input_is_scored_alike_alone_and_among_many(model):
    inputs = [Input(f"The club {n} denied it.") for n in range(5000)]
    together = model.scores(inputs)
    np.testing.assert_allclose(together[[0, 4999]], model.scores([inputs[0], inputs[4999]]))


def test_equals_scikit_learn_on_the_same_features():
    from sklearn.linear_model import LogisticRegression

    learnt = recipe("linear").fit(examples(), labels=LABELS, seed=0)
    texts = [one.text for one in examples()]
    matrix = learnt.ngrams.matrix(texts).astype(np.float64)
    oracle = LogisticRegression(
        C=learnt.details["c"], class_weight="balanced", solver="newton-cg", max_iter=1000
    ).fit(matrix, [one.label for one in examples()])
    ours = learnt.scores([Input(text) for text in texts])
    np.testing.assert_allclose(ours, oracle.predict_proba(matrix), atol=1e-5)


@pytest.mark.parametrize("seen", [("claim", "denial"), ("neither", "claim")])
def test_a_label_that_training_never_saw_scores_zero(seen):
    found = recipe("linear").fit(examples(labels=seen), labels=LABELS, seed=0)
    scores = found.scores([Input(TEXTS[label].format(1)) for label in seen])
    (unseen,) = set(LABELS) - set(seen)
    assert (scores[:, LABELS.index(unseen)] == 0).all()
    assert [LABELS[place] for place in scores.argmax(axis=1)] == list(seen)


def test_what_is_saved_scores_the_same(model, tmp_path):
    model.save(tmp_path)
    again = recipe("linear").load(tmp_path)
    inputs = [Input(one.text) for one in examples()]
    np.testing.assert_array_equal(model.scores(inputs), again.scores(inputs))
    assert (again.labels, again.details) == (model.labels, model.details)


def test_the_same_examples_and_seed_give_the_same_bytes(tmp_path):
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        recipe("linear").fit(examples(), labels=LABELS, seed=1).save(tmp_path / name)
    for file in ("linear.json", "weights.npz"):
        first, second = ((tmp_path / name / file).read_bytes() for name in ("first", "second"))
        assert first == second


def test_strength_is_chosen_by_groups_or_says_why_not():
    enough = recipe("linear").fit(examples(), labels=LABELS, seed=0)
    assert enough.details["c_chosen_by"].startswith("grouped 3-fold cross-validation, macro-F1")
    assert enough.details["c"] in {1, 4, 16}
    few = recipe("linear").fit(examples(per_label=2), labels=LABELS, seed=0)
    assert few.details["c_chosen_by"] == "fixed, 2 groups being too few for 3 folds"


def test_groups_of_one_label_each_leave_the_strength_fixed():
    # Three groups; without g2 nothing but claims is left to learn from.
    mixed = [
        Example(id=f"e{n}", text=TEXTS[label].format(n), label=label, group=group)
        for n, (label, group) in enumerate([("claim", "g0"), ("claim", "g1"), ("denial", "g2")])
    ]
    found = recipe("linear").fit(mixed, labels=LABELS, seed=0)
    assert found.details["c_chosen_by"].startswith("fixed, since")


@pytest.mark.parametrize(
    ("given_examples", "message"),
    [
        ([], "these 0 have none"),
        (examples(labels=("claim",)), "these 6 have only 'claim'"),
        (
            [
                Example(id="1", text="a", label="claim", group="a"),
                Example(id="2", text="b", label="denial", group="b"),
            ],
            "occurs in 2 of the 2 texts",
        ),
    ],
)
def test_what_cannot_be_learnt_from_is_refused(given_examples, message):
    with pytest.raises(ModelError, match=message):
        recipe("linear").fit(given_examples, labels=LABELS, seed=0)


def test_a_label_out_of_the_scheme_is_refused():
    with pytest.raises(UnknownLabelError, match="Example claim0: 'claim'"):
        recipe("linear").fit(examples(), labels=("yes", "no"), seed=0)


def _drop_terms(folder):
    content = json.loads((folder / "linear.json").read_text())
    content["terms"]["words"] = content["terms"]["words"][1:]
    (folder / "linear.json").write_text(json.dumps(content))


def _twice(folder):
    content = json.loads((folder / "linear.json").read_text())
    content["terms"]["words"][0] = content["terms"]["words"][1]
    (folder / "linear.json").write_text(json.dumps(content))


def _more_labels(folder):
    content = json.loads((folder / "linear.json").read_text())
    (folder / "linear.json").write_text(json.dumps(content | {"labels": ["claim"]}))


def _not_a_number(folder):
    arrays = dict(np.load(folder / "weights.npz"))
    np.savez(folder / "weights.npz", **(arrays | {"bias": arrays["bias"] * np.nan}))


def _objects(folder):
    arrays = dict(np.load(folder / "weights.npz"))
    np.savez(folder / "weights.npz", **(arrays | {"bias": np.array([{}, {}], dtype=object)}))


def _truncate(folder):
    content = (folder / "weights.npz").read_bytes()
    (folder / "weights.npz").write_bytes(content[: len(content) // 2])


def _an_array_alone(folder):
    with (folder / "weights.npz").open("wb") as stream:
        np.save(stream, np.zeros(3))


@pytest.mark.parametrize(
    "damage",
    [
        _drop_terms,
        _twice,
        _more_labels,
        _not_a_number,
        _objects,
        _truncate,
        lambda folder: (folder / "linear.json").write_text("{}"),
        lambda folder: (folder / "linear.json").unlink(),
        lambda folder: (folder / "weights.npz").unlink(),
        lambda folder: (folder / "weights.npz").write_bytes(b""),
        _an_array_alone,
    ],
)
def test_damaged_weights_are_refused_in_one_line(model, tmp_path, damage):
    model.save(tmp_path)
    damage(tmp_path)
    with pytest.raises(ModelError, match="Train") as caught:
        recipe("linear").load(tmp_path)
    assert "\n" not in str(caught.value)
