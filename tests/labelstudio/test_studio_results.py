"""Result lists: written, sent through JSON, read back; and what is refused."""

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from studio_strategies import DEFAULT, JSON, KEYS, answers, choice

from annotate.labelstudio.results import Answer, Controls, Misfit, make_result, read_result
from annotate.records import Marked, Relation, Span
from annotate.settings import UnitSettings

TEXT = "A 😀 said: “It’s e\u0301.”"


def span(start, end, *labels, region="r1", **fields):
    value = {"start": start, "end": end, "labels": list(labels), "text": "not the slice\\n"}
    return {"id": region, "from_name": "spans", "to_name": "text", "type": "labels",
            "value": value, **fields}  # fmt: skip


def arrow(head, tail, direction="right", labels=("denies",)):
    return {"type": "relation", "from_id": head, "to_id": tail, "direction": direction,
            "labels": list(labels)}  # fmt: skip


def outward(*names, region="r1"):
    """What is said of the first character: relations that lead to nothing in the text."""
    value = {"start": 0, "end": 1, "choices": list(names)}
    return {"id": region, "from_name": "unresolved", "to_name": "text", "type": "choices",
            "value": value}  # fmt: skip


def read(*items, **fields):
    return read_result(list(items), scheme=DEFAULT, length=len(TEXT), **fields)


@settings(max_examples=100, deadline=None)
@given(answers())
def test_an_answer_survives_the_way_there_and_back(drawn):
    scheme, text, label, marked = drawn
    sent = json.loads(json.dumps(make_result(label, marked)))
    assert read_result(sent, scheme=scheme, length=len(text)) == Answer(label, marked)


@settings(max_examples=50, deadline=None)
@given(answers())
def test_label_studio_s_own_validator_finds_no_fault_in_what_we_write(drawn):
    from label_studio_sdk.label_interface import LabelInterface

    from annotate.labelstudio.config import label_config

    scheme, _, label, marked = drawn
    if label is None:
        shown = {flag.name for flag in scheme.flags if flag.of_articles}
        marked = marked.model_copy(update={"flags": tuple(f for f in marked.flags if f in shown)})
    units = UnitSettings(of="article" if label is None else "sentence", spans=True)
    page = LabelInterface(label_config(scheme, units=units))
    prediction = {"model_version": "m", "score": 0.5, "result": make_result(label, marked)}
    assert page.validate_prediction(prediction, return_errors=True) == []


def test_offsets_are_code_points_and_the_quoted_text_is_not_believed():
    found = read(choice("claim"), span(2, 3, "source")).marked.spans
    assert [TEXT[s.start : s.end] for s in found] == ["😀"]


def test_the_order_of_the_items_does_not_matter():
    spans = [span(0, 1, "cue", region="b"), span(4, 8, "target", region="a")]
    flags = choice("unsure", "mixed", control="flags")
    items = [choice("denial"), flags, *spans, arrow("b", "a")]
    found = read(*items)
    assert found == read(*items[::-1])
    assert found.marked.flags == ("mixed", "unsure")  # the order of the scheme
    assert found.marked.relations == (Relation(label="denies", head=0, tail=1),)


@pytest.mark.parametrize(
    ("direction", "ends"),
    [("right", [(0, 1)]), ("left", [(1, 0)]), ("bi", [(0, 1), (1, 0)])],
)
def test_arrows_point_as_they_were_drawn(direction, ends):
    found = read(span(0, 1, "content", region="b"), span(4, 8, "content", region="a"),
                 arrow("b", "a", direction, ["repeats"]))  # fmt: skip
    assert [(r.head, r.tail) for r in found.marked.relations] == ends


