import numpy as np
import pytest

from annotate.errors import ModelError
from annotate.models import recipe
from annotate.records import Example, Input


@pytest.fixture
def model():
    # three claims and one denial: shares 3/4 and 1/4
    given = [
        Example(id=str(n), text="Text.", label=label, group="g")
        for n, label in enumerate(["claim", "claim", "claim", "denial"])
    ]
    return recipe("majority").fit(given, labels=("claim", "denial", "neither"), seed=0)


def test_every_input_gets_the_shares_of_training(model):
    found = model.scores([Input("He denied it."), Input("")])
    np.testing.assert_array_equal(found, [[0.75, 0.25, 0], [0.75, 0.25, 0]])
    assert model.scores([]).shape == (0, 3)


def test_what_is_saved_scores_the_same(model, tmp_path):
    model.save(tmp_path)
    again = recipe("majority").load(tmp_path)
    assert again == model
    assert again.labels == ("claim", "denial", "neither")


def test_nothing_to_count_is_refused():
    with pytest.raises(ModelError, match="no example"):
        recipe("majority").fit([], labels=("claim",), seed=0)


@pytest.mark.parametrize("content", [None, "", "[]", '{"claim": 2}', '{"claim": 0}', "{}"])
def test_a_damaged_file_is_refused(content, tmp_path):
    if content is not None:
        (tmp_path / "majority.json").write_text(content)
    with pytest.raises(ModelError, match="Train the model again"):
        recipe("majority").load(tmp_path)


def test_an_unknown_recipe_is_refused_with_the_known_ones():
    with pytest.raises(ModelError, match=r"'lineal'\. Use one of linear, .*tfidf, rules, majority"):
        recipe("lineal")
