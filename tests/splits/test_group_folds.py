import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.errors import SplitError
from annotate.splits import group_folds

group_lists = st.lists(st.integers(0, 12).map(str), min_size=1, max_size=80)
seeds = st.integers(0, 2**32 - 1)


@given(group_lists, st.integers(2, 5), seeds)
def test_groups_stay_whole_and_every_fold_has_one(groups, k, seed):
    if len(set(groups)) < k:
        with pytest.raises(SplitError, match="cannot fill"):
            group_folds(groups, k=k, seed=seed)
        return
    folds = group_folds(groups, k=k, seed=seed)
    assert folds.shape == (len(groups),)
    assert set(folds.tolist()) == set(range(k))
    fold_of = dict(zip(groups, folds.tolist(), strict=True))
    assert [fold_of[group] for group in groups] == folds.tolist()


@given(group_lists, seeds, st.randoms())
def test_order_of_items_does_not_matter(groups, seed, random):
    if len(set(groups)) < 2:
        return
    shuffled = random.sample(groups, len(groups))
    first = dict(zip(groups, group_folds(groups, k=2, seed=seed).tolist(), strict=True))
    second = dict(zip(shuffled, group_folds(shuffled, k=2, seed=seed).tolist(), strict=True))
    assert first == second


@given(group_lists, st.integers(2, 5), seeds)
def test_folds_differ_by_no_more_than_the_largest_group(groups, k, seed):
    if len(set(groups)) < k:
        return
    sizes = np.bincount(group_folds(groups, k=k, seed=seed), minlength=k)
    assert sizes.max() - sizes.min() <= max(groups.count(group) for group in set(groups))


def test_the_seed_decides():
    groups = [str(number) for number in range(100)]
    first, again, other = (group_folds(groups, k=5, seed=seed).tolist() for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_one_fold_is_refused():
    with pytest.raises(SplitError, match="at least 2"):
        group_folds(["a", "b"], k=1, seed=0)
