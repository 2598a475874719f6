from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.errors import EvaluationError, SplitError
from annotate.records import Example
from annotate.splits import has_splits, training_part, unseen_part
from annotate.splits.sentences import sentence_digests


@dataclass(frozen=True)
class Seen:
    groups: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()


def example(number, group, split=None, document=None):
    return Example(
        id=f"e{number}",
        text="Text.",
        label="claim",
        group=group,
        split=split,
        document_id=document,
    )


SPLIT = [example(1, "a", "train"), example(2, "b", "test"), example(3, "c", "validation")]


def test_training_takes_the_train_split_only():
    part = training_part(SPLIT, seed=0)
    assert [one.id for one in part.examples] == ["e1"]
    assert "came with" in part.how


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 30), st.integers(0, 2**32 - 1))
def test_without_splits_four_fifths_are_trained_on_and_the_rest_is_unseen(count, seed):
    examples = [example(number, f"g{number}") for number in range(count)]
    part = training_part(examples, seed=seed)
    unseen = unseen_part(examples, Seen(groups=tuple(one.group for one in part.examples)))
    assert len(part.examples) == max(1, count - max(1, round(count * 0.2)))
    assert {one.id for one in part.examples}.isdisjoint(one.id for one in unseen)
    assert len(part.examples) + len(unseen) == count


def test_one_group_cannot_be_trained_on_and_held_back():
    with pytest.raises(SplitError, match="Too few groups"):
        training_part([example(1, "a"), example(2, "a")], seed=0)


def test_no_train_split_is_refused():
    with pytest.raises(SplitError, match='split "train"'):
        training_part(SPLIT[1:], seed=0)


def test_evaluation_takes_the_test_split_only():
    assert [one.id for one in unseen_part(SPLIT, Seen(groups=("a",)))] == ["e2"]


def test_a_test_group_that_was_trained_on_is_refused():
    with pytest.raises(EvaluationError, match=r"trained on 1 of the test groups, such as 'b'"):
        unseen_part(SPLIT, Seen(groups=("a", "b")))


def test_a_test_document_that_was_trained_on_under_another_group_is_refused():
    examples = [example(1, "a", "train"), example(2, "b", "test", document="d7")]
    with pytest.raises(EvaluationError, match="'b'"):
        unseen_part(examples, Seen(documents=("d7",)))


def test_a_group_is_seen_when_one_of_its_documents_is():
    examples = [
        example(1, "story", document="d1"),
        example(2, "story", document="d2"),
        example(3, "other", document="d3"),
    ]
    assert [one.id for one in unseen_part(examples, Seen(documents=("d1",)))] == ["e3"]


def test_evaluating_on_what_was_trained_on_is_refused():
    with pytest.raises(EvaluationError, match="trained on every group"):
        unseen_part([example(1, "a"), example(2, "b")], Seen(groups=("a", "b", "c")))


def test_no_test_split_is_refused():
    with pytest.raises(EvaluationError, match='split "test"'):
        unseen_part(SPLIT[:1], Seen())


def test_half_split_examples_are_refused():
    with pytest.raises(SplitError, match="1 of 2 examples have no split, such as 'e2'"):
        has_splits([example(1, "a", "train"), example(2, "b")])


def test_a_group_in_two_splits_is_refused():
    with pytest.raises(SplitError, match="Group 'a' is in train and in test"):
        has_splits([example(1, "a", "train"), example(2, "a", "test")])


def test_a_model_that_knows_a_kin_of_a_test_article_is_not_scored():
    kin = {"d2": ("d2", "d9"), "d9": ("d2", "d9")}
    split = [example(1, "a", "train", "d1"), example(2, "b", "test", "d2")]
    assert len(unseen_part(split, Seen(documents=("d1",)), kin=kin)) == 1
    with pytest.raises(EvaluationError, match="trained on 1 of the test groups, such as 'b'"):
        unseen_part(split, Seen(documents=("d1", "d9")), kin=kin)


LONG = "The minister said that the bridge would open in {}."


def of_texts(*texts, group="other", split=None):
    return [
        example(number, group, split).model_copy(update={"text": text})
        for number, text in enumerate(texts)
    ]


@pytest.mark.parametrize(
    ("texts", "known"),
    [
        ((LONG.format("May"), LONG.format("June")), True),  # half of them
        ((LONG.format("June"), LONG.format("July"), LONG.format("May")), False),  # a third
        (("Read more.", LONG.format("June")), False),  # of the long ones none
        (("Read more.",), True),  # the only one
        ((LONG.format("MAY").replace(" ", "\n "),), True),  # case and white space are nothing
    ],
)
def test_a_group_is_known_by_half_of_its_long_sentences(texts, known):
    trained = sentence_digests(of_texts("Read more.", LONG.format("May")))
    fresh = example(9, "fresh")
    found = unseen_part([*of_texts(*texts), fresh], Seen(), sentences=trained)
    assert (found == [fresh]) is known


def test_a_test_group_that_is_known_by_its_sentences_alone_is_left_out():
    known = of_texts(LONG.format("May"), group="a", split="test")
    trained = sentence_digests(known)
    assert unseen_part([*known, SPLIT[1]], Seen(), sentences=trained) == [SPLIT[1]]
    with pytest.raises(EvaluationError, match="trained on every group"):
        unseen_part([*known, example(7, "z", "train")], Seen(), sentences=trained)
