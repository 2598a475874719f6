import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.errors import ModelError, UnknownLabelError
from annotate.models import RecipeOptions, recipe
from annotate.models.features import reader
from annotate.models.linear import LinearRecipe
from annotate.models.sparse import matrix_of
from annotate.models.wishes import importance_of
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


def decided(model, inputs):
    return [model.labels[place] for place in model.decision.places(model.scores(inputs))]


def test_learns_what_is_plain(model):
    texts = ["The club denied the report.", "He said it would open.", "It rained for days."]
    assert decided(model, [Input(text) for text in texts]) == ["denial", "claim", "neither"]


@settings(max_examples=50, deadline=None)
@given(texts=st.lists(st.text(max_size=40), max_size=5), around=st.text(max_size=20))
def test_scores_are_a_distribution_for_any_text(model, texts, around):
    found = model.scores([Input(text, around, around, around) for text in texts])
    assert found.shape == (len(texts), 3)
    assert found.dtype == np.float64
    assert (found >= 0).all()
    np.testing.assert_allclose(found.sum(axis=1), 1)


def test_an_input_is_scored_alike_alone_and_among_many(model):
    inputs = [Input(f"The club {n} denied it.", "It was said.") for n in range(3000)]
    together = model.scores(inputs)
    alone = np.concatenate([model.scores([inputs[place]]) for place in (0, 1023, 1024, 2999)])
    np.testing.assert_allclose(together[[0, 1023, 1024, 2999]], alone, rtol=1e-6)


def test_equals_scikit_learn_on_the_matrix_of_the_same_features():
    from sklearn.linear_model import LogisticRegression

    learnt = recipe("linear").fit(examples(), labels=LABELS, seed=0)
    rows = matrix_of([one.input for one in examples()], reader()).rows
    oracle = LogisticRegression(
        C=learnt.details["c"], class_weight="balanced", solver="newton-cg", tol=1e-3
    ).fit(rows, [LABELS.index(one.label) for one in examples()])
    sums = oracle.decision_function(rows)
    wanted = learnt.calibration.probabilities(sums - sums[:, :1])
    # Weights are rounded to whole numbers of steps, 1/16383 of the largest.
    np.testing.assert_allclose(learnt.scores([o.input for o in examples()]), wanted, atol=1e-4)


@pytest.mark.parametrize("seen", [("claim", "denial"), ("neither", "claim")])
def test_a_label_that_training_never_saw_scores_zero(seen):
    found = recipe("linear").fit(examples(labels=seen), labels=LABELS, seed=0)
    inputs = [Input(TEXTS[label].format(1)) for label in seen]
    (unseen,) = set(LABELS) - set(seen)
    assert (found.scores(inputs)[:, LABELS.index(unseen)] == 0).all()
    assert decided(found, inputs) == list(seen)


def test_five_labels_are_learnt_too():
    words = {"a": "apple", "b": "bridge", "c": "cotton", "d": "danger", "e": "engine"}
    given_examples = [
        Example(id=f"{label}{n}", text=f"The {word} number {n}", label=label, group=f"g{n}")
        for n in range(8)
        for label, word in words.items()
    ]
    found = recipe("linear").fit(given_examples, labels=tuple(words), seed=0)
    assert decided(found, [Input(f"One {word}") for word in words.values()]) == list(words)


def test_context_headline_and_kind_are_looked_at():
    given_examples = [
        Example(id=f"{label}{n}", text="It is so.", label=label, group=f"g{n}", **around)
        for n in range(8)
        for label, around in (
            ("claim", {"before": "She said more."}),
            ("denial", {"title": "Mayor denies it", "kind": "caption"}),
            ("neither", {"after": "Rain fell."}),
        )
    ]
    found = recipe("linear").fit(given_examples, labels=LABELS, seed=0)
    inputs = [one.input for one in given_examples[:3]]
    assert decided(found, inputs) == ["claim", "denial", "neither"]


def test_what_is_saved_scores_the_same(model, tmp_path):
    model.save(tmp_path)
    again = recipe("linear").load(tmp_path)
    inputs = [Input(one.text) for one in examples()]
    np.testing.assert_array_equal(model.scores(inputs), again.scores(inputs))
    assert (again.labels, again.details) == (model.labels, model.details)
    assert again.decision == model.decision


def test_the_same_examples_and_seed_give_the_same_bytes(tmp_path):
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        recipe("linear").fit(examples(), labels=LABELS, seed=1).save(tmp_path / name)
    for file in ("linear.json", "weights.npz"):
        first, second = ((tmp_path / name / file).read_bytes() for name in ("first", "second"))
        assert first == second


def test_strength_is_chosen_by_groups_or_says_why_not():
    enough = recipe("linear").fit(examples(), labels=LABELS, seed=0)
    assert enough.details["c_chosen_by"].startswith("grouped 5-fold cross-validation, macro-F1")
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
    assert found.details["c_chosen_by"] == "fixed, since a label has all its examples in one fold"


@pytest.mark.parametrize(
    ("given_examples", "message"),
    [([], "these 0 have none"), (examples(labels=("claim",)), "these 6 have only 'claim'")],
)
def test_what_cannot_be_learnt_from_is_refused(given_examples, message):
    with pytest.raises(ModelError, match=message):
        recipe("linear").fit(given_examples, labels=LABELS, seed=0)


def test_a_label_out_of_the_scheme_is_refused():
    with pytest.raises(UnknownLabelError, match="Example claim0: 'claim'"):
        recipe("linear").fit(examples(), labels=("yes", "no"), seed=0)


