import json

import numpy as np
import pytest

from annotate.errors import ModelError
from annotate.models import recipe
from annotate.records import Example, Input

LABELS = ("claim", "denial", "neither")
TEXTS = {
    "claim": "The minister said the bridge would open, source {}.",
    "denial": "The minister denied that the bridge was shut {}.",
    "neither": "It rained on the bridge for {} days.",
}


def examples(labels=LABELS, texts=TEXTS):
    return [
        Example(id=f"{label}{n}", text=texts[label].format(n), label=label, group=f"g{n}")
        for n in range(6)
        for label in labels
    ]


@pytest.fixture(scope="module")
def model():
    return recipe("tfidf").fit(examples(), labels=LABELS, seed=0)


def test_equals_the_pipeline_that_anybody_would_write(model):
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    texts, labels = [one.text for one in examples()], [one.label for one in examples()]
    theirs = make_pipeline(
        TfidfVectorizer(), LogisticRegression(class_weight="balanced", max_iter=1000)
    )
    wanted = theirs.fit(texts, labels).predict_proba([*texts, "unheard of", ""])
    ours = model.scores([*(one.input for one in examples()), Input("unheard of"), Input("")])
    np.testing.assert_allclose(ours, wanted, rtol=1e-9)
    assert model.scores([]).shape == (0, 3)


def test_two_labels_equal_scikit_learn_too_and_a_third_scores_zero():
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    given = examples(labels=("claim", "neither"))
    matrix = TfidfVectorizer().fit_transform([one.text for one in given])
    theirs = LogisticRegression(class_weight="balanced").fit(matrix, [one.label for one in given])
    ours = recipe("tfidf").fit(given, labels=LABELS, seed=0).scores([one.input for one in given])
    np.testing.assert_allclose(ours[:, [0, 2]], theirs.predict_proba(matrix), rtol=1e-9)
    assert (ours[:, 1] == 0).all()


def test_what_is_saved_scores_the_same(model, tmp_path):
    model.save(tmp_path)
    again = recipe("tfidf").load(tmp_path)
    inputs = [one.input for one in examples()]
    np.testing.assert_array_equal(model.scores(inputs), again.scores(inputs))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([], "have none"),
        (examples(labels=("claim",)), "have only 'claim'"),
        (examples(texts=dict.fromkeys(LABELS, "!")), "No word stands in the 18 texts"),
    ],
)
def test_what_cannot_be_learnt_from_is_refused(given, message):
    with pytest.raises(ModelError, match=message):
        recipe("tfidf").fit(given, labels=LABELS, seed=0)


def _terms(change):
    def damage(folder):
        content = json.loads((folder / "tfidf.json").read_text())
        change(content["terms"])
        (folder / "tfidf.json").write_text(json.dumps(content))

    return damage


def _weights(**changes):
    def damage(folder):
        arrays = dict(np.load(folder / "weights.npz"))
        np.savez(folder / "weights.npz", **(arrays | {k: v(arrays[k]) for k, v in changes.items()}))

    return damage


@pytest.mark.parametrize(
    "damage",
    [
        _terms(lambda terms: terms.pop()),
        _terms(lambda terms: terms.__setitem__(0, terms[1])),
        _weights(idf=lambda a: a * np.nan),
        _weights(bias=lambda a: a + np.inf),
        _weights(weights=lambda a: a[:2]),
        _weights(weights=lambda a: a.astype("f4")),
        _weights(bias=lambda _: np.array([{}, {}], dtype=object)),
        lambda folder: (folder / "tfidf.json").write_text("{}"),
        lambda folder: (folder / "tfidf.json").unlink(),
        lambda folder: (folder / "weights.npz").unlink(),
        lambda folder: (folder / "weights.npz").write_bytes(b"PK"),
    ],
)
def test_damaged_weights_are_refused_in_one_line(model, tmp_path, damage):
    model.save(tmp_path)
    damage(tmp_path)
    with pytest.raises(ModelError, match="Train") as caught:
        recipe("tfidf").load(tmp_path)
    assert "\n" not in str(caught.value)
