"""The audit stream: whole families, each with the same chance, and never drawn again."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.errors import WorkspaceError
from annotate.tasks.auditing import NO_AUDIT, draw_audit, in_streams
from strategies import document, task

SEEDS = st.integers(0, 2**32 - 1)
HALVES = ("audit-test", "audit-dev")


def articles(count, *, size=1, name="f"):
    """So many families of so many articles each; two outlets in turn, in the metadata."""
    return [
        document(
            f"{name}{which} {copy}",
            key=f"{name}{which}-{copy}",
            family=f"{name}{which}" if size > 1 else None,
            metadata={"outlet": str(which % 2)},
        )
        for which in range(count)
        for copy in range(size)
    ]


def drawn(documents, share, seed=0, before=None, suggested=()):
    return draw_audit(
        documents,
        share=share,
        before=before or {},
        suggested=suggested,
        stratum_of=lambda each: each.metadata["outlet"],
        seed=seed,
    )


@given(st.integers(20, 60), st.integers(1, 3), st.sampled_from([0.1, 0.2, 0.5]), SEEDS)
def test_whole_families_are_drawn_each_half_and_stratum_with_its_share(count, size, share, seed):
    documents = articles(count, size=size)
    found = drawn(documents, share, seed)
    streams = {each.group: {found.streams[each.key]} for each in documents}
    for each in documents:
        assert streams[each.group] == {found.streams[each.key]}, "no family is divided"
    counts = Counter(stream for (stream,) in streams.values())
    assert found.families == {half: counts[half] for half in HALVES}
    # Positions 0 to count - 1 pass share * count whole numbers, give or take one, and they go
    # to the halves in turn; so in each stratum, which is a run of the positions.
    assert abs(counts["audit-test"] + counts["audit-dev"] - share * count) < 1
    assert abs(counts["audit-test"] - counts["audit-dev"]) <= 1
    for outlet in ("0", "1"):
        members = {each.group for each in documents if each.metadata["outlet"] == outlet}
        inside = sum(streams[name] != {"none"} for name in members)
        assert abs(inside - share * len(members)) < 1


def test_every_family_has_the_same_chance_of_either_half():
    documents = articles(7)
    draws = [drawn(documents, 0.3, seed, before={"x": "none"}) for seed in range(4000)]
    for each in documents:
        counts = Counter(found.streams[each.key] for found in draws)
        # Either half takes 15 %: 600 of 4,000, with a standard error of sqrt(4000*.15*.85) = 22.6.
        assert all(abs(counts[half] - 600) < 5 * 22.6 for half in HALVES)


@given(st.integers(2, 20), SEEDS)
def test_what_was_drawn_stays_and_what_is_new_is_drawn_with_the_same_share(more, seed):
    old, new = articles(20), articles(more, name="n")
    first = drawn(old, 0.2, seed)
    later = drawn([*new, *old], 0.2, seed, before=first.streams)
    assert {key: later.streams[key] for key in first.streams} == dict(first.streams)
    count = sum(later.streams[each.key] != "none" for each in new)
    assert abs(count - 0.2 * more) < 1
    assert drawn([*old, *new], 0.2, seed, before=later.streams).streams == later.streams


def test_one_new_article_at_a_time_is_drawn_as_often_as_many_at_once():
    before = {each.key: "none" for each in articles(10)}
    counts = 0
    for place in range(2000):
        (one,) = articles(1, name=f"new{place}-")
        counts += drawn([one], 0.2, before=before).streams[one.key] != "none"
    # 400 of 2,000 are expected, with a standard error of sqrt(2000*.2*.8) = 17.9.
    assert abs(counts - 400) < 5 * 17.9


def test_a_new_article_of_an_audit_family_joins_it():
    first = {"a": "audit-test", "b": "none"}
    copies = [document(f"copy {n}", key=key, family="story") for n, key in enumerate(["a", "new"])]
    copies = [each.model_copy(update={"metadata": {"outlet": "0"}}) for each in copies]
    assert drawn(copies, 0.2, before=first).streams == {"a": "audit-test", "new": "audit-test"}


@pytest.mark.parametrize(
    ("known", "suggested", "stream", "left"),
    [
        (("audit-test", "none"), (), "audit-test", ()),
        (("audit-test", "audit-dev"), (), "audit-dev", ()),
        (("audit-test", "none"), ("story",), "none", ("story",)),
        (("none", "none"), ("story",), "none", ()),
    ],
)
def test_families_that_grow_together_measure_nothing_that_was_seen(known, suggested, stream, left):
    pair = [
        document(f"text {n}", key=f"k{n}", family="story", metadata={"outlet": "0"})
        for n in range(2)
    ]
    before = {"k0": known[0], "k1": known[1]}
    found = drawn(pair, 0.2, before=before, suggested=suggested)
    assert found.streams == {"k0": stream, "k1": stream}
    assert found.left == left


def test_too_few_families_for_two_halves_are_refused():
    with pytest.raises(WorkspaceError, match="10% of 4 families of articles is too few"):
        drawn(articles(4), 0.1)
    assert min(drawn(articles(4), 0.5).families.values()) == 1


def test_tasks_are_in_the_stream_of_their_article_and_suggested_ones_are_chosen():
    audited, free = articles(2)
    audit = drawn([], 0.2, before={"x": "none"})
    audit = type(audit)({audited.key: "audit-dev", free.key: "none"}, {})
    tasks = [task(document_id=each.id, start=start) for each in (audited, free) for start in (0, 9)]
    chosen = {tasks[0].id: 1, tasks[2].id: 3}
    found = in_streams(tasks, [audited, free], audit, chosen=chosen)
    assert [each.stream for each in found] == ["audit-dev", "audit-dev", "chosen", "none"]
    assert [each.suggested for each in found] == [0, 0, 3, 0]
    assert in_streams(found, [audited, free], audit, chosen=chosen) == found
    again = in_streams(found, [audited, free], NO_AUDIT, chosen={})
    assert {(each.stream, each.suggested) for each in again} == {("none", 0)}
