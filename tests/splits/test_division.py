from collections import Counter, defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.errors import SplitError
from annotate.records import Example
from annotate.splits.division import as_given, by_family, by_side
from annotate.splits.former import Former
from annotate.splits.remarks import remarks

SHARES = {"train": 0.7, "validation": 0.1, "test": 0.2}


def example(document, group=None, number=0, label="claim", **fields):
    return Example(
        id=f"{document}:{number}",
        text="x",
        label=label,
        group=group or document,
        document_id=document,
        **fields,
    )


def corpus(count=40, sentences=5):
    """Articles of their own, five sentences each."""
    return [example(f"d{d}", number=s) for d in range(count) for s in range(sentences)]


def where(division):
    return {one.id: one.split for one in division.examples}


def regrouped(examples, groups):
    """The examples, some documents in other groups."""
    return [
        one.model_copy(update={"group": groups.get(one.document_id, one.group)}) for one in examples
    ]


def former_of(division, examples):
    group_of = {one.document_id: one.group for one in examples}
    return Former.of(division.examples, division.excluded, group_of)


def divide(examples, **fields):
    return by_family(examples, shares=SHARES, seed=0, **fields)


def documents_in(division, split):
    return sorted({one.document_id for one in division.examples if one.split == split})


def test_documents_that_bridge_nothing_move_nothing():
    before = divide(corpus())
    grown = corpus(60)
    after = divide(grown, former=former_of(before, grown))
    assert {name: where(after)[name] for name in where(before)} == where(before)
    assert len(where(after)) == 300
    assert after.excluded == ()


def test_new_documents_of_a_known_family_follow_it_under_whatever_name():
    before = divide(corpus())
    test, train = (documents_in(before, split)[0] for split in ("test", "train"))
    grown = [*corpus(), example("a0"), example("a1")]
    # The family takes the name of its least member: the new one's.
    grown = regrouped(grown, {"a0": "a0", test: "a0", "a1": "a1", train: "a1"})
    after = divide(grown, former=former_of(before, grown))
    assert (where(after)["a0:0"], where(after)["a1:0"]) == ("test", "train")
    assert {name: where(after)[name] for name in where(before)} == where(before)


def test_where_a_new_document_bridges_test_stays_and_train_is_set_aside():
    before = divide(corpus())
    test, train = (documents_in(before, split)[0] for split in ("test", "train"))
    grown = regrouped([*corpus(), example("new")], {"new": "f", test: "f", train: "f"})
    after = divide(grown, former=former_of(before, grown))
    assert where(after)["new:0"] == "test"
    gone = {one.id for one in after.excluded}
    assert gone == {f"{train}:{number}" for number in range(5)}
    assert {(one.reason, one.was) for one in after.excluded} == {("kin", "train")}
    kept = {name: split for name, split in where(before).items() if name not in gone}
    assert {name: where(after)[name] for name in kept} == kept
    # The next time they are still set aside, and back in training when the bridge has gone.
    again = divide(grown, former=former_of(after, grown))
    assert again == after
    without = divide(corpus(), former=former_of(after, corpus()))
    assert where(without) == where(before)


def test_a_corrected_article_stays_where_the_old_text_was():
    before = divide(corpus())
    test = documents_in(before, "test")[0]
    now = [one for one in corpus() if one.document_id != test] + [example("new", test)]
    group_of = {one.document_id: one.group for one in now} | {test: test}
    former = Former.of(before.examples, (), group_of)
    assert where(divide(now, former=former))["new:0"] == "test"


def test_a_stream_decides_and_its_kin_of_other_streams_are_set_aside():
    found = divide(
        [
            *corpus(),
            example("a", "f", stream="audit-test"),
            example("b", "f", stream="chosen"),
            example("c", "f"),
        ]
    )
    assert (where(found)["a:0"], where(found)["c:0"]) == ("test", "test")
    assert [(one.id, one.reason, one.was) for one in found.excluded] == [("b:0", "kin", "train")]
    assert Counter(where(found).values())["test"] == 2  # an audited split gets no other family


def test_labels_that_may_not_count_are_set_aside_in_test_alone():
    unfit = {f"d{d}:{s}": "prelabel" for d in range(40) for s in (0, 1)}
    found = divide(corpus(), unfit=unfit)
    test = documents_in(found, "test")
    assert len(test) == 8  # a fifth of 40
    assert {one.id for one in found.excluded} == {f"{d}:{s}" for d in test for s in (0, 1)}
    assert {(one.reason, one.was) for one in found.excluded} == {("prelabel", "test")}


def test_families_of_which_no_label_counts_are_not_drawn_for_test():
    unfit = {f"d{d}:{s}": "single" for d in range(30) for s in range(5)}
    found = divide(corpus(), unfit=unfit)
    assert found.excluded == ()
    assert len(documents_in(found, "test")) == 8
    assert set(documents_in(found, "test")) <= {f"d{d}" for d in range(30, 40)}
    assert Counter(where(found).values())["validation"] == pytest.approx(20, abs=5)


def test_no_label_that_counts_is_refused_with_the_reason():
    unfit = {one.id: "prelabel" for one in corpus()}
    with pytest.raises(
        SplitError, match=r"No label may count in test: 200 set aside \(test labels that were"
    ):
        divide(corpus(), unfit=unfit)


def by_number(one):
    return "learn" if int(one.document_id.removeprefix("d")) < 30 else "test"


def divide_by_side(examples, side_of=by_number, **fields):
    return by_side(examples, side_of=side_of, shares=SHARES, seed=0, **fields)


def test_a_side_decides_and_validation_is_drawn_from_what_is_to_learn_from():
    found = divide_by_side(corpus())
    assert documents_in(found, "test") == sorted(f"d{n}" for n in range(30, 40))
    # An eighth of the 150 sentences to learn from, in whole articles of five.
    assert Counter(where(found).values())["validation"] == pytest.approx(150 / 8, abs=5)


