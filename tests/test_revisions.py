"""Corrected articles: passages are found again, in order, and labels follow them."""

from datetime import UTC, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from annotate.records import Annotation
from annotate.revisions import Passage, carry_over, find_twins, outdated_documents
from strategies import document, task

OLD, NEW = "old", "new"
SENTENCES = st.lists(st.sampled_from("abcdefgh"), max_size=8).map(
    lambda names: [f"{name} stands here alone." for name in names]
)


def tasks(texts, of):
    found, start = [], 0
    for text in texts:
        found.append(task(text, of, start=start))
        start = found[-1].end + 1
    return found


def twins(before, now):
    old, new = tasks(before, OLD), tasks(now, NEW)
    passages = [Passage(each.id, each.text) for each in old]
    place = {each.id: at for at, each in enumerate(old)} | {
        each.id: at for at, each in enumerate(new)
    }
    return [
        (place[twin.before], place[twin.now], twin.same)
        for twin in find_twins(passages, new, outdated={OLD: NEW})
    ]


def test_unchanged_reworded_and_new_sentences_are_told_apart():
    before = ["The bridge is shut.", "It fell at ten.", "Nobody saw it.", "A crow did."]
    now = ["Correction: see below.", "The bridge is shut.", "It fell at noon.", "Nobody saw it."]
    assert twins(before, now) == [(0, 1, True), (1, 2, False), (2, 3, True)]


def test_what_is_not_alike_is_no_twin():
    assert twins(["The bridge is shut."], ["Ministers met on Monday."]) == []


def test_the_most_alike_of_several_is_the_twin():
    now = ["It was noon when it fell.", "It fell at noon."]
    assert twins(["It fell at ten."], now) == [(0, 1, False)]


@given(SENTENCES, SENTENCES)
def test_twins_are_in_order_and_one_to_one_and_same_where_they_say_so(before, now):
    found = twins(before, now)
    assert all(one[0] < two[0] and one[1] < two[1] for one, two in pairwise(found))
    assert all((before[old] == now[new]) is same for old, new, same in found)


@given(SENTENCES)
def test_of_an_unchanged_text_every_passage_is_found(texts):
    assert twins(texts, texts) == [(at, at, True) for at in range(len(texts))]


def test_passages_of_other_documents_renewed_ones_and_strange_ids_have_no_twin():
    (now,) = tasks(["Same."], NEW)
    before = [
        Passage(task("Same.", "other").id, "Same."),
        Passage(task("Same.", OLD, repeat=1).id, "Same."),
        Passage("number 7", "Same."),
    ]
    assert find_twins(before, [now], outdated={OLD: NEW}) == []


def test_a_document_is_outdated_when_its_key_has_a_later_text():
    first, second, other = document("One."), document("Two."), document("Three.", key="x")
    found = outdated_documents([first, second, other], [second, other])
    assert found == {first.id: second.id}


def vote(task_id, who="a"):
    return Annotation(
        task_id=task_id, annotator=who, label="claim", created=datetime(2026, 1, 1, tzinfo=UTC),
        scheme_version="1",
    )  # fmt: skip


def test_labels_follow_and_one_that_is_there_already_stays():
    found = carry_over([vote("t1"), vote("t1", "b"), vote("t9", "b")], {"t1": "t9"})
    assert [(each.task_id, each.annotator) for each in found] == [("t9", "a"), ("t9", "b")]
