"""Samples, order and batches: shares are kept, draws are stable, nobody is forgotten."""

from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.records import Source
from annotate.tasks import assign, draw_sample, in_reading_order
from annotate.tasks.drawing import lot
from annotate.tasks.sampling import stratum_name
from strategies import document, task

SIZES = st.lists(st.integers(1, 30), min_size=1, max_size=6)
SEEDS = st.integers(0, 2**32 - 1)
NAMES = ("ann", "ben", "cleo", "dora")


def strata(sizes):
    """Tasks of which each stratum holds so many; the document's id is the stratum."""
    return [
        task(document_id=f"s{which}", start=20 * place)
        for which, size in enumerate(sizes)
        for place in range(size)
    ]


def by_document(each):
    return each.document_id


def drawn(tasks, count, seed):
    return draw_sample(tasks, count, stratum_of=by_document, seed=seed)


def test_a_lot_is_a_number_below_one_that_seed_and_names_decide():
    lots = [lot(0, "a", str(n)) for n in range(2000)]
    assert all(0 <= number < 1 for number in lots)
    assert lots == [lot(0, "a", str(n)) for n in range(2000)]
    assert lots != [lot(1, "a", str(n)) for n in range(2000)]
    # The mean of 2,000 uniform numbers has the standard error .289 / sqrt(2000) = .0065.
    assert abs(sum(lots) / 2000 - 0.5) < 5 * 0.0065


@given(SIZES, st.integers(1, 200), SEEDS)
def test_a_sample_has_the_size_wanted_and_each_stratum_its_share_give_or_take_one(
    sizes, count, seed
):
    tasks = strata(sizes)
    found = drawn(tasks, count, seed)
    assert len(found) == min(count, len(tasks))
    assert [each for each in tasks if each in found] == found
    counts = Counter(each.document_id for each in found)
    for which, size in enumerate(sizes):
        # Turn t is passed by t * n tasks of a stratum of n, give or take one; all the strata
        # together pass it with t * N, give or take their number.
        share = len(found) * size / len(tasks)
        assert abs(counts[f"s{which}"] - share) <= 1 + len(sizes) * size / len(tasks)


@given(SIZES, st.integers(1, 60), st.integers(0, 60), SEEDS)
def test_a_larger_sample_holds_every_smaller_one(sizes, count, more, seed):
    tasks = strata(sizes)
    small, large = drawn(tasks, count, seed), drawn(tasks, count + more, seed)
    assert {each.id for each in small} <= {each.id for each in large}


def test_every_task_is_drawn_as_often_as_any_other():
    tasks = strata([3, 9])
    counts = Counter(each.id for seed in range(3000) for each in drawn(tasks, 4, seed))
    # 4 of 12: each is drawn in 1,000 of 3,000; the standard error is sqrt(3000*1/3*2/3) = 26.
    assert all(abs(counts[each.id] - 1000) < 5 * 26 for each in tasks)


def test_strata_are_what_is_asked_for():
    found = document(
        "x",
        sources=(Source(outlet="Post", published=datetime(2026, 3, 9, tzinfo=UTC)),),
    )
    bare = document("y")
    assert stratum_name(found, ("outlet", "month")) == "Post\n2026-03"
    assert stratum_name(found, ("month",)) == "2026-03"
    assert stratum_name(found, ()) == stratum_name(bare, ()) == ""
    assert stratum_name(bare, ("outlet", "month")) == "\n"


@given(SIZES, SEEDS)
def test_articles_stay_together_from_their_beginning_to_their_end(sizes, seed):
    tasks = strata(sizes)
    ordered = in_reading_order(reversed(tasks), seed=seed)
    assert sorted(each.id for each in ordered) == sorted(each.id for each in tasks)
    seen = [each.document_id for each in ordered]
    assert [name for place, name in enumerate(seen) if name not in seen[:place]] == [
        *dict.fromkeys(seen)
    ]
    assert sum(one != other for one, other in pairwise(seen)) == len(sizes) - 1
    for name in set(seen):
        starts = [each.start for each in ordered if each.document_id == name]
        assert starts == sorted(starts)


def test_the_order_of_articles_is_another_one_for_another_seed():
    tasks = strata([2] * 8)
    orders = {tuple(each.id for each in in_reading_order(tasks, seed=seed)) for seed in range(5)}
    assert len(orders) == 5


@given(st.integers(2, 4), st.sampled_from([0, 0.2, 0.5, 1]), SEEDS)
def test_everybody_gets_the_same_share_and_so_do_pairs(people, shared, seed):
    tasks = strata([5] * 60)
    found = assign(tasks, NAMES[:people], shared=shared, seed=seed, before={})
    assert [each.id for each in found] == [each.id for each in tasks]
    loads = Counter(name for each in found for name in each.annotators)
    double = [each for each in found if len(each.annotators) > 1]
    assert len(double) == shared * 300  # 12, 30 or 60 articles of 5 sentences
    pairs = Counter(each.annotators for each in double)
    assert max(loads.values(), default=0) - min(loads.values(), default=0) <= 10
    if pairs:
        assert max(pairs.values()) - min(pairs.values()) <= 5
    assert all(each.prelabel_held_out for each in double)
    assert not any(each.prelabel_held_out for each in found if each not in double)
    for name in {each.document_id for each in found}:
        assert len({each.annotators for each in found if each.document_id == name}) == 1


def test_who_had_an_article_keeps_it_as_long_as_they_are_there():
    tasks = strata([4] * 30)
    first = assign(tasks, NAMES[:2], shared=0.2, seed=0, before={})
    before = {each.document_id: each.annotators for each in first}
    more = assign(
        [*tasks, *(task(document_id=f"new{n}") for n in range(30))],
        NAMES[:3], shared=0.2, seed=0, before=before,
    )  # fmt: skip
    assert more[: len(tasks)] == first
    loads = Counter(name for each in more for name in each.annotators)
    assert loads["cleo"] >= 24, "the new one gets nearly all of what is new"
    left = assign(tasks, ("ann", "cleo"), shared=0.2, seed=0, before=before)
    kept = [each for each in first if "ben" not in each.annotators]
    assert [each for each in left if each.document_id in {k.document_id for k in kept}] == kept
    assert all("ben" not in each.annotators for each in left)


def test_what_one_person_has_gets_a_second_where_too_little_is_new_for_the_share_wanted():
    tasks = strata([4] * 30)
    alone = assign(tasks, NAMES[:2], shared=0, seed=0, before={})
    before = {each.document_id: each.annotators for each in alone}
    found = assign(tasks, NAMES[:3], shared=0.5, seed=0, before=before)
    assert sum(len(each.annotators) > 1 for each in found) == 60
    assert all(
        one.annotators[0] == now.annotators[0] for one, now in zip(alone, found, strict=True)
    )
    pairs = Counter(frozenset(each.annotators) for each in found if len(each.annotators) > 1)
    assert set(pairs.values()) == {20}, "each of the three pairs shares as much"


@pytest.mark.parametrize("seed", range(3))
def test_one_annotator_gets_everything(seed):
    found = assign(strata([2, 3]), ("ann",), shared=0, seed=seed, before={})
    assert {each.annotators for each in found} == {("ann",)}
