"""The page of an evaluation: what its template shows, worked out beforehand."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from annotate import __version__
from annotate.evaluation.error_list import error_kinds
from annotate.evaluation.results import Evaluation, Scored, groups_in_words
from annotate.evaluation.verdicts import percent, verdict

if TYPE_CHECKING:
    from jinja2 import Environment

_SHADES: Final = 9
_MOST_OF_A_KIND: Final = 100
_BUDGET_BYTES: Final = 2_000_000  # of all errors together
_FRAME_BYTES: Final = 700  # the tags around one error
_LONGEST_TEXT: Final = 1_000
_LONGEST_CONTEXT: Final = 300
_LONGEST_NAME: Final = 200
_SCORES_SHOWN: Final = 3

_CONTROLS: Final = {
    **{code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n"},
    0x7F: 0x2421,
    **dict.fromkeys(range(0x80, 0xA0), 0xFFFD),
}


@dataclass(frozen=True, slots=True)
class LabelLine:
    """A label and its score in [0, 1]."""

    label: str
    score: float


@dataclass(frozen=True, slots=True)
class ErrorView:
    """One error as the page shows it, its long texts cut.

    ``source`` has outlet, day in UTC and headline, as far as known; ``scores`` the highest ones
    and always that of the gold label, in falling order.
    """

    id: str
    group: str
    source: tuple[str, ...]
    before: str
    text: str
    after: str
    scores: tuple[LabelLine, ...]

    @classmethod
    def of(cls, item: Scored) -> "ErrorView":
        """The view of a wrongly labelled example."""
        ranked = sorted(item.scores.items(), key=lambda pair: -pair[1])
        published = item.published.date().isoformat() if item.published else None
        source = (item.outlet, published, item.title)
        shown = [pair for place, pair in enumerate(ranked) if _is_shown(item, pair[0], place)]
        return cls(
            id=_start_of(item.id, _LONGEST_NAME),
            group=_start_of(item.group, _LONGEST_NAME),
            source=tuple(_start_of(part, _LONGEST_NAME) for part in source if part),
            before=_end_of(item.before, _LONGEST_CONTEXT),
            text=_start_of(item.text, _LONGEST_TEXT),
            after=_start_of(item.after, _LONGEST_CONTEXT),
            scores=tuple(LabelLine(*pair) for pair in shown),
        )

    @property
    def weight_bytes(self) -> int:
        """About how much of the page it takes."""
        texts = [self.id, self.group, *self.source, self.before, self.text, self.after]
        texts += [line.label for line in self.scores]
        return _FRAME_BYTES + sum(len(escape(text).encode()) for text in texts)


@dataclass(frozen=True, slots=True)
class KindView:
    """The errors of one kind that the page shows; ``total`` counts those left out too."""

    anchor: str
    gold: str
    predicted: str
    total: int
    shown: tuple[ErrorView, ...]


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
        HTML under 3 MB: of many errors only the most confident of each kind are shown.
    """
    from markupsafe import Markup

    style, script = _part("report.css"), _part("report.js")
    kinds = _kind_views(evaluation)
    content = {
        "evaluation": evaluation,
        "groups": groups_in_words(evaluation.groups, evaluation.grouping),
        "verdict": verdict(evaluation),
        "notes": notes,
        "rows": _rows(evaluation, {(kind.gold, kind.predicted): kind.anchor for kind in kinds}),
        "per_label": list(
            zip(evaluation.scores.per_label, evaluation.floor.scores.per_label, strict=True)
        ),
        "kinds": kinds,
        "style": Markup(style),  # noqa: S704  ours
        "script": Markup(script),  # noqa: S704  ours
        "style_hash": _csp_hash(style),
        "script_hash": _csp_hash(script),
        "version": __version__,
    }
    return _environment().from_string(_part("report.html.j2")).render(content)


def _environment() -> "Environment":
    """Templates in which every value is escaped and its control characters are made visible."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = percent
    return environment


def _visible(value: Any) -> Any:  # noqa: ANN401  whatever a template prints
    """Control characters as the pictures that Unicode has of them; what is markup stays."""
    plain = isinstance(value, str) and not hasattr(value, "__html__")
    return value.translate(_CONTROLS) if plain else value


def _rows(evaluation: Evaluation, anchors: dict[tuple[str, str], str]) -> list[Row]:
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


def _kind_views(evaluation: Evaluation) -> list[KindView]:
    """The errors of each kind, as many as the page has room for."""
    kinds = error_kinds(evaluation)
    views = [[ErrorView.of(item) for item in kind.items[:_MOST_OF_A_KIND]] for kind in kinds]
    rows = zip(kinds, views, _room_for(views), strict=True)
    return [
        KindView(
            f"errors-{number}", kind.gold, kind.predicted, len(kind.items), tuple(found[:room])
        )
        for number, (kind, found, room) in enumerate(rows, start=1)
    ]


def _room_for(views: Sequence[Sequence[ErrorView]]) -> list[int]:
    """How many errors of each kind fit: the first of every kind, then the second, and so on."""
    counts, left = [0] * len(views), _BUDGET_BYTES
    for rank in range(_MOST_OF_A_KIND):
        for number, found in enumerate(views):
            if rank == counts[number] and rank < len(found) and found[rank].weight_bytes <= left:
                counts[number] += 1
                left -= found[rank].weight_bytes
    return counts


def _is_shown(item: Scored, label: str, rank: int) -> bool:
    return rank < _SCORES_SHOWN or label in {item.gold, item.predicted}


def _start_of(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]} …"


def _end_of(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"… {text[-longest:]}"


def _part(name: str) -> str:
    return files("annotate.evaluation").joinpath(name).read_text(encoding="utf-8")


def _csp_hash(content: str) -> str:
    """The hash by which a content security policy knows an inline script or style."""
    digest = hashlib.sha256(content.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
