"""The quiz: what is drawn, where its sentences stand, and how it is marked."""

from collections import Counter

import pytest

from annotate.agreement.quiz import mark_quiz
from annotate.errors import InputError
from annotate.records import GoldLabel
from annotate.resources import resource
from annotate.scheme import Scheme
from annotate.tasks.quiz import QuizItem, draw_items, quiz_tasks, read_quiz
from strategies import annotation, task

SCHEME = Scheme.load(resource("schemas/labels.yaml"))
OURS = resource("seeds/behaviour.jsonl")


def item(number, pattern="1", **fields):
    return QuizItem(
        id=f"i{number}", pattern=pattern, **{"text": f"Text {number}.", "label": "claim"} | fields
    )


def test_our_quiz_has_two_sentences_for_every_edge_case():
    drawn = draw_items(read_quiz(OURS, SCHEME), 2, seed=0)
    counts = Counter(each.pattern for each in drawn)
    assert {case.id for case in SCHEME.edge_cases} <= set(counts)
    assert set(counts.values()) == {2}
    assert draw_items(reversed(drawn), 2, seed=0) == drawn, "the order of the file does not matter"
    assert draw_items(read_quiz(OURS, SCHEME), 2, seed=1) != drawn


def test_every_sentence_of_our_quiz_stands_where_its_task_says():
    found = list(quiz_tasks(read_quiz(OURS, SCHEME)))
    assert len({each.task.id for each in found}) == len(found)
    for each in found:
        text = each.document.part(each.task.part)
        assert text[each.task.start : each.task.end] == each.item.text
        assert each.task.after == each.item.after
        assert each.task.prelabel_held_out


def test_a_headline_is_a_title_and_a_sentence_stands_between_its_neighbours():
    headline, body = quiz_tasks([
        item(1, kind="headline", text="Minister denies call", after="He spoke on Monday."),
        item(2, before="A paper said so.", text="He denied it.", after="It rained.", title="Head"),
    ])  # fmt: skip
    assert (headline.document.title, headline.document.text, headline.task.part) == (
        "Minister denies call", "He spoke on Monday.", "title",
    )  # fmt: skip
    assert body.document.text == "A paper said so. He denied it. It rained."
    assert (body.task.start, body.task.before, body.document.title) == (
        17,
        "A paper said so.",
        "Head",
    )


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([item(1, label="lie")], "'lie' is not a label"),
        ([item(1), item(1)], "two items have the id 'i1'"),
        ([], "holds no item"),
        ([item(1, text=" \n ")], "its text is empty"),
        ([item(1), item(2, text="Text 1.", label="denial")], "the same sentence"),
        (
            [item(n, kind="headline", text=f"Head {n}", after="He spoke.") for n in (1, 2)],
            "items i1 and i2 are the same sentence",
        ),
    ],
)
def test_a_quiz_that_cannot_be_asked_is_refused(tmp_path, lines, said):
    path = tmp_path / "quiz.jsonl"
    path.write_text("".join(f"{each.model_dump_json()}\n" for each in lines), "utf-8")
    with pytest.raises(InputError, match=said):
        read_quiz(path, SCHEME)


def test_texts_of_a_quiz_are_normalised(tmp_path):
    path = tmp_path / "quiz.jsonl"
    odd = item(1, text=" Cafe\u0301\r\nshut. ", before="So\u0308.", title="  ")
    path.write_text(f"{odd.model_dump_json()}\n", "utf-8")
    (found,) = quiz_tasks(read_quiz(path, SCHEME))
    assert (found.task.text, found.task.before) == ("Café\nshut.", "Sö.")
    assert found.document.title is None


def test_marks_are_the_share_of_right_labels_of_all_that_was_asked():
    tasks = [task(f"Sentence {n}.", start=20 * n) for n in range(5)]
    key = [
        GoldLabel(task_id=each.id, label="claim", scores={}, method="given", reason=f"case {n % 2}")
        for n, each in enumerate(tasks)
    ]
    votes = [annotation(each.id, "ann", "claim") for each in tasks]
    votes[1] = annotation(tasks[1].id, "ann", "denial")  # 4 of 5 right
    votes += [annotation(each.id, "ben", "claim") for each in tasks[:4]]  # 4 of 5, one to go
    votes += [annotation(each.id, "cleo", "neither") for each in tasks[:4]]
    votes += [annotation(tasks[4].id, "cleo", None, skipped=True)]  # none right
    votes += [annotation("elsewhere", "dora", "claim")]
    report = mark_quiz(votes, key, tasks, pass_mark=0.8)
    marks = {r.annotator: (r.right, r.answered, r.share, r.passed) for r in report.results}
    assert marks == {
        "ann": (4, 5, 0.8, True), "ben": (4, 4, 0.8, False), "cleo": (0, 5, 0.0, False),
    }  # fmt: skip
    assert [r.annotator for r in report.results] == ["ann", "ben", "cleo"]
    (mistake,) = report.results[0].mistakes
    assert (mistake.case, mistake.text, mistake.given, mistake.right) == (
        "case 1", "Sentence 1.", "denial", "claim",
    )  # fmt: skip
    # ann missed task 1 (case 1), cleo all five: tasks 0, 2, 4 are case 0, tasks 1, 3 case 1.
    assert report.missed == (("case 0", 3), ("case 1", 3))
