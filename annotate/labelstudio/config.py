"""The labelling page and the instructions of a Label Studio project, written from the scheme."""

import re
import string
from collections.abc import Iterable
from xml.etree import ElementTree

from annotate.errors import SchemeError
from annotate.guideline import guideline_markdown
from annotate.labelstudio.look import INSTRUCTIONS_STYLE, page_style
from annotate.scheme import Mark, Scheme

LABEL, FLAGS, SPANS, TEXT = "label", "flags", "spans", "text"
"""Names of the page's controls and of the text that they are about."""

_TAKEN_KEYS = {"u": "unselecting a region"}
_KEYS = string.digits[1:] + "0" + string.ascii_lowercase
_FIELD = re.compile(r"\$[\w\[.{}]")
"""What Label Studio reads as the name of a data field, in the middle of a value too."""


def label_config(scheme: Scheme, *, spans: bool = False) -> str:
    """The labelling page as Label Studio's XML.

    From top to bottom: headline, outlet and date; the context before, dimmed; the text to be
    labelled, large; the context after, dimmed; the labels, one of which is required; the flags.
    Values of choices are exactly the names in the scheme.

    Args:
        scheme: labels, flags, hotkeys and colours.
        spans: whether spans and relations of the scheme can be marked in the text.

    Raises:
        SchemeError: a hotkey that Label Studio cannot take, or uses itself.
    """
    keys = _hotkeys(scheme)
    page = ElementTree.Element("View", className="annotate-page")
    colours = [scheme.colours[name] for name in keys]
    ElementTree.SubElement(page, "Style").text = page_style(colours, panel=spans)
    head = _box(page, "head")
    for field in ("headline", "outlet", "published"):
        ElementTree.SubElement(head, "Header", value=f"${field}", size="5")
    if spans:
        _spans(page, scheme)
    for field in ("before", TEXT, "after"):
        box = _box(page, "text" if field == TEXT else "context")
        ElementTree.SubElement(
            box, "Text", name=field, value=f"${field}", granularity="symbol"
        )  # fmt: skip
    question = _box(page, "label")
    ElementTree.SubElement(question, "Header", value=_literal(scheme.question), size="5")
    labels = ElementTree.SubElement(
        question, "Choices", name=LABEL, toName=TEXT, choice="single", required="true",
        requiredMessage="Choose a label first.", showInline="true",
    )  # fmt: skip
    for name, key in keys.items():
        ElementTree.SubElement(labels, "Choice", _named(name), hotkey=key)
    if scheme.flags:
        _flags(page, scheme.flags, (key for key in _KEYS if key not in keys.values()))
    ElementTree.indent(page)
    return ElementTree.tostring(page, encoding="unicode") + "\n"


def instructions_html(scheme: Scheme) -> str:
    """The guideline as HTML, for the project's instructions."""
    from markdown_it import MarkdownIt

    render = MarkdownIt("commonmark", {"html": False}).enable("table").render
    # Label Studio's own style sheet takes the marks from lists and the lines from tables.
    return (
        f"<style>{INSTRUCTIONS_STYLE}</style>\n"
        f'<div class="annotate-guideline">\n{render(guideline_markdown(scheme))}</div>\n'
    )


def choices_of(config: str) -> frozenset[tuple[str, str]]:
    """(control, value) of every choice and label on a page; empty if it is not readable as XML."""
    try:
        page = ElementTree.fromstring(config)  # noqa: S314  from the server the user chose
    except ElementTree.ParseError:
        return frozenset()
    return frozenset(
        (control.get("name") or "", choice.get("alias") or choice.get("value") or "")
        for control in page.iter()
        for choice in control
        if choice.tag in {"Choice", "Label", "Relation"}
    )


def same_page(one: str, other: str) -> bool:
    """Whether two pages are the same but for white space and the order of attributes."""
    try:
        return _canonical(one) == _canonical(other)
    except ElementTree.ParseError:
        return False


def _canonical(config: str) -> str:
    return ElementTree.canonicalize(config, strip_text=True)


def _hotkeys(scheme: Scheme) -> dict[str, str]:
    """The key of each label, in the form that Label Studio takes."""
    keys = {name: key.lower() for name, key in scheme.hotkeys.items()}
    where = f"{scheme.name}: labels"
    for name, key in keys.items():
        if key in _TAKEN_KEYS:
            problem = f"the hotkey {key!r} of {name!r} is Label Studio's own ({_TAKEN_KEYS[key]})"
            raise SchemeError(where, problem)
        if key not in _KEYS:
            problem = f"the hotkey {key!r} of {name!r} is no letter from a to z and no digit"
            raise SchemeError(where, problem)
    return keys


def _box(page: ElementTree.Element, name: str) -> ElementTree.Element:
    return ElementTree.SubElement(page, "View", className=f"annotate-{name}")


def _flags(page: ElementTree.Element, flags: Iterable[Mark], keys: Iterable[str]) -> None:
    box = _box(page, "flags")
    ElementTree.SubElement(box, "Header", value="Flags", size="5")
    choices = ElementTree.SubElement(
        box, "Choices", name=FLAGS, toName=TEXT, choice="multiple", showInline="true"
    )
    free = iter(keys)
    for flag in flags:
        choice = ElementTree.SubElement(choices, "Choice", _named(flag.name))
        if flag.definition:
            choice.set("hint", flag.definition)
        if key := next((key for key in free if key not in _TAKEN_KEYS), None):
            choice.set("hotkey", key)


def _spans(page: ElementTree.Element, scheme: Scheme) -> None:
    relations = ElementTree.SubElement(page, "Relations")
    for relation in scheme.relations:
        ElementTree.SubElement(relations, "Relation", _named(relation.name))
    labels = ElementTree.SubElement(page, "Labels", name=SPANS, toName=TEXT)
    for span in scheme.spans:
        ElementTree.SubElement(labels, "Label", _named(span.name))


def _named(name: str) -> dict[str, str]:
    """Attributes that make Label Studio show and store exactly this name."""
    shown = _literal(name)
    return {"value": name} if shown == name else {"value": shown, "alias": name}


def _literal(text: str) -> str:
    """A text to show in which Label Studio finds no field names: "$5" gets a wide dollar sign."""
    return text.replace("$", "\N{FULLWIDTH DOLLAR SIGN}") if _FIELD.search(text) else text
