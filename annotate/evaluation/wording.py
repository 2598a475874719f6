"""Intervals, comparisons and ceilings in plain sentences."""

from collections.abc import Iterator
from typing import Final

from annotate.evaluation.ceiling import Ceiling
from annotate.evaluation.comparison import Comparison
from annotate.evaluation.findings import Beside, Findings
from annotate.evaluation.intervals import Figure
from annotate.evaluation.results import Evaluation, Grouping, groups_in_words
from annotate.resampling import TRUSTED

MINUS: Final = "\u2212"
_MOST_NEEDED: Final = 100_000
_ROUNDED: Final = 0.005


def more_sentences(evaluation: Evaluation) -> Iterator[str]:
    """What the findings of an evaluation mean, a sentence or two each."""
    found = evaluation.findings
    if found is None:
        return
    yield sureness(found.measures.macro_f1, evaluation)
    for entry in found.beside:
        yield compared(entry, evaluation.grouping)
    yield from found.missing
    if found.ceiling:
        yield by_people(found.ceiling, evaluation)
    yield from _behaviour(found)


def sureness(figure: Figure, evaluation: Evaluation) -> str:
    """How far the macro-F1 may be from what it is on all such articles."""
    if figure.interval is None:
        return f"How sure that is cannot be said, since {figure.without}."
    groups = groups_in_words(evaluation.groups, evaluation.grouping)
    said = f"On all articles like these it would likely lie between {ends(figure)}"
    if figure.interval.trusted:
        return f"{said} (95% interval over {groups})."
    return (
        f"{said}, but with fewer than {TRUSTED} this interval is not to be trusted: it rests on "
        f"{groups}."
    )


def compared(entry: Beside, grouping: Grouping) -> str:
    """Whether the system is better than one beside it, in a sentence."""
    comparison = entry.comparison
    other = f"“{entry.name}” ({entry.about})"
    difference = comparison.difference
    value = difference.value or 0.0
    if comparison.differs:
        better = "better" if value > 0 else "worse"
        size = f"by {abs(value):.2f}" if abs(value) >= _ROUNDED else "by less than 0.01"
        return (
            f"It is {better} than {other} {size}{_between(difference)}, p {p_in_words(comparison)}."
        )
    groups = groups_in_words(comparison.groups, grouping)
    found = "no difference was found" if not value else f"the difference is {signed(value)}"
    return (
        f"It cannot be told apart from {other} on {groups}: {found}{_between(difference)}, "
        f"p {p_in_words(comparison)}{_needed(comparison)}."
    )


def by_people(found: Ceiling, evaluation: Evaluation) -> str:
    """How annotators do by the same yardstick."""
    people, model = found.people.value or 0.0, found.model.value or 0.0
    reach = f"Annotators reach {people:.2f} against one another’s labels{_within(found.people)}"
    ours = f"the model reaches {model:.2f} against the same{_within(found.model)}"
    examples = f"{found.examples:,} {evaluation.unit}s" if found.examples > 1 else "1 example"
    apart = "" if found.comparison.differs else " The two cannot be told apart."
    return f"{reach}; {ours} ({examples} with several labels).{apart}{_divided(found.divided)}"


def _divided(sentences: int) -> str:
    """What it means for the ceiling that sentences are left out for want of a gold label."""
    if not sentences:
        return ""
    more = f"{sentences:,} more sentences" if sentences > 1 else "1 more sentence"
    have = "have" if sentences > 1 else "has"
    return (
        f" Both are too high: {more} of these articles, on which annotators disagree, {have} no "
        "gold label yet (`annotate gold --review`)."
    )


def ends(figure: Figure) -> str:
    """``0.60 and 0.77``."""
    interval = figure.interval
    return f"{interval.low:.2f} and {interval.high:.2f}" if interval else ""


def signed(value: float) -> str:
    """A difference with its sign; one that rounds to nothing says so."""
    if abs(value) < _ROUNDED:
        return "less than 0.01"
    return f"{'+' if value > 0 else MINUS}{abs(value):.2f}"


def p_in_words(comparison: Comparison) -> str:
    """``= 0.03``, after the correction for several comparisons."""
    p = comparison.p_adjusted
    return "< 0.001" if p < 0.001 else f"= {p:.3f}" if p < 0.1 else f"= {p:.2f}"  # noqa: PLR2004


def _between(figure: Figure) -> str:
    interval = figure.interval
    if interval is None:
        return ""
    low, high = (plain(end) for end in (interval.low, interval.high))
    return f" (95% interval {low} to {high})"


def plain(value: float, digits: int = 2) -> str:
    """A number with a minus sign where its digits are not all 0."""
    rounded = f"{abs(value):.{digits}f}"
    return f"{MINUS}{rounded}" if value < 0 and float(rounded) else rounded


def _within(figure: Figure) -> str:
    return _between(figure) if figure.interval else ""


def _needed(comparison: Comparison) -> str:
    needed = comparison.groups_needed
    if needed is None or needed <= comparison.groups:
        return ""
    many = f"about {_rounded(needed):,}" if needed <= _MOST_NEEDED else f"over {_MOST_NEEDED:,}"
    return f"; {many} would be needed to see a difference of that size"


def _rounded(number: int) -> int:
    """To two leading digits: more would promise what is not known."""
    step = int(max(1, 10 ** (len(str(number)) - 2)))
    return -(-number // step) * step


def _behaviour(found: Findings) -> Iterator[str]:
    tests = found.behaviour
    if tests is None:
        return
    failing = sorted(tests.patterns, key=lambda each: each.rate)[:1]
    worst = "".join(
        f" Worst: “{each.title}” ({each.passed} of {each.cases})."
        for each in failing
        if each.failures
    )
    yield f"It passes {tests.passed:,} of {tests.cases:,} behavioural tests.{worst}"
