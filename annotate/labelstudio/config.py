"""The labelling page and the instructions of a Label Studio project, written from the scheme."""

import re
import string
from collections.abc import Iterable, Mapping, Sequence
from xml.etree import ElementTree

from annotate.errors import SchemeError
from annotate.guideline import guideline_markdown
from annotate.labelstudio.look import INSTRUCTIONS_STYLE, page_style
from annotate.marks import Flag, Mark, RelationLabel, mnemonics
from annotate.scheme import Scheme
from annotate.settings import SENTENCES, UnitSettings

LABEL, FLAGS, SPANS, TEXT, NOTE = "label", "flags", "spans", "text", "note"
UNRESOLVED, NOTHING = "unresolved", "nothing"
"""Names of the page's controls, of the text that they are about, and of what is said of that."""

NOTHING_TO_MARK = "nothing to mark"
"""The one choice of the control `NOTHING`: an article that was read and has no spans."""

_TAKEN_KEYS = {"u": "unselecting a region"}
_KEYS = string.digits[1:] + "0" + string.ascii_lowercase
_FIELD = re.compile(r"\$[\w\[.{}]")
"""What Label Studio reads as the name of a data field, in the middle of a value too."""


def label_config(scheme: Scheme, *, units: UnitSettings = SENTENCES, notes: bool = False) -> str:
    """The labelling page as Label Studio's XML.

    From top to bottom: headline, outlet and date; the context before, dimmed; the text to be
    labelled, large; the context after, dimmed; the labels, one of which is required; the flags.
    Values of choices are exactly the names in the scheme.

    Where spans are marked, they stand above the text and stay in sight while it is read. Where
    the labels follow from them, there is none to choose; "nothing to mark" stands in their place.

    Args:
        scheme: labels, flags, spans and relations, hotkeys and colours.
        units: what one task is, and whether spans are marked in it.
        notes: whether each task has a note, which stands between its context and the labels.

    Raises:
        SchemeError: a hotkey that Label Studio cannot take, or uses itself.
    """
    keys = _hotkeys(scheme, units)
    page = ElementTree.Element("View", className="annotate-page")
    colours = [scheme.colours[name] for name in keys[LABEL]]
    ElementTree.SubElement(page, "Style").text = page_style(colours, units=units, notes=notes)
    head = _box(page, "head")
    for field in ("headline", "outlet", "published"):
        ElementTree.SubElement(head, "Header", value=f"${field}", size="5")
    if units.spans:
        _spans(page, scheme, keys)
    for field in ("before", TEXT, "after"):
        box = _box(page, "text" if field == TEXT else "context")
        ElementTree.SubElement(
            box, "Text", name=field, value=f"${field}", granularity="symbol"
        )  # fmt: skip
    if notes:
        ElementTree.SubElement(_box(page, NOTE), "Header", value=f"${NOTE}", size="5")
    if units.derive_labels:
        nothing = _choices(_box(page, "nothing"), NOTHING, choice="single")
        _choice(nothing, Mark(name=NOTHING_TO_MARK), keys[NOTHING])
    else:
        _labels(page, scheme, keys[LABEL])
    if flags := flags_of(scheme, units):
        _flags(page, flags, keys[FLAGS])
    ElementTree.indent(page)
    return ElementTree.tostring(page, encoding="unicode") + "\n"


def instructions_html(scheme: Scheme, *, units: UnitSettings = SENTENCES) -> str:
    """The guideline as HTML, for the project's instructions."""
    from markdown_it import MarkdownIt

    render = MarkdownIt("commonmark", {"html": False}).enable("table").render
    # Label Studio's own style sheet takes the marks from lists and the lines from tables.
    return (
        f"<style>{INSTRUCTIONS_STYLE}</style>\n"
        f'<div class="annotate-guideline">\n{render(guideline_markdown(scheme, units))}</div>\n'
    )


def flags_of(scheme: Scheme, units: UnitSettings) -> tuple[Flag, ...]:
    """The flags that a page offers: where labels are of sentences in it, those of the whole."""
    return scheme.article_flags if units.derive_labels else scheme.flags


def choices_of(config: str) -> frozenset[tuple[str, str]]:
    """(control, value) of every choice and label on a page; empty if it is not readable as XML."""
    try:
        page = ElementTree.fromstring(config)  # noqa: S314  from the server the user chose
    except (ElementTree.ParseError, UnicodeEncodeError):
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


