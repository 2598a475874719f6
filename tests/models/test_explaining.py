import numpy as np
import pytest

from annotate.models import recipe
from annotate.models.explaining import explain
from annotate.records import Example, Input

LABELS = ("claim", "denial", "neither")
TEXTS = {
    "claim": "The minister said the bridge would open, source {}.",
    "denial": "The minister denied that the bridge was shut {}.",
    "neither": "It rained on the bridge for {} days.",
}


class CountsDenied:
    """The score of a denial is 0.2, with the word 0.8."""

    labels = ("denial", "other")

    def scores(self, inputs):
        found = np.array([0.8 if "denied" in entry.text else 0.2 for entry in inputs])
        return np.stack([found, 1 - found], axis=1)


def test_a_word_weighs_what_the_log_odds_lose_without_it():
    inputs = [Input("He denied it."), Input("", "denied"), Input("Denied? “denied”")]
    found = explain(CountsDenied(), inputs, labels=["denial", "denial", "other"])
    # log(.8 / .2) - log(.2 / .8) = 2 log 4; against the other label just the reverse.
    weights = [[reason.weight for reason in reasons] for reasons in found]
    np.testing.assert_allclose(weights[0], [0, 2 * np.log(4), 0, 0], atol=1e-12)
    assert weights[1] == []
    np.testing.assert_allclose(weights[2], [0, 0, 0, -2 * np.log(4), 0], atol=1e-12)
    spans = [(reason.start, reason.end) for reason in found[0]]
    assert spans == [
        (0, 2),
        (3, 9),
        (10, 12),
        (12, 13),
    ]


def test_nothing_is_explained_of_nothing():
    assert explain(CountsDenied(), [], labels=[]) == []


@pytest.mark.parametrize("name", ["linear", "tfidf", "rules"])
def test_the_word_that_made_a_denial_comes_first(name):
    given = [
        Example(id=f"{label}{n}", text=TEXTS[label].format(n), label=label, group=f"g{n}")
        for n in range(6)
        for label in LABELS
    ]
    model = recipe(name).fit(given, labels=LABELS, seed=0)
    text = "The minister denied that the bridge was shut."
    (reasons,) = explain(model, [Input(text)], labels=["denial"])
    best = max(reasons, key=lambda reason: reason.weight)
    assert text[best.start : best.end] == "denied"
