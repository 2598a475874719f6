from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.errors import SplitError
from annotate.records import Example
from annotate.splits import assign, split_groups

SHARES = {"train": 0.7, "validation": 0.1, "test": 0.2}


def example(number, group, label="claim", stream="none"):
    return Example(id=f"e{number}", text=f"Text {number}.", label=label, group=group, stream=stream)


@st.composite
def example_lists(draw, min_groups=3):
    sizes = draw(st.lists(st.integers(1, 6), min_size=min_groups, max_size=12))
    groups = [f"g{place}" for place, size in enumerate(sizes) for _ in range(size)]
    labels = draw(st.lists(st.sampled_from("abc"), min_size=len(groups), max_size=len(groups)))
    return [
        example(number, group, label)
        for number, (group, label) in enumerate(zip(groups, labels, strict=True))
    ]


def shares_of(examples, splits):
    counts = Counter(splits[one.group] for one in examples)
    return {split: counts[split] / len(examples) for split in SHARES}


@settings(max_examples=30, deadline=None)
@given(example_lists(), st.integers(0, 2**32 - 1), st.randoms())
def test_every_group_has_one_split_and_every_split_a_group(examples, seed, random):
    found = split_groups(examples, shares=SHARES, seed=seed)
    assert set(found) == {one.group for one in examples}
    assert set(found.values()) == set(SHARES)
    shuffled = random.sample(examples, len(examples))
    assert split_groups(shuffled, shares=SHARES, seed=seed) == found


@settings(max_examples=30, deadline=None)
@given(example_lists(), st.data())
def test_groups_that_had_a_split_keep_it(examples, data):
    groups = sorted({one.group for one in examples})
    keep = data.draw(
        st.dictionaries(st.sampled_from(groups), st.sampled_from(sorted(SHARES)), max_size=3)
    )
    try:
        found = split_groups(examples, shares=SHARES, seed=1, keep=keep)
    except SplitError:
        free = len(groups) - len(keep)
        assert free < len(set(SHARES) - set(keep.values()))
        return
    assert {group: found[group] for group in keep} == keep
    assert set(found.values()) == set(SHARES)


def test_adding_documents_moves_nothing():
    before = [example(number, f"g{number // 5}") for number in range(100)]
    splits = split_groups(before, shares=SHARES, seed=3)
    more = before + [example(number, f"new{number // 5}") for number in range(100, 150)]
    after = split_groups(more, shares=SHARES, seed=4, keep=splits)
    assert {group: after[group] for group in splits} == splits
    assert shares_of(more, after) == pytest.approx(SHARES, abs=0.04)


def test_shares_of_examples_and_of_a_rare_label_are_met():
    # 60 groups of 10; every third group holds one denial, 20 in all: 14, 2 and 4 are wanted.
    examples = [
        example(number, f"g{number // 10}", "denial" if number % 30 == 0 else "neither")
        for number in range(600)
    ]
    splits = split_groups(examples, shares=SHARES, seed=0)
    assert shares_of(examples, splits) == pytest.approx(SHARES, abs=0.02)
    denials = Counter(splits[one.group] for one in examples if one.label == "denial")
    assert denials == {"train": 14, "validation": 2, "test": 4}


def test_the_seed_decides():
    examples = [example(number, f"g{number // 2}") for number in range(100)]
    first, again, other = (split_groups(examples, shares=SHARES, seed=s) for s in (1, 1, 2))
    assert first == again
    assert first != other


def test_a_share_of_zero_gets_nothing():
    examples = [example(number, f"g{number}") for number in range(10)]
    found = split_groups(examples, shares={"train": 0.8, "test": 0.2}, seed=0)
    assert Counter(found.values()) == {"train": 8, "test": 2}


def test_streams_decide_and_an_audited_split_takes_no_other_group():
    streams = ["audit-test", "audit-dev", "chosen", *["none"] * 17]
    examples = [example(number, f"g{number}", stream=one) for number, one in enumerate(streams)]
    found = split_groups(examples, shares=SHARES, seed=0)
    assert (found["g0"], found["g1"], found["g2"]) == ("test", "validation", "train")
    assert Counter(found.values()) == {"train": 18, "validation": 1, "test": 1}


def test_a_stream_decides_for_its_whole_group():
    examples = [example(1, "a", stream="audit-test"), example(2, "a"), example(3, "b")]
    assert split_groups(examples, shares={"train": 0.5, "test": 0.5}, seed=0) == {
        "a": "test",
        "b": "train",
    }


@pytest.mark.parametrize(
    ("second", "keep"), [("audit-dev", {}), ("chosen", {}), ("none", {"a": "train"})]
)
def test_one_group_in_two_splits_is_refused(second, keep):
    examples = [example(1, "a", stream="audit-test"), example(2, "a", stream=second)]
    with pytest.raises(SplitError, match="Group 'a' belongs to"):
        split_groups(examples, shares=SHARES, seed=0, keep=keep)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_groups_are_refused(count):
    examples = [example(number, f"g{number}") for number in range(count)]
    with pytest.raises(SplitError, match=rf"Too few groups of articles \({count}\)"):
        split_groups(examples, shares=SHARES, seed=0)


@pytest.mark.parametrize("shares", [{"train": 0.7}, {"train": 1.2, "test": -0.2}])
def test_shares_that_are_no_shares_are_refused(shares):
    with pytest.raises(SplitError, match="do not sum to 1"):
        split_groups([example(1, "a"), example(2, "b")], shares=shares, seed=0)


def test_assign_sets_the_split_of_each_example():
    examples = [example(1, "a"), example(2, "b"), example(3, "a")]
    assigned = assign(examples, {"a": "train", "b": "test"})
    assert [one.split for one in assigned] == ["train", "test", "train"]
    assert [one.split for one in examples] == [None, None, None]
    with pytest.raises(SplitError, match="'b'"):
        assign(examples, {"a": "train"})