def _hotkeys(scheme: Scheme, units: UnitSettings) -> dict[str, dict[str, str]]:
    """The key of each choice, by control and name, in the form that Label Studio takes."""
    found = {LABEL: {} if units.derive_labels else _usable(scheme, scheme.hotkeys)}
    found[SPANS] = _usable(scheme, scheme.span_hotkeys) if units.spans else {}

    def taken() -> set[str]:
        return {*_TAKEN_KEYS, *(key for keys in found.values() for key in keys.values())}

    unresolved = [relation.name for relation in scheme.relations if relation.unresolved]
    found[UNRESOLVED] = mnemonics(unresolved if units.spans else [], taken=taken())
    found[NOTHING] = mnemonics([NOTHING_TO_MARK] if units.derive_labels else [], taken=taken())
    free = (key for key in _KEYS if key not in taken())
    found[FLAGS] = dict(zip((flag.name for flag in flags_of(scheme, units)), free, strict=False))
    return found


def _usable(scheme: Scheme, hotkeys: Mapping[str, str]) -> dict[str, str]:
    keys = {name: key.lower() for name, key in hotkeys.items()}
    for name, key in keys.items():
        if key in _TAKEN_KEYS:
            problem = f"the hotkey {key!r} of {name!r} is Label Studio's own ({_TAKEN_KEYS[key]})"
            raise SchemeError(scheme.name, problem)
        if key not in _KEYS:
            problem = f"the hotkey {key!r} of {name!r} is no letter from a to z and no digit"
            raise SchemeError(scheme.name, problem)
    return keys


def _box(page: ElementTree.Element, name: str) -> ElementTree.Element:
    return ElementTree.SubElement(page, "View", className=f"annotate-{name}")


def _choices(box: ElementTree.Element, control: str, **attributes: str) -> ElementTree.Element:
    named = {"name": control, "toName": TEXT, **attributes, "showInline": "true"}
    return ElementTree.SubElement(box, "Choices", named)


def _choice(choices: ElementTree.Element, mark: Mark, keys: Mapping[str, str]) -> None:
    choice = ElementTree.SubElement(choices, "Choice", _named(mark.name))
    if mark.definition:
        choice.set("hint", mark.definition)
    if key := keys.get(mark.name):
        choice.set("hotkey", key)


def _labels(page: ElementTree.Element, scheme: Scheme, keys: Mapping[str, str]) -> None:
    box = _box(page, "label")
    ElementTree.SubElement(box, "Header", value=_literal(scheme.question), size="5")
    required = {"required": "true", "requiredMessage": "Choose a label first."}
    labels = _choices(box, LABEL, choice="single", **required)
    for name in scheme.label_names:
        _choice(labels, Mark(name=name), keys)


def _flags(page: ElementTree.Element, flags: Iterable[Flag], keys: Mapping[str, str]) -> None:
    box = _box(page, "flags")
    ElementTree.SubElement(box, "Header", value="Flags", size="5")
    choices = _choices(box, FLAGS, choice="multiple")
    for flag in flags:
        _choice(choices, flag, keys)


def _spans(
    page: ElementTree.Element, scheme: Scheme, keys: Mapping[str, Mapping[str, str]]
) -> None:
    """What spans and relations there are, and which relation of a span leads out of the text."""
    relations = ElementTree.SubElement(page, "Relations")
    for relation in scheme.relations:
        # Unlike all others, these names are shown and stored as they stand.
        ElementTree.SubElement(relations, "Relation", value=relation.name)
    box = _box(page, "spans")
    labels = ElementTree.SubElement(box, "Labels", name=SPANS, toName=TEXT)
    for span in scheme.spans:
        label = ElementTree.SubElement(labels, "Label", _named(span.name))
        label.set("background", scheme.span_colours[span.name])
        if span.definition:
            label.set("hint", span.definition)
        if key := keys[SPANS].get(span.name):
            label.set("hotkey", key)
    outward = [relation for relation in scheme.relations if relation.unresolved]
    if outward:
        _unresolved(box, outward, keys[UNRESOLVED])


def _unresolved(
    box: ElementTree.Element, outward: Sequence[RelationLabel], keys: Mapping[str, str]
) -> None:
    """Relations of the selected span whose target is not in the text."""
    box = ElementTree.SubElement(box, "View", className="annotate-unresolved")
    ElementTree.SubElement(box, "Header", value="Target not in this text:", size="5")
    choices = _choices(box, UNRESOLVED, choice="multiple", perRegion="true")
    starts = sorted({name for relation in outward for name in relation.starts_at})
    # Label Studio divides such a list at commas, so names that hold one cannot stand in it.
    if starts and all(r.starts_at for r in outward) and not any("," in name for name in starts):
        choices.set("whenTagName", SPANS)
        choices.set("whenLabelValue", ",".join(starts))
    for relation in outward:
        _choice(choices, Mark(name=relation.name), keys)


def _named(name: str) -> dict[str, str]:
    """Attributes that make Label Studio show and store exactly this name."""
    shown = _literal(name)
    return {"value": name} if shown == name else {"value": shown, "alias": name}


def _literal(text: str) -> str:
    """A text to show in which Label Studio finds no field names: "$5" gets a wide dollar sign."""
    return text.replace("$", "\N{FULLWIDTH DOLLAR SIGN}") if _FIELD.search(text) else text
