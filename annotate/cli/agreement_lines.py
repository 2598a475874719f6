"""The lines of `annotate agreement`, from what was measured."""

import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from annotate.cli.output import counted, table

if TYPE_CHECKING:
    from annotate.agreement import AgreementReport, Figure, SpanAgreement
    from annotate.agreement.anchoring import Anchoring
    from annotate.agreement.confusions import Confusion
    from annotate.agreement.measure import Coefficients, PartAgreement

Rows = list[tuple[str, ...]]
Lines = Iterator[str]

INTERVAL: Final = "95 % interval"
_FEW_PAIRS: Final = 10
_FEW_ANNOTATORS: Final = 20
_CONFUSIONS: Final = 3
_WIDTH: Final = 100


def number(value: float | None) -> str:
    """A coefficient with three digits, or a dash where it is undefined."""
    return "–" if value is None else f"{value:.3f}"


def reach(figure: "Figure") -> str:
    """The interval of a figure, or why it, or the figure, is missing."""
    if figure.interval is None:
        return f"({figure.reason})"
    return f"{figure.interval.low:.3f} to {figure.interval.high:.3f}"


def overview(report: "AgreementReport") -> Lines:
    """What most people come for."""
    found = report.overall
    people = counted(len(report.annotators), "annotator")
    yield (
        f"{people}, {counted(found.tasks, 'task')} with several labels "
        f"({counted(found.labels, 'label')}), {counted(found.families, 'family', 'families')} "
        "of articles"
    )
    yield from table(_coefficient_rows(found), indent="  ")
    if report.unanimous_share is not None:
        yield f"  all annotators agree on {report.unanimous_share:.1%} of the tasks"


def _coefficient_rows(found: "Coefficients") -> Rows:
    return [
        ("", "", INTERVAL, ""),
        ("alpha", number(found.alpha.value), reach(found.alpha), "1 is perfect, 0 is chance"),
        ("AC1", number(found.ac1.value), reach(found.ac1), "the same, less hurt by rare labels"),
        (
            "raw agreement",
            number(found.agreement.value),
            reach(found.agreement),
            "share of pairs of labels that are the same",
        ),
    ]


def by_label(report: "AgreementReport") -> Lines:
    """Each label against the rest."""
    yield "Each label against the rest:"
    rows: Rows = [("label", "alpha", INTERVAL, "given", "families")]
    for entry in report.labels:
        alpha = entry.alpha
        counts = f"{entry.labels:,}", f"{entry.families:,}"
        rows.append((entry.label, number(alpha.value), reach(alpha), *counts))
    yield from table(rows)


def by_annotator(report: "AgreementReport", most: int | None = None) -> Lines:
    """Each annotator against the others; the page shows those with the most labels."""
    yield "Each annotator against the others (agreement: share of the others' labels that are the"
    yield "same; use: own share of each label, on the same tasks the others' in brackets):"
    labels = [entry.label for entry in report.labels]
    head = ("annotator", "labels", "shared", "skipped", "seconds", "agreement", INTERVAL)
    rows: Rows = [(*head, *labels)]
    shown = sorted(report.by_annotator, key=lambda entry: -entry.labels)[:most]
    for entry in sorted(shown, key=lambda entry: entry.annotator):
        seconds = "–" if entry.seconds is None else f"{entry.seconds:.1f}"
        counts = (f"{entry.labels:,}", f"{entry.compared:,}", f"{entry.skipped:,}", seconds)
        use = (_use(entry.use, entry.others_use, label) for label in labels)
        found = entry.agreement
        rows.append((entry.annotator, *counts, number(found.value), reach(found), *use))
    yield from table(rows)


def _use(own: Mapping[str, float], others: Mapping[str, float], label: str) -> str:
    return f"{own[label]:.0%} ({others[label]:.0%})" if own and others else "–"


def by_pair(report: "AgreementReport") -> Lines:
    """Every two annotators."""
    yield "Every two annotators:"
    rows: Rows = [("pair", "tasks", "agreement", "kappa", INTERVAL)]
    for entry in report.by_pair:
        name = " and ".join(entry.annotators)
        share = number(entry.agreement.value)
        kappa = entry.kappa
        rows.append((name, f"{entry.tasks:,}", share, number(kappa.value), reach(kappa)))
    yield from table(rows)


def by_week(report: "AgreementReport") -> Lines:
    """The tasks of each week."""
    yield "Tasks by the ISO week of their last label:"
    yield from _parts("week", report.by_week)


def by_version(report: "AgreementReport") -> Lines:
    """The tasks of each version of the scheme."""
    yield "Tasks by the version of the label scheme:"
    yield from _parts("version", report.by_version)


def _parts(what: str, parts: Iterable["PartAgreement"]) -> Lines:
    rows: Rows = [(what, "tasks", "agreement", "AC1", "alpha", f"{INTERVAL} of alpha")]
    for part in parts:
        found = part.coefficients
        shares = number(found.agreement.value), number(found.ac1.value)
        rows.append(
            (part.name, f"{found.tasks:,}", *shares, number(found.alpha.value), reach(found.alpha))
        )
    yield from table(rows)


