"""An annotated project that annotate did not make becomes documents, tasks and annotations."""

import json
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from studio_strategies import DEFAULT, choice, made

from annotate.errors import InputError
from annotate.labelstudio.adopt import adopt
from annotate.labelstudio.pseudonyms import Person, Pseudonyms
from annotate.records import Span
from annotate.settings import UnitSettings

MAPPING = {"text": "sentence", "label": "stance"}


def stance(label="claim", who=1, **fields):
    return made([choice(label, control="stance")], who, **fields)


def entry(text, *annotations, number=1, **data):
    return {"id": number, "data": {"sentence": text, **data}, "annotations": list(annotations)}


def region(start, end, name="cue", region_id="r"):
    return {"id": region_id, "from_name": "spans", "type": "labels",
            "value": {"start": start, "end": end, "labels": [name]}}  # fmt: skip


@pytest.fixture
def take(tmp_path):
    def take(*entries, mapping=MAPPING, **fields):
        path = tmp_path / "theirs.json"
        path.write_text(json.dumps(list(entries)))
        return adopt(path, mapping=mapping, scheme=DEFAULT, **fields)

    return take


def test_every_task_becomes_a_document_with_one_task_over_its_text(take):
    mapping = MAPPING | {"title": "head", "outlet": "paper", "published": "day", "url": "link"}
    mapping |= {"before": "prior"}
    one = entry("It rains.", stance(), head="Rain", paper="The Post", day="2024-05-01",
                link="https://x.eu/1", prior="So.")  # fmt: skip
    found = take(one, mapping=mapping)
    (document,), (task,), (annotation,) = found.documents, found.tasks, found.annotations
    assert (document.text, document.title, document.outlet) == ("It rains.", "Rain", "The Post")
    assert (document.key, document.url) == ("theirs.json#1", "https://x.eu/1")
    assert document.published.isoformat() == "2024-05-01T00:00:00+00:00"
    assert (task.id, task.text, task.before) == (f"{document.id}:body:0-9", "It rains.", "So.")
    assert (annotation.task_id, annotation.label) == (task.id, "claim")


def test_tasks_of_one_address_are_one_family_and_no_revisions_of_one_another(take):
    entries = [entry(f"Sentence {n}.", stance(), number=n, link="https://x.eu/1") for n in (1, 2)]
    documents = take(*entries, mapping=MAPPING | {"url": "link"}).documents
    assert len({document.key for document in documents}) == 2
    assert {document.group for document in documents} == {"https://x.eu/1"}
    mapping = MAPPING | {"url": "link", "family": "story"}
    entries = [{**each, "data": {**each["data"], "story": "rain"}} for each in entries]
    assert {d.family for d in take(*entries, mapping=mapping).documents} == {"rain"}


def test_copies_of_a_text_are_merged_with_their_sources_and_annotations(take):
    mapping = MAPPING | {"outlet": "paper"}
    found = take(
        entry("It rains.", stance(who=1), number=1, paper="The Post"),
        entry("It rains.", stance("denial", who=2), number=2, paper="The Times"),
        mapping=mapping,
    )
    assert [[s.outlet for s in d.sources] for d in found.documents] == [["The Post", "The Times"]]
    assert [(a.annotator, a.label) for a in found.annotations] == [
        ("annotator-1", "claim"),
        ("annotator-2", "denial"),
    ]
    assert (len(found.tasks), found.copies) == (1, 1)


# Offsets in the original: "Cafe" + combining acute (5 characters), CRLF (2), then "so it is".
# Here the accented letter is one character and the line end another: all after move by 2.
ORIGINAL = "Cafe\u0301\r\nso it is"


@pytest.mark.parametrize(
    ("start", "end", "covers"),
    [(0, 5, "Café"), (7, 9, "so"), (5, 9, "\nso"), (0, len(ORIGINAL), "Café\nso it is")],
)
def test_spans_move_with_the_text_when_it_is_normalised(take, start, end, covers):
    answer = [choice("claim", control="stance"), region(start, end)]
    found = take(entry(ORIGINAL, made(answer)))
    (annotation,), (task,) = found.annotations, found.tasks
    assert task.text == "Café\nso it is"
    assert [task.text[s.start : s.end] for s in annotation.spans] == [covers]


@pytest.mark.parametrize(("start", "end"), [(0, 4), (4, 5), (6, 9)])
def test_a_span_that_cuts_through_a_character_is_set_aside(take, start, end):
    found = take(entry(ORIGINAL, made([choice("claim", control="stance"), region(start, end)])))
    assert found.annotations == ()
    assert f"span {start}-{end} does not stand" in found.rejected[0].reason


TEXTS = st.lists(
    st.sampled_from(["a", "b ", "😀", "e", "\u0301", "é", "\r", "\n", "\r\n", "\ufeff"])
)


