"""The page that annotators read, written from the label scheme as Markdown."""

from collections.abc import Iterator

from annotate.scheme import EdgeCase, Label, Mark, Scheme

MARK = "<!-- written from labels.yaml by annotate: change that file, not this one -->"


def guideline_markdown(scheme: Scheme) -> str:
    """The guideline of a scheme: labels with tests and examples, flags, edge cases."""
    return "\n".join(_lines(scheme)).rstrip() + "\n"


def _lines(scheme: Scheme) -> Iterator[str]:
    yield f"# {scheme.title}"
    yield ""
    yield f"**{scheme.question}**"
    yield ""
    if scheme.guideline:
        yield scheme.guideline.strip()
        yield ""
    yield "## Labels"
    yield ""
    for label in scheme.labels:
        yield from _label(label, scheme.hotkeys[label.name])
    yield from _marks("Flags (any number, beside the label)", scheme.flags)
    if scheme.edge_cases:
        yield from _edge_cases(scheme.edge_cases)
    yield f"Scheme {scheme.name}, version {scheme.version}. {MARK}"


def _label(label: Label, hotkey: str) -> Iterator[str]:
    yield f"### {label.name} (key `{hotkey}`)"
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
