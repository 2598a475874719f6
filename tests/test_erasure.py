import numpy as np
import pytest

from annotate.erasure import Word, leave_out_words
from annotate.models import recipe
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

    def __init__(self):
        self.asked = 0

    def scores(self, inputs):
        self.asked += len(inputs)
        found = np.array([0.8 if "denied" in entry.text else 0.2 for entry in inputs])
        return np.stack([found, 1 - found], axis=1)


def test_a_word_is_worth_what_the_label_loses_without_it():
    inputs = [Input("He denied it."), Input("", "denied"), Input("Denied? “denied”")]
    found = leave_out_words(CountsDenied(), inputs, ["denial", "denial", "other"])
    assert [(word.start, word.end) for word in found[0]] == [(0, 2), (3, 9), (10, 12)]
    np.testing.assert_allclose([word.fall for word in found[0]], [0, 0.8 - 0.2, 0])
    # log(.8 / .2) - log(.2 / .8) = 2 log 4; against the other label just the reverse.
    np.testing.assert_allclose([word.weight for word in found[0]], [0, 2 * np.log(4), 0])
    assert found[1] == ()
    np.testing.assert_allclose([word.weight for word in found[2]], [0, -2 * np.log(4)])


def test_a_sure_score_has_log_odds_too():
    # Both ends are held at 1e-6 from 0 and 1: 2 log((1 - 1e-6) / 1e-6)
    found = Word(0, 1, score=1.0, without=0.0)
    assert found.weight == pytest.approx(2 * np.log((1 - 1e-6) / 1e-6))


def test_texts_from_the_first_one_that_would_ask_too_much_get_no_words():
    model = CountsDenied()
    inputs = [Input("one two"), Input("one two three"), Input("one")]
    # 1 + 2 questions, then 1 + 3 more: 6 are enough for the first text alone.
    found = leave_out_words(model, inputs, ["denial"] * 3, most=6)
    assert [len(words) for words in found] == [2, 0, 0]
    assert model.asked == 3
    assert [len(w) for w in leave_out_words(model, inputs, ["denial"] * 3, most=7)] == [2, 3, 0]


def test_nothing_is_asked_about_nothing():
    model = CountsDenied()
    assert leave_out_words(model, [], []) == []
    assert leave_out_words(model, [Input("one")], ["denial"], most=1) == [()]
    assert model.asked == 0


@pytest.mark.parametrize("name", ["linear", "tfidf", "rules"])
def test_the_word_that_made_a_denial_comes_first(name):
    given = [
        Example(id=f"{label}{n}", text=TEXTS[label].format(n), label=label, group=f"g{n}")
        for n in range(6)
        for label in LABELS
    ]
    model = recipe(name).fit(given, labels=LABELS, seed=0)
    text = "The minister denied that the bridge was shut."
    (words,) = leave_out_words(model, [Input(text)], ["denial"])
    best = max(words, key=lambda word: word.weight)
    assert text[best.start : best.end] == "denied"
