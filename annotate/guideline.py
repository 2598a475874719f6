"""The page that annotators read, written from the label scheme as Markdown."""

from collections.abc import Iterator

from annotate.marks import EdgeCase, Label, Mark, RelationLabel, Rule
from annotate.scheme import Scheme
from annotate.settings import SENTENCES, UnitSettings

_ARTICLES = """\
Here you mark **spans** in whole articles, and connect them. You choose no label: the label of
each sentence follows from what you mark. Where there is nothing to mark, say so."""

MARK = "<!-- written from labels.yaml by annotate: change that file, not this one -->"


def guideline_markdown(scheme: Scheme, units: UnitSettings = SENTENCES) -> str:
    """The guideline of a scheme: labels with tests and examples, flags, edge cases.

    Where spans are marked, it says which there are and how they are connected; where the labels
    of sentences follow from them, how.
    """
    return "\n".join(_lines(scheme, units)).rstrip() + "\n"


def _lines(scheme: Scheme, units: UnitSettings) -> Iterator[str]:
    yield f"# {scheme.title}"
    yield ""
    yield f"**{scheme.question}**"
    yield ""
    if units.derive_labels:
        yield _ARTICLES
        yield ""
    if scheme.guideline:
        yield scheme.guideline.strip()
        yield ""
    if units.spans:
        yield from _spans(scheme)
    if units.derive_labels and scheme.from_spans:
        yield from _rules(scheme)
    yield "## What the labels mean" if units.derive_labels else "## Labels"
    yield ""
    for label in scheme.labels:
        yield from _label(label, "" if units.derive_labels else scheme.hotkeys[label.name])
    if units.derive_labels:
        yield from _marks("Flags of a whole article", scheme.article_flags)
    else:
        yield from _marks("Flags (any number, beside the label)", scheme.flags)
    if scheme.edge_cases:
        yield from _edge_cases(scheme.edge_cases)
    yield f"Scheme {scheme.name}, version {scheme.version}. {MARK}"


def _spans(scheme: Scheme) -> Iterator[str]:
    yield "## Spans to mark in the text"
    yield ""
    for span in scheme.spans:
        key = scheme.span_hotkeys.get(span.name)
        name = f"**{span.name}** (key `{key}`)" if key else f"**{span.name}**"
        yield f"- {name}: {span.definition}".rstrip(": ")
    yield ""
    if scheme.relations:
        yield "## Relations between spans"
        yield ""
        yield from map(_relation, scheme.relations)
        yield ""


def _relation(relation: RelationLabel) -> str:
    start = " or ".join(relation.starts_at) or "any span"
    end = " or ".join(relation.leads_to) or "any span"
    outside = ", or to nothing in the text" if relation.unresolved else ""
    arrow = f"- **{relation.name}**, from {start} to {end}{outside}"
    return f"{arrow}: {relation.definition}".rstrip(": ")


def _rules(scheme: Scheme) -> Iterator[str]:
    yield "## The label of a sentence"
    yield ""
    yield "It follows from the spans that stand in the sentence, whole or in part:"
    yield ""
    for number, rule in enumerate(scheme.from_spans, start=1):
        yield f"{number}. **{rule.label}**{_condition(rule)}"
    yield ""


def _condition(rule: Rule) -> str:
    if rule.relation is not None:
        return f" if one of them is where a *{rule.relation}* starts"
    return f" if one of them is a *{rule.span}*" if rule.span is not None else " otherwise"


def _label(label: Label, hotkey: str) -> Iterator[str]:
    yield f"### {label.name} (key `{hotkey}`)" if hotkey else f"### {label.name}"
    yield ""
    if label.definition:
        yield label.definition
        yield ""
    for test in label.tests:
        yield f"- Test: {test}"
    for example in label.examples:
        yield f"- Example: *{example}*"
    if label.tests or label.examples:
        yield ""


def _marks(title: str, marks: tuple[Mark, ...]) -> Iterator[str]:
    if marks:
        yield f"## {title}"
        yield ""
        yield from (f"- **{mark.name}**: {mark.definition}".rstrip(": ") for mark in marks)
        yield ""


def _edge_cases(cases: tuple[EdgeCase, ...]) -> Iterator[str]:
    yield "## Edge cases"
    yield ""
    yield "| # | pattern | label |"
    yield "|---|---|---|"
    for case in cases:
        label = " + ".join((case.label or "by its content", *case.flags))
        note = f" {case.note}" if case.note else ""
        yield f"| {case.id} | {_cell(case.pattern + note)} | {label} |"
    yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
