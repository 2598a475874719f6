from hypothesis import given

from annotate.segments import load_segmenter
from annotate.tasks import build_tasks, join_tasks
from strategies import TEXTS, document, task

news = load_segmenter("news", language="en")


@given(TEXTS)
def test_text_and_context_stand_where_the_offsets_say(text):
    found = document(text)
    made = list(build_tasks(found, segment=news))
    assert len({one.id for one in made}) == len(made)
    for one in made:
        assert one.text == found.text[one.start : one.end]
        assert found.text[: one.start].rstrip().endswith(one.before)
        assert found.text[one.end :].lstrip().startswith(one.after)
        assert 0 <= one.position < 1


def test_context_is_two_before_and_one_after():
    found = document("One. Two. Three. Four. Five.", title="Head")
    made = {one.text: one for one in build_tasks(found, segment=news)}
    assert (made["Three."].before, made["Three."].after) == ("One. Two.", "Four.")
    assert (made["One."].before, made["Five."].after) == ("", "")
    assert [one.position for one in made.values()] == [0, 0, 0.2, 0.4, 0.6, 0.8]
    head = made["Head"]
    assert (head.part, head.kind, head.before, head.after) == ("title", "headline", "", "")


def test_a_headline_that_opens_the_text_is_one_task():
    found = document("Minister denies call.\n\nHe said so.", title="Minister denies call")
    made = list(build_tasks(found, segment=news))
    assert [(one.part, one.kind) for one in made] == [("body", "headline"), ("body", "body")]


def test_headlines_can_be_left_out():
    found = document("One.", title="Head")
    assert [one.text for one in build_tasks(found, segment=news, titles=False)] == ["One."]


def test_a_whole_article_as_one_task():
    found = document("One. Two.")
    (made,) = build_tasks(found, segment=news, of="article")
    assert (made.text, made.kind) == (found.text, "article")


def test_labelled_tasks_stay_when_they_are_no_longer_built():
    old, labelled, new = task("Old."), task("Labelled."), task("The new.")
    joined = join_tasks([old, labelled], [new], labelled=frozenset({labelled.id}))
    assert joined.tasks == [new, labelled]
    assert (joined.new, joined.kept_for_labels) == (1, 1)
