"""The figures of the page as plain geometry: where each dot, line and step of a drawing stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from annotate.evaluation.calibration import Calibration
from annotate.evaluation.comparison import Comparison
from annotate.evaluation.findings import Findings
from annotate.evaluation.intervals import Figure
from annotate.evaluation.measures import Curve
from annotate.evaluation.results import Evaluation

SIDE: Final = 200
"""Width and height of the plane of a square drawing."""
LEFT: Final = 34
TOP: Final = 8
"""Where its plane begins: room for the numbers at its axes."""

_MOST_PANELS: Final = 6


@dataclass(frozen=True, slots=True)
class Track:
    """A row with a dot and its interval on a line from 0 to 1.

    Attributes:
        name: what it is of.
        about: more of that.
        role: ``own``, ``floor``, ``rival`` or ``people``; decides the colour.
        value: the figure; None where it is undefined.
        low: lower end of the interval; None without one.
        high: upper end.
        trusted: whether the interval rests on enough groups.
        without: why there is no interval.
        comparison: of the evaluated system with this one; None where that makes no sense.
    """

    name: str
    about: str
    role: str
    value: float | None
    low: float | None
    high: float | None
    trusted: bool
    without: str
    comparison: Comparison | None = None

    @classmethod
    def of(
        cls,
        figure: Figure,
        name: str,
        *,
        about: str = "",
        role: str = "own",
        comparison: Comparison | None = None,
    ) -> "Track":
        """The row of a figure."""
        interval = figure.interval
        return cls(
            name=name,
            about=about,
            role=role,
            value=figure.value,
            low=interval.low if interval else None,
            high=interval.high if interval else None,
            trusted=bool(interval and interval.trusted),
            without=figure.without,
            comparison=comparison,
        )


@dataclass(frozen=True, slots=True)
class Panel:
    """A square drawing.

    Attributes:
        title: what it is of.
        said: the same in words, for those who do not see it.
        path: the line of a curve, as SVG has it; empty for dots.
        level: height of a level without skill; None where there is none.
        dots: the dots, each with its interval.
        note: a figure below the title.
    """

    title: str
    said: str
    path: str
    level: float | None
    dots: tuple["Dot", ...]
    note: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A dot with an upright interval; all in the units of the drawing."""

    x: float
    y: float
    low: float | None
    high: float | None
    said: str


def tracks(evaluation: Evaluation, found: Findings) -> list[Track]:
    """Macro-F1 of the evaluated system and of all that stands beside it, the best first."""
    own = Track.of(found.measures.macro_f1, evaluation.model)
    others = [
        Track.of(
            each.figures.macro_f1,
            each.name,
            about=each.about,
            role=each.role,
            comparison=each.comparison,
        )
        for each in found.beside
    ]
    return sorted([own, *others], key=lambda track: -(track.value or 0))


def learning_tracks(found: Findings) -> list[Track]:
    """Macro-F1 with ever more families to learn from."""
    return [
        Track(
            name=f"{point.groups:,}",
            about="",
            role="own",
            value=point.macro_f1,
            low=point.low,
            high=point.high,
            trusted=True,
            without="the families are too few",
        )
        for point in found.learning
    ]


def ceiling_tracks(found: Findings, name: str) -> list[tuple[str, list[Track]]]:
    """Annotators and the model by one yardstick: of all labels together, then of each."""
    ceiling = found.ceiling
    if ceiling is None:
        return []
    people = "annotators"
    rows = [("macro-F1", ceiling.people, ceiling.model)]
    rows += zip(ceiling.labels, ceiling.f1_people, ceiling.f1_model, strict=True)
    return [
        (label, [Track.of(theirs, people, role="people"), Track.of(ours, name)])
        for label, theirs, ours in rows
        if theirs.value is not None or ours.value is not None
    ]


def curve_panels(found: Findings) -> list[Panel]:
    """The precision-recall curves, those of the rarest labels first."""
    areas = {entry.label: entry.pr_auc for entry in found.measures.per_label}
    ranked = sorted(found.curves, key=lambda curve: curve.prevalence)[:_MOST_PANELS]
    return [_curve(curve, areas[curve.label]) for curve in ranked]


def calibration_panels(found: Findings) -> list[Panel]:
    """How scores and shares go together: for the label that was given, then for each label."""
    measures = found.measures
    if measures.calibration is None:
        return []
    each = [(entry.label, entry.calibration) for entry in measures.per_label]
    shown = [("the label given", measures.calibration), *each[: _MOST_PANELS - 1]]
    return [_calibration(name, calibration) for name, calibration in shown if calibration]


def _curve(curve: Curve, area: Figure) -> Panel:
    value = area.value or 0.0
    return Panel(
        title=curve.label,
        said=(
            f"Precision against recall of “{curve.label}”: area {value:.2f}; calling everything so "
            f"would have a precision of {curve.prevalence:.2f} throughout."
        ),
        path=" ".join(_steps(curve.recall, curve.precision)),
        level=_y(curve.prevalence),
        dots=(),
        note=in_words(area),
    )


def _steps(recall: Sequence[float], precision: Sequence[float]) -> Iterator[str]:
    """A step at each threshold: precision holds back to the recall before."""
    before = 0.0
    command = "M"
    for across, up in zip(recall, precision, strict=True):
        if across > before or command == "M":
            yield f"{command}{_x(before):.1f} {_y(up):.1f}"
            yield f"L{_x(across):.1f} {_y(up):.1f}"
            before, command = across, "L"


def _calibration(name: str, found: Calibration) -> Panel:
    dots = []
    for each in found.bins:
        right, interval = each.right.value or 0.0, each.right.interval
        dots.append(
            Dot(
                x=_x(each.score),
                y=_y(right),
                low=_y(interval.low) if interval else None,
                high=_y(interval.high) if interval else None,
                said=f"score {each.score:.2f}, so in {right:.2f} of {each.n:,}",
            )
        )
    error = found.error.value or 0.0
    return Panel(
        title=name,
        said=f"Calibration of {name}: expected error {error:.3f}. "
        + "; ".join(dot.said for dot in dots),
        path="",
        level=None,
        dots=tuple(dots),
        note=in_words(found.error),
    )


def in_words(figure: Figure) -> str:
    """``0.62 (0.55 to 0.69)``."""
    if figure.value is None:
        return "undefined"
    interval = figure.interval
    ends = f" ({interval.low:.2f} to {interval.high:.2f})" if interval else ""
    return f"{figure.value:.2f}{ends}"


def _x(share: float) -> float:
    return LEFT + SIDE * share


def _y(share: float) -> float:
    return TOP + SIDE * (1 - share)
