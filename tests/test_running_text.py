"""Articles as running text say of each sentence what the sentence and its context say alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.models import recipe
from annotate.records import Example, Input
from annotate.rules import Rules
from annotate.running_text import RunningText
from annotate.segments import load_segmenter
from annotate.tasks import build_tasks
from annotate.tasks.building import divide
from annotate.text import normalise
from strategies import TEXTS, document

SEGMENT = load_segmenter("news", language="en")
LABELS = ("claim", "denial", "neither")
RULES = Rules.load()
# What reads otherwise at the edge of a sentence: single marks, no blank, odd blanks, long lines.
PIECES = st.sampled_from(
    [
        "The mayor denied it. ", "“It is shut,” she said. ", "“Who?\n", "'", "’ he said. ",
        "''No.'' ", "'Yes,' he said.", "No.Then ", "He said so.\u2028They did not. ", "\u3000",
        "\u00a0", "\n", 'He said: "It never leaked. ', 'It did."\n', "It did not. ", "(AP) ",
        "👩\u200d👩\u200d👧 ", "Zoe\u0308 denies. ", "x" * 9000 + ". ",
        "That tank leaked, the report said. ", "No tank had leaked, it said. ",
    ]
)  # fmt: skip
ARTICLES = st.lists(
    st.tuples(
        st.lists(PIECES, min_size=1, max_size=12).map("".join) | TEXTS,
        st.none() | TEXTS | st.just("Tank leaked, report says"),
    ),
    max_size=4,
)
AROUND = st.sampled_from([(2, 1), (0, 0), (1, 3), (5, 0)])


@pytest.fixture(scope="module")
def model():
    texts = {
        "claim": "The {} said the bridge would open, he said.",
        "denial": "The {} denied that the bridge was shut.",
        "neither": "It rained on the {} for days.",
    }
    examples = [
        Example(
            id=f"{label}{n}", text=text.format(word), label=label, group=word,
            before="A report said so." if n % 2 else "", title="Bridge open" if n % 3 else None,
        )
        for label, text in texts.items()
        for n, word in enumerate(["mayor", "club", "bridge", "tank", "report", "minister"])
    ]  # fmt: skip
    return recipe("linear").fit(examples, labels=LABELS, seed=0)


def documents(articles):
    texts = [(normalise(text).strip().text, title) for text, title in articles]
    return [document(text, title=title) for text, title in texts if text]


def running(found, around=(2, 1)):
    divided = [divide(each, segment=SEGMENT) for each in found]
    return RunningText.of(divided, before=around[0], after=around[1])


def alone(found, around=(2, 1)):
    before, after = around
    return [
        task.as_input(each.title)
        for each in found
        for task in build_tasks(each, segment=SEGMENT, before=before, after=after)
    ]


@given(ARTICLES, AROUND)
def test_is_the_sequence_of_what_a_model_may_look_at(articles, around):
    found = documents(articles)
    text = running(found, around)
    assert list(text) == alone(found, around)
    assert text[:] == alone(found, around)


@settings(deadline=None)
@given(ARTICLES, AROUND)
def test_rules_say_what_they_say_of_each_sentence_alone(articles, around):
    found = documents(articles)
    inputs = alone(found, around)
    if inputs:
        together, apart = RULES.cues(running(found, around)), RULES.cues(inputs)
        np.testing.assert_array_equal(together.fired, apart.fired)
        np.testing.assert_array_equal(together.deciding, apart.deciding)


@settings(deadline=None)
@given(ARTICLES, AROUND)
def test_linear_scores_are_those_of_each_sentence_alone(model, articles, around):
    found = documents(articles)
    scores = model.scores(running(found, around))
    wanted = model.scores(alone(found, around))
    assert scores.shape == wanted.shape
    # Float32 products are summed in another order where a batch has another size.
    np.testing.assert_allclose(scores, wanted, atol=1e-6)


@settings(deadline=None)
@given(ARTICLES, st.randoms())
def test_scores_do_not_depend_on_the_order_of_the_articles(model, articles, random):
    found = documents(articles)
    shuffled = random.sample(found, len(found))
    scores = {id(each): model.scores(running([each])) for each in found}
    wanted = np.concatenate([np.zeros((0, 3)), *(scores[id(each)] for each in shuffled)])
    np.testing.assert_allclose(model.scores(running(shuffled)), wanted, atol=1e-6)


@given(ARTICLES, st.integers(1, 20))
def test_parts_are_whole_articles_and_nothing_is_lost(articles, size):
    text = running(documents(articles))
    parts = list(text.batches(size))
    assert [entry for part in parts for entry in part] == list(text)
    assert all(len(part) >= size for part in parts[:-1])
    assert sum(len(part.bodies) for part in parts) == len(text.bodies)


def test_only_what_reads_otherwise_together_is_read_apart():
    text = running([document("He came. She left.\nIt rained. 'No,' he said. ' It was. They ate.")])
    assert text.texts[4] == "' It was."
    assert text.apart.tolist() == [False, False, False, True, True, True]


def test_of_a_long_sentence_the_beginning_counts_and_its_context_stays():
    text = running([document("Short one. " + "X" * 9000 + ". And on.")])
    assert [len(each) for each in text.cut(100).texts] == [10, 100, 7]
    assert text.cut(100)[2] == Input(
        "And on.", "Short one. " + "X" * 9000 + ".", "", None, "body", 2 / 3
    )
    assert text.apart.all()