@pytest.mark.parametrize(
    ("items", "why"),
    [
        ([choice("lie")], "no label 'lie'"),
        ([choice("Claim")], "no label 'Claim'"),
        ([choice("claim", "denial")], "2 labels: claim, denial"),
        ([choice("claim"), choice("claim")], "2 labels"),
        ([choice("angry", control="flags")], "no flag 'angry'"),
        ([choice("x", control="mood")], "control 'mood'"),
        ([{"from_name": "label", "type": "rating", "value": {"rating": 3}}], "not of the kind"),
        ([{"from_name": "label", "type": "choices"}], "not of the kind"),
        ([{**choice("claim"), "value": {"choices": ["claim"], "start": 0}}], "a part of the text"),
        ([span(0, 3, "verb")], "no span 'verb'"),
        ([span(0, 3)], "0 labels"),
        ([span(0, 3, "cue", "source")], "2 labels"),
        ([span(0, len(TEXT) + 1, "cue")], f"0-{len(TEXT) + 1} does not fit"),
        ([span(3, 3, "cue")], "3-3 does not fit"),
        ([span(3, 2, "cue")], "3-2 does not fit"),
        ([span(-1, 2, "cue")], "-1-2 does not fit"),
        ([span("0", "3", "cue")], "no whole numbers"),
        ([span(None, None, "cue")], "no whole numbers"),
        ([span(0, 1, "cue"), span(1, 2, "cue")], "one id"),
        ([span(0, 1, "cue"), arrow("r1", "gone")], "not there"),
        ([span(0, 1, "cue"), arrow("r1", "r1", labels=())], "no name; it can be none"),
        ([span(0, 1, "content"), arrow("r1", "r1", labels=())], "denies or repeats or confirms"),
        ([span(0, 1, "cue"), arrow("r1", "r1", labels=[1])], r"the names \[1\]"),
        ([span(0, 1, "cue"), arrow("r1", "r1")], "from 'cue' to 'cue' called 'denies'"),
        ([span(0, 1, "source"), outward("denies")], "from 'source' to nothing called 'denies'"),
        ([span(0, 1, "cue"), outward("signals")], "from 'cue' to nothing called 'signals'"),
        ([span(0, 1, "cue"), outward("denies", region="r2")], "not there"),
        ([choice("nothing to mark", control="nothing"), span(0, 1, "cue")], "marks 1 spans"),
        ([choice("all of it", control="nothing")], "it says 'all of it'"),
        ([choice("unsure", control="flags")], "no label, and marks nothing"),
        ([], "no label, and marks nothing"),
        ([span(0, 1, "cue"), arrow("r1", "r1", labels=("likes",))], "no relation 'likes'"),
        ([span(0, 1, "cue"), arrow("r1", "r1", direction="up")], "direction 'up'"),
        (["claim"], "no list of answers"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_reason(items, why):
    with pytest.raises(Misfit, match=why):
        read(*items)


def test_a_result_that_is_no_list_is_refused():
    with pytest.raises(Misfit, match="no list"):
        read_result(None, scheme=DEFAULT, length=1)


ITEMS = st.dictionaries(KEYS, JSON, max_size=7)


@settings(max_examples=300, deadline=None)
@given(JSON | st.lists(ITEMS, max_size=3))
def test_whatever_a_result_holds_it_is_read_or_refused(result):
    with suppress(Misfit):
        assert isinstance(read_result(result, scheme=DEFAULT, length=9), Answer)


def test_controls_that_are_passed_over_are_not_read():
    named = Controls(label="stance", spans=None, others=frozenset({"mood", "spans"}))
    found = read(choice("claim", control="stance"), choice("x", control="mood"),
                 span(0, 1, "verb"), arrow("r1", "gone"), controls=named)  # fmt: skip
    assert found == Answer("claim")


def test_a_relation_to_nothing_in_the_text_is_a_choice_of_its_span():
    marked = Marked(
        spans=(Span(start=0, end=1, label="cue"), Span(start=4, end=8, label="target")),
        relations=(
            Relation(label="denies", head=0, tail=None),
            Relation(label="denies", head=0, tail=1),
        ),
    )
    sent = make_result(None, marked)
    assert [item["from_name"] for item in sent if "from_name" in item] == [
        "spans", "spans", "unresolved",
    ]  # fmt: skip
    assert sent[2] == outward("denies", region="span-0")
    assert read(*sent) == Answer(None, marked)


def test_an_arrow_without_a_name_is_the_only_relation_that_may_stand_there():
    spans = [span(0, 1, "cue", region="a"), span(2, 3, "target", region="b"),
             span(4, 8, "content", region="c"), span(9, 12, "source", region="d")]  # fmt: skip
    bare = [arrow("a", "b", labels=[]), {**arrow("c", "d"), "labels": None}]
    found = read(*spans, *bare).marked.relations
    assert [(r.label, r.head, r.tail) for r in found] == [("denies", 0, 1), ("said_by", 2, 3)]


def test_relations_of_the_same_spans_are_one_arrow_since_no_second_one_is_shown():
    spans = tuple(Span(start=at, end=at + 1, label="content") for at in (0, 2))
    relations = tuple(Relation(label=name, head=1, tail=0) for name in ("confirms", "repeats"))
    marked = Marked(spans=spans, relations=relations)
    sent = make_result(None, marked)
    assert [item["labels"] for item in sent if item["type"] == "relation"] == [
        ["confirms", "repeats"]
    ]
    assert read(*sent).marked == marked


def test_an_article_with_nothing_to_mark_says_so():
    sent = make_result(None, Marked(flags=("unsure",)))
    assert sent == [choice("nothing to mark", control="nothing"), choice("unsure", control="flags")]
    assert read(*sent) == Answer(None, Marked(flags=("unsure",)))