@settings(max_examples=200, deadline=None)
@given(TEXTS.map("".join).filter(lambda t: t.strip("\r\n\ufeff")), st.data())
def test_no_span_is_ever_moved_to_other_characters(tmp_path_factory, text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    path = tmp_path_factory.mktemp("adopt") / "theirs.json"
    answer = [choice("claim", control="stance"), region(start, end)]
    path.write_text(json.dumps([entry(text, made(answer))]))
    found = adopt(path, mapping=MAPPING, scheme=DEFAULT)
    part = text[start:end].replace("\r\n", "\n").replace("\r", "\n").replace("\ufeff", "")
    for annotation in found.annotations:
        (span,) = annotation.spans
        assert found.tasks[0].text[span.start : span.end] == unicodedata.normalize("NFC", part)
    assert len(found.annotations) + len(found.rejected) == 1


# A whole article from elsewhere: Windows line ends, a tab, an emoji of several characters, an
# accent that is composed here and one that stays apart, right-to-left text, a byte order mark.
ARTICLE = (
    "\ufeffAda 👩‍👩‍👧 said:\r\n“Cafe\u0301 q\u0323 is\topen.”\r\n\r\n"
    "Bo denied it.\r\n\u202bקפה סגור\u202c — so\u00a0they say.\r"
)


def test_marks_of_a_whole_article_stay_on_their_words_when_line_ends_change(take):
    quotes = {"content": "Cafe\u0301 q\u0323 is\topen", "source": "Ada 👩‍👩‍👧", "cue": "denied",
              "target": "it.\r\n\u202bקפה סגור\u202c"}  # fmt: skip
    at = {name: ARTICLE.index(quote) for name, quote in quotes.items()}
    raw = [region(at[name], at[name] + len(quote), name, name) for name, quote in quotes.items()]
    raw += [
        {"type": "relation", "from_id": "content", "to_id": "source", "direction": "right"},
        {"type": "relation", "from_id": "cue", "to_id": "target", "labels": ["denies"]},
        {"id": "cue", "from_name": "open", "to_name": "t", "type": "choices",
         "value": {"start": at["cue"], "end": at["cue"] + 6, "choices": ["denies"]}},
    ]  # fmt: skip
    units = UnitSettings(of="article", spans=True)
    mapping = {"text": "sentence", "unresolved": "open"}
    found = take(entry(ARTICLE, made(raw)), mapping=mapping, units=units)
    (annotation,), (task,) = found.annotations, found.tasks
    assert (found.rejected, task.kind, annotation.label) == ((), "article", None)
    assert "\r" not in task.text
    assert {s.label: task.text[s.start : s.end] for s in annotation.spans} == {
        "content": "Café q\u0323 is\topen", "source": "Ada 👩‍👩‍👧", "cue": "denied",
        "target": "it.\n\u202bקפה סגור\u202c",
    }  # fmt: skip
    names = [span.label for span in annotation.spans]
    assert [
        (r.label, names[r.head], None if r.tail is None else names[r.tail])
        for r in annotation.relations
    ] == [("said_by", "content", "source"), ("denies", "cue", None), ("denies", "cue", "target")]


def test_where_spans_are_wanted_a_project_without_them_is_refused(take):
    units = UnitSettings(of="article", spans=True)
    with pytest.raises(InputError, match=r"no control 'spans'.*There is stance"):
        take(entry("It rains.", stance()), units=units)
    assert take(entry("It rains.", stance()), units=UnitSettings(of="article")).tasks[0].kind == (
        "article"
    )


def test_a_span_over_a_text_that_needs_no_change_stays_where_it_is(take):
    text = "A 😀 said e."
    (annotation,) = take(
        entry(text, made([choice("claim", control="stance"), region(2, 3)]))
    ).annotations
    assert annotation.spans == (Span(start=2, end=3, label="cue"),)


def test_answers_of_controls_that_are_not_mapped_are_counted_not_taken(take):
    raw = stance()
    raw["result"] += [choice("good", control="mood"), choice("bad", control="mood")]
    found = take(entry("It rains.", raw))
    assert found.passed_over == {"mood": 2}
    assert found.annotations[0].label == "claim"


def test_labels_that_the_scheme_lacks_and_empty_texts_are_set_aside(take):
    found = take(entry("It rains.", stance("Claim")), entry(" ", stance(), number=2))
    assert found.annotations == ()
    assert [entry.reason for entry in found.rejected] == [
        "its task has no text",
        "the scheme has no label 'Claim'",
    ]
    assert (len(found.documents), found.empty) == (1, 1)


def test_skips_are_kept_and_tasks_without_annotations_too(take):
    found = take(
        entry("It rains.", stance(was_cancelled=True), stance(who=2)),
        {"id": 2, "data": {"sentence": "It snows."}, "annotations": []},
    )
    assert [annotation.skipped for annotation in found.annotations] == [True, False]
    assert len(found.tasks) == 2


def test_users_of_a_server_unknown_are_not_taken_for_ours(take):
    ours = Pseudonyms().including([Person(1)])
    found = take(entry("It rains.", stance(who=1)), pseudonyms=ours)
    assert found.annotations[0].annotator == "annotator-2"
    again = take(entry("It rains.", stance(who=1)), pseudonyms=found.pseudonyms)
    assert again.annotations == found.annotations


@pytest.mark.parametrize(
    ("mapping", "why"),
    [
        ({}, r"no field 'text'.*There is day, sentence.*--map text=NAME"),
        ({"text": "sentence"}, r"no control 'label'.*There is stance"),
        (MAPPING | {"title": "head"}, "no field 'head'"),
        (MAPPING | {"flags": "marks"}, "no control 'marks'"),
        (MAPPING | {"author": "who"}, "'author', which is no field of ours"),
        (MAPPING | {"published": "day"}, "'yesterday', which is not ISO 8601"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused_before_anything_is_made(take, mapping, why):
    with pytest.raises(InputError, match=why):
        take(entry("It rains.", stance(), day="yesterday"), mapping=mapping)
