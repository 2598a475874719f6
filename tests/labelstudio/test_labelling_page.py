"""The labelling page: what Label Studio's own parser makes of it."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from studio_strategies import DEFAULT, schemes

from annotate.errors import SchemeError
from annotate.labelstudio.config import choices_of, instructions_html, label_config, same_page
from annotate.labelstudio.look import page_style
from annotate.scheme import Scheme


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
    page = interface(label_config(scheme, spans=True))
    labels = page.get_control("label")
    assert labels.labels == list(scheme.label_names)
    assert labels.attr["choice"] == "single"
    assert labels.attr["required"] == "true"
    if scheme.flags:
        assert page.get_control("flags").labels == list(scheme.flag_names)
        assert page.get_control("flags").attr["choice"] == "multiple"
    assert page.get_control("spans").labels == [mark.name for mark in scheme.spans]
    assert {control for control, _ in choices_of(label_config(scheme))} <= {"label", "flags"}


@settings(max_examples=60, deadline=None)
@given(schemes())
def test_no_two_choices_share_a_hotkey_and_none_takes_label_studio_s_own(scheme):
    choices = list(parsed(label_config(scheme)).iter("Choice"))
    keys = [key for choice in choices if (key := choice.get("hotkey"))]
    assert len(set(keys)) == len(keys)
    assert "u" not in keys
    assert all(choice.get("hotkey") for choice in choices[: len(scheme.labels)])


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
    labels = [{"name": "unclear", "hotkey": key}, {"name": "b"}]
    with pytest.raises(SchemeError, match=why) as refused:
        label_config(scheme_with(labels=labels))
    assert "'unclear'" in str(refused.value)


# Contrast ratio by WCAG: on #0072B2 white has 5.2 and black 4.0; on #FFFF00 white has 1.07 and
# black 19.6; on #D55E00 white has 3.9 and black 5.4.
@pytest.mark.parametrize(
    ("colour", "ink"), [("#0072B2", "#ffffff"), ("#FFFF00", "#000000"), ("#D55E00", "#000000")]
)
def test_the_chosen_label_is_readable_on_its_colour(colour, ink):
    assert f"background: {colour}; color: {ink};" in page_style([colour], panel=False)


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
    edge_cases = instructions_html(DEFAULT)
    assert edge_cases.count("<tr>") == len(DEFAULT.edge_cases) + 1
