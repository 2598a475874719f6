"""The wrong answers: grouped by what was taken for what, the most confident first."""

import csv
import io
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from annotate.evaluation.results import Evaluation, Scored
from annotate.tables import spreadsheet_safe


@dataclass(frozen=True, slots=True)
class ErrorKind:
    """All errors in which one label was taken for another.

    Attributes:
        gold: the gold label.
        predicted: the label that the model gave.
        items: the errors, those with the highest score of the predicted label first.
    """

    gold: str
    predicted: str
    items: tuple[Scored, ...]


def error_kinds(evaluation: Evaluation) -> tuple[ErrorKind, ...]:
    """The errors by (gold, predicted), the most frequent kind first, then in order of labels."""
    found: defaultdict[tuple[str, str], list[Scored]] = defaultdict(list)
    for item in evaluation.errors:
        found[item.gold, item.predicted].append(item)
    place = {label: number for number, label in enumerate(evaluation.labels)}
    kinds = sorted(found, key=lambda kind: (-len(found[kind]), *(place[label] for label in kind)))
    return tuple(
        ErrorKind(*kind, tuple(sorted(found[kind], key=lambda item: (-(item.score or 0), item.id))))
        for kind in kinds
    )


def errors_csv(evaluation: Evaluation) -> str:
    """Every error as CSV (RFC 4180) with a header, in the order of `error_kinds`.

    Spreadsheets run a cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return
    as a formula, and article text is not to be trusted: such a cell gets an apostrophe in front.
    Scores lie in [0, 1]; times are UTC.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")  # with "\n" a lone "\r" would go unquoted
    writer.writerow([*_COLUMNS, *(f"score {label}" for label in evaluation.labels)])
    for kind in error_kinds(evaluation):
        writer.writerows(_row(item, evaluation.labels) for item in kind.items)
    return stream.getvalue()


_COLUMNS = ("id", "gold", "predicted", "score", "before", "text", "after",
            "title", "outlet", "published", "group")  # fmt: skip


def _row(item: Scored, labels: Sequence[str]) -> list[object]:
    published = item.published.isoformat() if item.published else ""
    texts = (item.before, item.text, item.after, item.title or "", item.outlet or "")
    given = [item.score, *(item.scores.get(label) for label in labels)]
    score, *scores = ["" if each is None else f"{each:.4f}" for each in given]
    first = (item.id, item.gold, item.predicted, score)
    cells = (*first, *texts, published, item.group, *scores)
    return [spreadsheet_safe(cell) for cell in cells]