def _consistency(report: "AgreementReport") -> Lines:
    if not report.consistency:
        return
    yield "The same annotator, the same task again (share with the same label):"
    rows: Rows = [("annotator", "pairs", "agreement", INTERVAL)]
    for entry in report.consistency:
        found = entry.agreement
        name = entry.annotator or "all together"
        rows.append((name, f"{entry.pairs:,}", number(found.value), reach(found)))
    yield from table(rows)


def _anchoring(found: "Anchoring | None") -> Lines:
    if found is None:
        return
    yield "Labels that are what the pre-label says:"
    rows: Rows = [("", "labels", "seconds", "share", INTERVAL)]
    for name, entry in (("shown", found.shown), ("held out", found.held_out)):
        seconds = "–" if entry.seconds is None else f"{entry.seconds:.1f}"
        figure = entry.agreement
        rows.append((name, f"{entry.labels:,}", seconds, number(figure.value), reach(figure)))
    rows.append(("difference", "", "", number(found.difference.value), reach(found.difference)))
    yield from table(rows)


def _on_prelabels(found: "Coefficients | None") -> Lines:
    if found is not None:
        yield (
            f"On top of a shown pre-label, which is not independent: alpha "
            f"{number(found.alpha.value)} {reach(found.alpha)} on {counted(found.tasks, 'task')}"
        )


def _spans(found: "SpanAgreement | None") -> Lines:
    if found is None:
        return
    yield (
        f"Spans of {counted(found.texts, 'text')} ({counted(found.tokens, 'token')}; alpha is over "
        "tokens, F1 between annotators):"
    )
    rows: Rows = [("spans", "marked", "alpha", INTERVAL, "exact F1", "overlapping F1")]
    for entry in found.labels:
        f1 = number(entry.strict.value), number(entry.relaxed.value)
        alpha = number(entry.alpha.value), reach(entry.alpha)
        rows.append((entry.label or "all", f"{entry.spans:,}", *alpha, *f1))
    yield from table(rows)


def _confusions(found: Sequence["Confusion"]) -> Lines:
    if found:
        yield "Where they differ:"
    for entry in found[:_CONFUSIONS]:
        pairs, tasks = counted(entry.pairs, "pair"), counted(len(entry.tasks), "task")
        yield f"  {' / '.join(entry.labels)}: {pairs} of labels on {tasks}"
        for example in entry.examples:
            votes = "; ".join(f"{name}: {', '.join(who)}" for name, who in example.votes.items())
            text = textwrap.shorten(example.text, _WIDTH, placeholder=" …") or example.task_id
            yield f"    {text}"
            yield f"      {votes}"
        yield from _clarification(entry)
    if len(found) > _CONFUSIONS:
        rest = sum(entry.pairs for entry in found[_CONFUSIONS:])
        yield f"  other labels: {counted(rest, 'pair')}"


def _clarification(entry: "Confusion") -> Lines:
    known = entry.clarification
    if known is None:
        return
    one, other = entry.labels
    yield f"    To clarify in the guideline, {one} or {other}:"
    if known.winner:
        yield f"      where both fit, {known.winner} goes first (precedence)"
    for name, definition in known.definitions.items():
        yield f"      {name}: {textwrap.shorten(definition, _WIDTH, placeholder=' …')}"
    for case in known.edge_cases:
        text = f"case {case.id}: {case.pattern} ({case.label or 'by its content'}) {case.note}"
        yield f"      {textwrap.shorten(text, _WIDTH, placeholder=' …')}"


def _cautions(report: "AgreementReport") -> Lines:
    if report.cautions:
        yield "Careful:"
    for line in report.cautions:
        yield f"  {line}"


def _more(report: "AgreementReport") -> Lines:
    """The tables that the page leaves out."""
    left = {
        "annotator": len(report.by_annotator) > _FEW_ANNOTATORS,
        "pair": len(report.by_pair) > _FEW_PAIRS,
        "week": len(report.by_week) > 1,
    }
    if options := [f"--by {name}" for name, out in left.items() if out]:
        yield f"More tables: {', '.join(options)}"


BY: Final[Mapping[str, Callable[["AgreementReport"], Lines]]] = {
    "label": by_label,
    "annotator": by_annotator,
    "pair": by_pair,
    "week": by_week,
    "version": by_version,
}


def whole(report: "AgreementReport") -> Lines:
    """Everything that fits a page, each part after an empty line."""
    parts = [overview(report), by_label(report), by_annotator(report, _FEW_ANNOTATORS)]
    if 1 < len(report.by_pair) <= _FEW_PAIRS:
        parts.append(by_pair(report))
    if len(report.by_version) > 1:
        parts.append(by_version(report))
    parts += [_consistency(report), _on_prelabels(report.on_prelabels)]
    parts += [_anchoring(report.anchoring), _spans(report.spans)]
    parts += [_confusions(report.confusions), _cautions(report), _more(report)]
    for place, lines in enumerate(filter(None, map(list, parts))):
        if place:
            yield ""
        yield from lines
