import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from annotate.errors import ModelError
from annotate.models.estimator import LinearClassifier
from annotate.records import Input

TEXTS = {
    "claim": "The minister said the bridge would open, source {}.",
    "denial": "The minister denied that the bridge was shut {}.",
    "neither": "It rained on the bridge for {} days.",
}
PAIRS = [(text.format(n), label) for n in range(12) for label, text in TEXTS.items()]
X = [text for text, _ in PAIRS]
Y = np.array([label for _, label in PAIRS])
GROUPS = np.repeat(np.arange(12), 3)


def test_learns_and_labels_texts():
    model = LinearClassifier(random_state=0).fit(X, Y, groups=GROUPS)
    assert model.classes_.tolist() == ["claim", "denial", "neither"]
    assert model.predict(["The club denied it.", "She said so."]).tolist() == ["denial", "claim"]
    np.testing.assert_allclose(model.predict_proba(X).sum(axis=1), 1)
    assert model.score(X, Y) == 1


def test_context_is_taken_and_numbers_may_be_labels():
    inputs = [Input("So it is.", before=text) for text in X]
    numbers = np.where(Y == "denial", 1, 0)
    model = LinearClassifier(random_state=0).fit(inputs, numbers, groups=GROUPS)
    assert model.predict(inputs).tolist() == numbers.tolist()


def test_clone_keeps_the_settings_and_nothing_learnt():
    model = LinearClassifier(C=2.0, random_state=3).fit(X, Y)
    copy = clone(model)
    assert copy.get_params() == model.get_params()
    with pytest.raises(NotFittedError):
        copy.predict(X)


def test_the_same_random_state_gives_the_same_model():
    first, second = (LinearClassifier(random_state=5).fit(X, Y).predict_proba(X) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_cross_validation_by_groups():
    found = cross_val_score(
        LinearClassifier(random_state=0), X, Y, groups=GROUPS, cv=GroupKFold(3), error_score="raise"
    )
    assert found.tolist() == [1, 1, 1]


def test_grid_search_in_a_pipeline():
    pipeline = make_pipeline(FunctionTransformer(), LinearClassifier(random_state=0))
    search = GridSearchCV(
        pipeline, {"linearclassifier__C": [0.5, 4.0]}, cv=GroupKFold(3), error_score="raise"
    )
    search.fit(X, Y, groups=GROUPS)
    assert search.best_score_ == 1
    assert search.predict(["The club denied it."]).tolist() == ["denial"]


def test_a_weight_is_as_good_as_so_many_copies():
    # Two copies of each denial, or each denial with weight 2; C given and no fold to settle by.
    groups = np.zeros(len(X))
    doubled = np.repeat(np.arange(len(X)), np.where(Y == "denial", 2, 1))
    copies = LinearClassifier(C=4.0).fit(
        [X[n] for n in doubled], Y[doubled], groups=groups[doubled]
    )
    weighted = LinearClassifier(C=4.0).fit(
        X, Y, groups=groups, sample_weight=np.where(Y == "denial", 2.0, 1.0)
    )
    assert weighted.predict(X).tolist() == copies.predict(X).tolist()
    unweighted = LinearClassifier(C=4.0).fit(X, Y, groups=groups)
    assert not np.allclose(weighted.predict_proba(X), unweighted.predict_proba(X))


@pytest.mark.parametrize(("texts", "labels"), [(X[:2], Y[:3]), (X[:1], Y[:1]), ([], [])])
def test_what_cannot_be_learnt_from_is_refused(texts, labels):
    with pytest.raises((ModelError, ValueError)):
        LinearClassifier().fit(texts, labels)
