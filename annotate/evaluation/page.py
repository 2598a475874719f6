"""The page of an evaluation: what its templates show, worked out beforehand."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from annotate import __version__
from annotate.evaluation import charts
from annotate.evaluation.error_rows import error_table
from annotate.evaluation.findings import Findings
from annotate.evaluation.intervals import Figure
from annotate.evaluation.results import Evaluation, groups_in_words
from annotate.evaluation.verdicts import percent, verdict
from annotate.evaluation.wording import p_in_words, plain, signed
from annotate.resampling import TRUSTED

if TYPE_CHECKING:
    from jinja2 import Environment

_SHADES: Final = 9

_CONTROLS: Final = {
    **{code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n"},
    0x7F: 0x2421,
    **dict.fromkeys(range(0x80, 0xA0), 0xFFFD),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the confusion matrix; ``shade`` is its share of the row as 0 to 9."""

    count: int
    share: str
    shade: int
    right: bool
    anchor: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the confusion matrix: how the examples of one gold label were called."""

    label: str
    cells: tuple[Cell, ...]


def render(evaluation: Evaluation, *, notes: Sequence[str] = ()) -> str:
    """The evaluation as one HTML page that needs nothing from elsewhere and may load nothing.

    Args:
        evaluation: the evaluation.
        notes: lines shown before all figures.

    Returns:
        HTML under 3 MB: of many errors only the most certain of each kind are shown.
    """
    from markupsafe import Markup

    style, script = _part("report.css"), _part("report.js")
    errors = error_table(evaluation)
    content = {
        "evaluation": evaluation,
        "found": evaluation.findings,
        "groups": groups_in_words(evaluation.groups, evaluation.grouping),
        "verdict": verdict(evaluation),
        "notes": notes,
        "rows": _rows(evaluation, errors.anchors),
        "per_label": list(
            zip(evaluation.scores.per_label, evaluation.floor.scores.per_label, strict=True)
        ),
        "errors": errors,
        "style": Markup(style),  # noqa: S704  ours
        "script": Markup(script),  # noqa: S704  ours
        "style_hash": _csp_hash(style),
        "script_hash": _csp_hash(script),
        "version": __version__,
        "trusted_from": TRUSTED,
        **(_drawn(evaluation, evaluation.findings) if evaluation.findings else {}),
    }
    return _environment().get_template("report.html.j2").render(content)


def _drawn(evaluation: Evaluation, found: Findings) -> dict[str, Any]:
    """What the findings look like as drawings."""
    return {
        "tracks": charts.tracks(evaluation, found),
        "ceiling_tracks": charts.ceiling_tracks(found, evaluation.model),
        "learning_tracks": charts.learning_tracks(found),
        "curve_panels": charts.curve_panels(found),
        "calibration_panels": charts.calibration_panels(found),
        "slices": {
            trait: list(parts) for trait, parts in groupby(found.slices, lambda each: each.trait)
        },
        "measured": {entry.label: entry for entry in found.measures.per_label},
    }


def _environment() -> "Environment":
    """Templates in which every value is escaped and its control characters are made visible."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        autoescape=True,
        loader=FunctionLoader(_part),
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "percent": percent,
        "interval": _interval,
        "p_value": p_in_words,
        "signed": signed,
        "as_track": charts.Track.of,
    }
    return environment


def _interval(figure: Figure, digits: int = 2) -> str:
    """``0.60 to 0.77``, or nothing."""
    found = figure.interval
    return f"{plain(found.low, digits)} to {plain(found.high, digits)}" if found else ""


def _visible(value: Any) -> Any:  # noqa: ANN401  whatever a template prints
    """Control characters as the pictures that Unicode has of them; what is markup stays."""
    plain = isinstance(value, str) and not hasattr(value, "__html__")
    return value.translate(_CONTROLS) if plain else value


def _rows(evaluation: Evaluation, anchors: Mapping[tuple[str, str], str]) -> list[Row]:
    rows = []
    for gold, counts in zip(evaluation.labels, evaluation.scores.confusion.tolist(), strict=True):
        shares = [count / sum(counts) if count else 0.0 for count in counts]
        cells = tuple(
            Cell(
                count=count,
                share=percent(share),
                shade=round(share * _SHADES),
                right=gold == predicted,
                anchor=anchors.get((gold, predicted)),
            )
            for predicted, count, share in zip(evaluation.labels, counts, shares, strict=True)
        )
        rows.append(Row(gold, cells))
    return rows


def _part(name: str) -> str:
    return files("annotate.evaluation").joinpath(name).read_text(encoding="utf-8")


def _csp_hash(content: str) -> str:
    """The hash by which a content security policy knows an inline script or style."""
    digest = hashlib.sha256(content.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