def test_a_family_on_both_sides_leaves_test():
    found = divide_by_side(regrouped(corpus(), {"d3": "f", "d31": "f"}))
    assert {one.id for one in found.excluded} == {f"d31:{s}" for s in range(5)}
    assert {one.reason for one in found.excluded} == {"straddles"}
    assert where(found)["d3:0"] != "test"


def test_what_has_no_side_is_set_aside():
    found = divide_by_side(
        corpus(), lambda one: "undated" if one.document_id == "d5" else by_number(one)
    )
    assert {(one.document_id, one.reason) for one in found.excluded} == {("d5", "undated")}
    with pytest.raises(SplitError, match=r"Nothing is left to test on: 200 set aside"):
        divide_by_side(corpus(), lambda _: "no outlet")
    with pytest.raises(SplitError, match="Nothing is left to test on: all articles are on"):
        divide_by_side(corpus(), lambda _: "learn")


def test_an_audit_comes_before_the_date():
    more = [example("d3a", "d3", stream="audit-test"), example("d50", stream="chosen")]
    side_of = lambda one: by_number(one) if one.stream == "none" else "learn"  # noqa: E731
    found = divide_by_side([*corpus(), *more], side_of)
    assert where(found)["d3a:0"] == "test"
    assert where(found)["d50:0"] == "train"
    assert {(one.document_id, one.reason) for one in found.excluded} == {("d3", "kin")}


def test_given_splits_are_kept_and_families_on_both_sides_lose_their_training_part():
    split_of = {"d0": "train", "d1": "test", "d2": "validation", "d3": "train"}
    found = as_given(
        regrouped(corpus(5), {"d0": "f", "d1": "f"}),
        split_of=lambda one: split_of.get(one.document_id),
    )
    assert {one.document_id: one.split for one in found.examples} == {
        "d1": "test",
        "d2": "validation",
        "d3": "train",
    }
    assert {(one.document_id, one.reason) for one in found.excluded} == {
        ("d0", "kin"),
        ("d4", "no split"),
    }


streams = st.sampled_from(["none", "none", "none", "audit-test", "audit-dev", "chosen"])
corpora = st.lists(
    st.tuples(st.integers(0, 15), st.integers(0, 9), streams, st.booleans()),
    min_size=1,
    max_size=40,
).map(
    lambda rows: [
        (example(f"d{document}", f"g{group % (document + 1)}", number, stream=stream), unfit)
        for number, (document, group, stream, unfit) in enumerate(rows)
    ]
)


@given(corpora, st.data())
def test_however_it_is_divided_nothing_leaks_and_nothing_is_lost(found, data):
    examples = [one for one, _ in found]
    unfit = {one.id: "single" for one, bad in found if bad}
    how = data.draw(st.sampled_from(["family", "side", "given"]))
    drawn = data.draw(st.lists(st.integers(0, 3), min_size=len(examples), max_size=len(examples)))
    number = {one.id: value for one, value in zip(examples, drawn, strict=True)}
    try:
        if how == "family":
            division = divide(examples, unfit=unfit)
        elif how == "side":
            sides = ["learn", "learn", "test", "undated"]
            division = divide_by_side(examples, lambda one: sides[number[one.id]], unfit=unfit)
        else:
            splits = ["train", "validation", "test", None]
            division = as_given(examples, split_of=lambda one: splits[number[one.id]], unfit=unfit)
    except SplitError as error:
        assert "\n" not in str(error)  # noqa: PT017
        return
    groups = defaultdict(set)
    for one in division.examples:
        groups[one.group].add(one.split)
    assert all(len(splits) == 1 for splits in groups.values())
    kept, gone = [one.id for one in division.examples], [one.id for one in division.excluded]
    assert sorted([*kept, *gone]) == sorted(one.id for one in examples)
    assert not {one.id for one in division.examples if one.split == "test"} & unfit.keys()
    audits = {one.id for one in examples if one.stream == "audit-test"} - unfit.keys()
    if how != "given":
        assert all(where(division)[name] == "test" for name in audits)


@given(st.integers(4, 30), st.integers(0, 20), st.integers(0, 99))
def test_adding_documents_never_takes_anything_out_of_test(before, more, seed):
    first = by_family(corpus(before, 2), shares=SHARES, seed=seed)
    grown = corpus(before + more, 2)
    # Each new document joins a random family of before, or none.
    joined = {f"d{n}": f"d{(n * 7 + seed) % (2 * before)}" for n in range(before, before + more)}
    grown = regrouped(
        grown, {name: group for name, group in joined.items() if group in where_documents(first)}
    )
    second = by_family(grown, shares=SHARES, seed=seed, former=former_of(first, grown))
    for name, split in where(first).items():
        assert where(second)[name] == split


def where_documents(division):
    return {one.document_id for one in division.examples}


def test_what_is_odd_is_said_in_a_line_each():
    examples = [
        *[example("big", number=n) for n in range(6)],
        example("b"),
        example("c"),
        example("d", label="denial"),
    ]
    division = as_given(
        examples,
        split_of=lambda one: {"big": "test", "b": "train", "c": "train"}.get(one.document_id),
    )
    assert list(remarks(division, shares=SHARES, labels=("claim", "denial"))) == [
        "There are only 3 families of articles: a score on one or two stories says little.",
        "No family is left for validation: there are too few. Add articles.",
        (
            "The family 'big' holds 75% of the sentences, more than all of test was to have "
            "(20%); families are never divided."
        ),
        "Test has no example of 'denial': no score will say how well it is found.",
        "1 example is set aside: their article names no split.",
    ]