def mixed(n=300):
    """Every third text that is put as a denial is none, of many groups."""
    return [
        Example(
            id=f"e{k}",
            text=TEXTS[put].format(k % 7),
            label="neither" if put == "denial" and k % 9 < 3 else put,
            group=f"g{k // 9}",
        )
        for k in range(n)
        for put in [LABELS[k % 3]]
    ]


def test_a_precision_that_is_asked_for_is_kept_where_it_was_settled():
    # About two of three that are put as denials are ones, so .9 is out of reach and .5 is not.
    options = RecipeOptions(min_precision={"denial": 0.9})
    strict = recipe("linear", options).fit(mixed(), labels=LABELS, seed=0)
    assert "denial" not in decided(strict, [one.input for one in mixed()])
    assert strict.decision.floors[1] == 1
    loose = recipe("linear", RecipeOptions(min_precision={"denial": 0.5}))
    found = loose.fit(mixed(), labels=LABELS, seed=0)
    assert found.metrics["precision of denial"] >= 0.5
    assert "denial" in decided(found, [one.input for one in mixed()])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"min_precision": {"denial": 1.5}}, "precision of 1.5 for denial"),
        ({"min_precision": {"rumour": 0.5}}, "No example has the label 'rumour'"),
        (
            {"min_precision": dict.fromkeys(("claim", "denial", "neither"), 0.5)},
            r"of every label that occurs \(claim, denial, neither\), so none is left",
        ),
        ({"epochs": 3}, "takes no --epochs"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(options, message):
    with pytest.raises(ModelError, match=message):
        recipe("linear", RecipeOptions(**options)).fit(mixed(), labels=LABELS, seed=0)


def test_no_precision_is_promised_where_nothing_can_be_left_out():
    asked = recipe("linear", RecipeOptions(min_precision={"denial": 0.5}))
    with pytest.raises(ModelError, match="No precision can be promised, 2 groups being too few"):
        asked.fit(examples(per_label=2), labels=LABELS, seed=0)


def test_divided_votes_count_less_where_they_are_asked_to():
    # The same sentence is a claim by three votes of three and a denial by two of three.
    said = "It was so, he told us."
    kinds = (
        (said, "claim", {"claim": 3}),
        (said, "denial", {"claim": 1, "denial": 2}),
        ("Rain fell.", "denial", {"denial": 3}),
    )
    given_examples = [
        Example(id=f"{place}-{n}", text=text, label=label, group=f"g{n}", votes=votes)
        for n in range(20)
        for place, (text, label, votes) in enumerate(kinds)
    ]
    assert importance_of(given_examples)[:3].tolist() == [1, 3 / 4, 1]
    plain, weighed = (
        recipe("linear", RecipeOptions(weigh_votes=on)).fit(given_examples, labels=LABELS, seed=0)
        for on in (None, True)
    )
    # One of two plainly, 3/4 of 7/4 = .43 weighed; regularisation keeps both near that.
    assert plain.scores([Input(said)])[0, 1] == pytest.approx(0.5, abs=0.03)
    assert weighed.scores([Input(said)])[0, 1] == pytest.approx(3 / 7, abs=0.03)


def test_rules_can_be_left_out_to_see_what_they_are_worth(model):
    from annotate.rules import Rules

    without = LinearRecipe(without=frozenset(Rules.load().ids)).fit(
        examples(), labels=LABELS, seed=0
    )
    assert len(without.plain) < len(model.plain)
    texts = ["The club denied the report.", "He said it would open.", "It rained for days."]
    assert decided(without, [Input(text) for text in texts]) == ["denial", "claim", "neither"]


def _content(**changes):
    def damage(folder):
        content = json.loads((folder / "linear.json").read_text())
        (folder / "linear.json").write_text(json.dumps(content | changes))

    return damage


def _weights(**changes):
    def damage(folder):
        arrays = dict(np.load(folder / "weights.npz"))
        changed = {name: change(arrays[name]) for name, change in changes.items()}
        np.savez(folder / "weights.npz", **(arrays | changed))

    return damage


def _truncate(folder):
    content = (folder / "weights.npz").read_bytes()
    (folder / "weights.npz").write_bytes(content[: len(content) // 2])


def _an_array_alone(folder):
    with (folder / "weights.npz").open("wb") as stream:
        np.save(stream, np.zeros(3))


@pytest.mark.parametrize(
    "damage",
    [
        _content(labels=["claim"]),
        _content(seen=[0, 1]),
        _content(seen=[0, 2, 1]),
        _content(seen=[0, 1, 3]),
        _content(shifts=[0.0]),
        _content(weights=[1.0, 1.0]),
        _content(reader="hash-0-rules"),
        _content(size=0),
        _weights(bias=lambda array: array * np.nan),
        _weights(plain=lambda array: array * np.inf),
        _weights(slots=lambda array: array[:, 1:]),
        _weights(slots=lambda array: array.astype("i4")),
        _weights(bias=lambda _: np.array([{}, {}, {}], dtype=object)),
        _truncate,
        lambda folder: (folder / "linear.json").write_text("{}"),
        lambda folder: (folder / "linear.json").unlink(),
        lambda folder: (folder / "weights.npz").unlink(),
        lambda folder: (folder / "weights.npz").write_bytes(b""),
        _an_array_alone,
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_damaged_weights_are_refused_in_one_line(model, tmp_path, damage):
    model.save(tmp_path)
    damage(tmp_path)
    with pytest.raises(ModelError, match="Train") as caught:
        recipe("linear").load(tmp_path)
    assert "\n" not in str(caught.value)
