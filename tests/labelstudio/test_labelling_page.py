"""The labelling page: what Label Studio's own parser makes of it."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from studio_strategies import DEFAULT, schemes

from annotate.errors import SchemeError
from annotate.labelstudio.config import choices_of, instructions_html, label_config, same_page
from annotate.labelstudio.look import page_style
from annotate.scheme import Scheme
from annotate.settings import SENTENCES, UnitSettings

SPANS = UnitSettings(spans=True)
ARTICLES = UnitSettings(of="article", spans=True)


def parsed(config):
    return ElementTree.fromstring(config)  # noqa: S314  our own


def interface(config):
    from label_studio_sdk.label_interface import LabelInterface

    found = LabelInterface(config)
    found.validate()
    return found


def scheme_with(**fields):
    labels = [{"name": "a"}, {"name": "b"}]
    content = {"name": "s", "version": "1", "title": "S", "labels": labels, **fields}
    return Scheme.model_validate(content)


@settings(max_examples=60, deadline=None)
@given(schemes())
def test_any_scheme_becomes_a_page_with_exactly_its_names(scheme):
    page = interface(label_config(scheme, units=SPANS))
    labels = page.get_control("label")
    assert labels.labels == list(scheme.label_names)
    assert labels.attr["choice"] == "single"
    assert labels.attr["required"] == "true"
    if scheme.flags:
        assert page.get_control("flags").labels == list(scheme.flag_names)
        assert page.get_control("flags").attr["choice"] == "multiple"
    assert page.get_control("spans").labels == [mark.name for mark in scheme.spans]
    assert {control for control, _ in choices_of(label_config(scheme))} <= {"label", "flags"}


UNITS = [UnitSettings(of=of, spans=spans) for of in ("sentence", "article") for spans in (0, 1)]


@settings(max_examples=80, deadline=None)
@given(schemes(), st.sampled_from(UNITS))
def test_no_two_choices_share_a_hotkey_and_none_takes_label_studio_s_own(scheme, units):
    page = parsed(label_config(scheme, units=units))
    choices = [*page.iter("Choice"), *page.iter("Label")]
    keys = [key for choice in choices if (key := choice.get("hotkey"))]
    assert len(set(keys)) == len(keys)
    assert "u" not in keys
    labels = [
        c for choices in page.iter("Choices") if choices.get("name") == "label" for c in choices
    ]
    assert all(choice.get("hotkey") for choice in (*labels, *page.iter("Label")))


@settings(max_examples=60, deadline=None)
@given(schemes(), st.sampled_from(UNITS))
def test_a_page_asks_for_what_its_units_need(scheme, units):
    offered = choices_of(label_config(scheme, units=units))
    controls = {control for control, _ in offered}
    marked = units.of == "article" and units.spans
    assert ("label" in controls, "nothing" in controls) == (not marked, marked)
    assert ("spans" in controls) == units.spans
    out = {relation.name for relation in scheme.relations if relation.unresolved}
    assert {name for control, name in offered if control == "unresolved"} == (
        out if units.spans else set()
    )
    flags = {flag.name for flag in scheme.flags if flag.of_articles or not marked}
    assert {name for control, name in offered if control == "flags"} == flags
    interface(label_config(scheme, units=units))


def test_the_page_for_marked_articles():
    page = parsed(label_config(DEFAULT, units=ARTICLES))
    keys = {c.get("value"): c.get("hotkey") for tag in ("Label", "Choice") for c in page.iter(tag)}
    assert keys == {"source": "s", "cue": "e", "content": "o", "target": "t", "denies": "d",
                    "nothing to mark": "n", "unsure": "1"}  # fmt: skip
    assert [label.get("background") for label in page.iter("Label")] == [
        *DEFAULT.span_colours.values()
    ]
    assert [r.get("value") for r in page.iter("Relation")] == [
        "said_by", "signals", "denies", "repeats", "confirms",
    ]  # fmt: skip
    (unresolved,) = (c for c in page.iter("Choices") if c.get("name") == "unresolved")
    assert unresolved.get("perRegion") == "true"
    assert unresolved.get("whenLabelValue") == "content,cue"
    assert not any(control.get("required") for control in page.iter("Choices"))


@pytest.mark.parametrize("spans", [["a, b", "c"], ["c"]])
def test_a_list_of_spans_that_label_studio_would_misread_is_left_out(spans):
    scheme = scheme_with(
        spans=[{"name": name} for name in spans],
        relations=[{"name": "r", "unresolved": True, "starts_at": spans if len(spans) > 1 else []}],
    )
    page = parsed(label_config(scheme, units=ARTICLES))
    (unresolved,) = (c for c in page.iter("Choices") if c.get("name") == "unresolved")
    assert unresolved.get("whenLabelValue") is None


def test_no_value_is_read_as_the_name_of_a_data_field():
    # "$5" as the value of a choice would be replaced by field 5 of the task, that is, by nothing.
    labels = [{"name": "$5"}, {"name": "a$text b"}, {"name": "5$"}]
    page = parsed(label_config(scheme_with(labels=labels, question="$x or not?")))
    choices = [(c.get("value"), c.get("alias")) for c in page.iter("Choice")]
    wide = "\N{FULLWIDTH DOLLAR SIGN}"
    assert choices == [(f"{wide}5", "$5"), (f"a{wide}text b", "a$text b"), ("5$", None)]
    assert f"{wide}x or not?" in [header.get("value") for header in page.iter("Header")]


def test_every_field_on_the_page_is_one_that_a_task_has():
    page = parsed(label_config(DEFAULT))
    fields = {e.get("value")[1:] for e in page.iter() if (e.get("value") or "").startswith("$")}
    assert fields == {"headline", "outlet", "published", "before", "text", "after"}


def test_colours_and_hotkeys_are_those_of_the_scheme():
    page = label_config(DEFAULT)
    assert all(colour in page for colour in DEFAULT.colours.values())
    keys = {c.get("value"): c.get("hotkey") for c in parsed(page).iter("Choice")}
    assert (keys["claim"], keys["denial"], keys["neither"]) == ("c", "d", "n")


@pytest.mark.parametrize(("key", "why"), [("u", "Label Studio's own"), ("é", "a to z")])
def test_a_hotkey_that_would_not_work_is_refused(key, why):
    odd = [{"name": "unclear", "hotkey": key}]
    for scheme in (scheme_with(labels=[*odd, {"name": "b"}]), scheme_with(spans=odd)):
        with pytest.raises(SchemeError, match=why) as refused:
            label_config(scheme, units=SPANS)
        assert "'unclear'" in str(refused.value)


# Contrast ratio by WCAG: on #0072B2 white has 5.2 and black 4.0; on #FFFF00 white has 1.07 and
# black 19.6; on #D55E00 white has 3.9 and black 5.4.
@pytest.mark.parametrize(
    ("colour", "ink"), [("#0072B2", "#ffffff"), ("#FFFF00", "#000000"), ("#D55E00", "#000000")]
)
def test_the_chosen_label_is_readable_on_its_colour(colour, ink):
    assert f"background: {colour}; color: {ink};" in page_style([colour], units=SENTENCES)


def test_the_shipped_page_is_the_one_of_the_shipped_scheme():
    path = Path(__file__).parents[2] / "schemas" / "label_studio.xml"
    assert path.read_text(encoding="utf-8") == label_config(DEFAULT)


def test_pages_are_the_same_whatever_their_white_space():
    page = label_config(DEFAULT)
    assert same_page(page, page.strip().replace("\n  <View", "\n<View"))
    assert not same_page(page, page.replace("denial", "rebuttal"))
    assert not same_page(page, "not XML")
    assert choices_of("not XML") == frozenset()


def test_instructions_are_the_guideline_as_html_and_pass_no_markup_through():
    html = instructions_html(scheme_with(guideline="<script>x</script> **bold**\n\n|a|\n|-|\n|b|"))
    assert "<strong>bold</strong>" in html
    assert "<table>" in html
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "Spans to mark" not in html
    assert "Spans to mark" in instructions_html(DEFAULT, units=ARTICLES)
    edge_cases = instructions_html(DEFAULT)
    assert edge_cases.count("<tr>") == len(DEFAULT.edge_cases) + 1


def test_a_note_stands_between_the_text_and_the_labels_only_where_there_are_notes():
    scheme = scheme_with()
    page = label_config(scheme, notes=True)
    assert page.index("$after") < page.index("$note") < page.index('name="label"')
    assert ".annotate-note" in page
    assert ".annotate-note" not in label_config(scheme)
    assert "$note" not in label_config(scheme)
