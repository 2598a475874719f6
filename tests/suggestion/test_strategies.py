"""What each strategy takes, on scores small enough to follow."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.errors import SuggestionError
from annotate.suggestion import STRATEGIES, Candidates, suggest
from annotate.suggestion.picking import Picker, _Sentences, alike, allowance, words_of

LABELS = ("claim", "denial", "neither")
SEEDS = st.integers(0, 2**32 - 1)


def candidates(scores=None, *, families=None, texts=None, rules=None, counts=None, known=()):
    size = len(scores if scores is not None else texts if texts is not None else rules)
    return Candidates(
        texts=texts or [f"sentence w{n} x{n} y{n} z{n}" for n in range(size)],
        families=families or [f"f{n}" for n in range(size)],
        labels=LABELS,
        scores=None if scores is None else np.array(scores, dtype=np.float64),
        rules=None if rules is None else np.array(rules),
        counts=counts,
        known=known,
    )


@st.composite
def pools(draw):
    size = draw(st.integers(1, 40))
    cells = draw(st.lists(st.floats(0.01, 1), min_size=3 * size, max_size=3 * size))
    scores = np.array(cells).reshape(size, 3)
    return candidates(
        scores / scores.sum(axis=1, keepdims=True),
        families=draw(st.lists(st.sampled_from("abcd"), min_size=size, max_size=size)),
        texts=draw(
            st.lists(st.sampled_from(["He denied it.", "Rain.", "No, he said!", "“…”"]),
                     min_size=size, max_size=size)
        ),
        rules=draw(st.lists(st.integers(-1, 2), min_size=size, max_size=size)),
        counts=draw(st.dictionaries(st.sampled_from(LABELS), st.integers(0, 50))),
    )  # fmt: skip


@given(pools(), st.integers(1, 30), st.sampled_from(STRATEGIES), SEEDS)
def test_a_batch_repeats_neither_a_story_nor_a_sentence(pool, count, strategy, seed):
    batch = suggest(pool, count, strategy=strategy, seed=seed)
    assert len(set(batch.places)) == len(batch.places) <= count
    families = Counter(pool.families[place] for place in batch.places)
    assert max(families.values(), default=0) <= batch.most_of_family <= 10
    words = [words_of(pool.texts[place]) for place in batch.places]
    assert not any(alike(one, two) for n, one in enumerate(words) for two in words[:n])
    assert suggest(pool, count, strategy=strategy, seed=seed) == batch
    if len(batch.places) < count:  # then every other candidate is ruled out by one that is there
        for place in set(range(len(pool))) - set(batch.places):
            full = families[pool.families[place]] == batch.most_of_family
            assert full or any(alike(words_of(pool.texts[place]), other) for other in words)


def test_random_takes_each_as_often_as_any_other():
    pool = candidates([[1, 0, 0]] * 10)
    counts = Counter(
        p for seed in range(2000) for p in suggest(pool, 3, strategy="random", seed=seed).places
    )
    # 600 of 2,000 are expected of each, with a standard error of sqrt(2000*.3*.7) = 20.5.
    assert all(abs(counts[place] - 600) < 5 * 20.5 for place in range(10))


def test_uncertainty_takes_those_whose_two_best_labels_are_nearest():
    pool = candidates([[0.9, 0.1, 0], [0.5, 0.1, 0.4], [0.4, 0.3, 0.3], [0.34, 0.33, 0.33]])
    # Margins .8, .1, .1 (.4 - .3) and .01; of equals any.
    batch = suggest(pool, 4, strategy="uncertainty", seed=0)
    assert (batch.places[0], batch.places[3]) == (3, 0)


def test_disagreement_takes_those_that_the_model_is_surest_the_rules_have_wrong():
    pool = candidates(
        [[0.9, 0.1, 0], [0.1, 0.8, 0.1], [0.6, 0.4, 0], [0.5, 0.4, 0.1]], rules=[1, 1, 1, -1]
    )
    # Conflicts .8, 0, .2 and none; of the two without any the unsure one (.1 to .7) comes first.
    assert suggest(pool, 4, strategy="disagreement", seed=0).places == (0, 2, 3, 1)


def test_balanced_looks_for_the_rare_label_first():
    scores = [[0.8, 0.15, 0.05]] * 6 + [[0.3, 0.6, 0.1], [0.4, 0.5, 0.1]] + [[0.5, 0.0, 0.5]] * 4
    pool = candidates(scores, counts={"claim": 20, "denial": 2, "neither": 20})
    batch = suggest(pool, 4, strategy="balanced", seed=0)
    # Half of 4 looks for denials, of which there are fewest and which are rarest: 6, then 7.
    # The others are those whose two best labels are equal.
    assert batch.places[:2] == (6, 7)
    assert set(batch.places[2:]) <= {8, 9, 10, 11}


def test_a_label_half_as_common_is_wanted_twice():
    # Sure of each: 40 denials and 80 of neither, so they are wanted 2 to 1. Claims cannot be had.
    scores = [[0, 1, 0]] * 40 + [[0, 0, 1]] * 80
    batch = suggest(candidates(scores), 60, strategy="balanced", seed=0)
    assert sum(place < 40 for place in batch.places[:30]) == 20


def test_without_a_model_balanced_takes_as_many_of_each_label_by_the_rules():
    pool = candidates(rules=[0] * 50 + [1] * 5 + [2] * 20 + [-1] * 5)
    batch = suggest(pool, 12, strategy="balanced", seed=0)
    called = Counter(pool.rules[place] for place in batch.places)
    assert called == {0: 4, 1: 4, 2: 4}
    # Of 5 denials all come, then the others share what is left.
    called = Counter(pool.rules[p] for p in suggest(pool, 25, strategy="balanced", seed=0).places)
    assert called == {0: 10, 1: 5, 2: 10}


def test_without_model_and_rules_balanced_is_random():
    pool = candidates(texts=[f"word{n}" for n in range(30)])
    batch = suggest(pool, 10, strategy="balanced", seed=1)
    assert batch == suggest(pool, 10, strategy="random", seed=1)
    with pytest.raises(SuggestionError, match="'uncertainty' asks a model"):
        suggest(pool, 10, strategy="uncertainty", seed=1)
    with pytest.raises(SuggestionError, match="rules cannot say anything"):
        suggest(candidates([[1, 0, 0]]), 1, strategy="disagreement", seed=1)


def test_of_nothing_nothing_comes():
    nothing = Candidates([], [], LABELS, scores=np.empty((0, 3)), rules=np.empty(0, dtype=np.int64))
    for strategy in STRATEGIES:
        assert suggest(nothing, 5, strategy=strategy, seed=0).places == ()


def test_twenty_sentences_of_one_wire_story_never_come():
    pool = candidates(
        [[0.34, 0.33, 0.33]] * 20 + [[1, 0, 0]] * 30,
        families=["wire"] * 20 + [f"f{n}" for n in range(30)],
    )
    for strategy in ("balanced", "uncertainty"):
        batch = suggest(pool, 20, strategy=strategy, seed=0)
        assert sum(place < 20 for place in batch.places) == 3
        assert len(batch.places) == 20


def test_few_families_may_give_more_but_never_more_than_ten():
    assert allowance(["a"] * 9 + ["b"] * 9, 6) == 3
    assert allowance(["a"] * 9 + ["b"] * 9, 7) == 4
    assert allowance(["a"] * 9 + ["b"] * 2, 11) == 9
    assert allowance(["a"] * 100, 50) == 10


def test_sentences_are_alike_from_four_fifths_of_their_words():
    def said(text):
        return words_of(text)

    # 4 of 5 different words in both: .8. 3 of 5: .6.
    assert alike(said("he denied it all"), said("He denied it all, twice"))
    assert not alike(said("he denied it"), said("he denied it all twice"))
    assert not alike(said("“…”"), said("?!"))


def test_what_is_like_a_labelled_sentence_is_not_taken():
    picker = Picker(["He denied it.", "It rained."], ["a", "b"], ["he denied it"], most_of_family=3)
    assert not picker.take(0)
    assert picker.take(1)
    assert not picker.take(1)
    assert picker.places == (1,)


@given(st.lists(st.frozensets(st.sampled_from("abcdefghijkl"), min_size=1), min_size=1))
def test_the_index_of_words_finds_just_what_a_look_at_every_sentence_finds(sentences):
    *known, last = sentences
    found = _Sentences(known).hold_like(last)
    assert found == any(alike(last, other) for other in known)
