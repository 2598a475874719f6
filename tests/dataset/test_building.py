from datetime import UTC, datetime

import pytest

from annotate.dataset import build_examples
from annotate.errors import InputError
from annotate.records import GoldLabel, Source
from strategies import document, task

TEXT = "The bridge is shut. He denied it."


def gold(task_id, label="claim", **fields):
    return GoldLabel(task_id=task_id, label=label, scores={}, method="majority", **fields)


def article(text=TEXT, **fields):
    return document(text, **fields)


def sentences(of):
    return [
        task("The bridge is shut.", of.id, 0, after="He denied it.", position=0.0),
        task("He denied it.", of.id, 20, before="The bridge is shut.", position=0.5),
    ]


def test_an_example_carries_task_document_and_gold():
    published = datetime(2024, 11, 11, tzinfo=UTC)
    source = Source(outlet="The Herald", published=published)
    one = article(key="https://example.org/1", title="Bridge", family="f1", sources=(source,))
    second = sentences(one)[1]
    label = gold(second.id, "denial", votes={"denial": 2, "claim": 1}, flags=("mixed",))
    built = build_examples([one], [second], [label])
    (found,) = built.examples
    assert found.id == second.id
    assert (found.text, found.before, found.label) == (second.text, second.before, "denial")
    assert (found.group, found.document_id, found.title) == ("f1", one.id, "Bridge")
    assert (found.outlet, found.published) == ("The Herald", published)
    assert (found.votes, found.flags) == ({"denial": 2, "claim": 1}, ("mixed",))
    assert (found.part, found.start, found.end) == ("body", 20, 33)
    assert one.part(found.part)[found.start : found.end] == found.text
    assert (found.position, found.stream, found.split) == (0.5, "none", None)


def test_open_ties_and_unlabelled_tasks_are_counted():
    one = article()
    first, second = sentences(one)
    third = task("He denied", one.id, 20)
    built = build_examples([one], [first, second, third], [gold(first.id, None), gold(second.id)])
    assert [found.id for found in built.examples] == [second.id]
    assert (built.undecided, built.without_gold, built.repeats) == (1, 1, 0)


def test_a_place_shown_twice_becomes_one_example():
    one = article()
    first = sentences(one)[0]
    again = task(first.text, one.id, 0, repeat=1)
    built = build_examples([one], [first, again], [gold(first.id), gold(again.id, "neither")])
    assert [found.id for found in built.examples] == [first.id]
    assert built.repeats == 1


def test_the_group_is_the_family_else_the_article():
    families = ("f1", "f1", None)
    both = [
        article(TEXT + str(number), key=f"k{number}", family=family)
        for number, family in enumerate(families)
    ]
    tasks = [sentences(one)[0] for one in both]
    built = build_examples(both, tasks, [gold(one.id) for one in tasks])
    assert [found.group for found in built.examples] == ["f1", "f1", "k2"]


def test_what_does_not_belong_together_is_refused_by_name():
    one = article()
    first = sentences(one)[0]
    with pytest.raises(InputError, match=r"gold.jsonl: task 'd9:body:0-1' has a gold label"):
        build_examples([one], [first], [gold("d9:body:0-1")])
    with pytest.raises(InputError, match=rf"tasks.jsonl: task '{first.id}' belongs to a document"):
        build_examples([], [first], [gold(first.id)])
    with pytest.raises(InputError, match=rf"gold.jsonl: '{first.id}' stands there twice"):
        build_examples([one], [first], [gold(first.id), gold(first.id)])
    with pytest.raises(InputError, match=r"documents.jsonl: .* twice"):
        build_examples([one, one], [first], [])


def test_nothing_labelled_makes_nothing():
    one = article()
    built = build_examples([one], sentences(one), [])
    assert (built.examples, built.without_gold) == ([], 2)
