"""Shares of labels as files: one for programs, one for spreadsheets."""

import csv
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from annotate.prevalence.results import CellShares, Prevalence
from annotate.stores import Place, delivered
from annotate.tables import spreadsheet_safe

_ALL = "all"
_FIGURES = ("counted", "corrected", "low", "high", "standard_error")
_OF_CELL = ("sentences", "audited", "families")


def write_prevalence(
    place: Place, found: Prevalence, *, model: str, notes: tuple[str, ...]
) -> Place:
    """Write ``PLACE.json`` and ``PLACE.csv``; returns the former.

    The JSON holds everything, shares as they were computed. The CSV has a row for each cell and
    label, the first ones for all cells together, with shares within [0, 1].

    Args:
        place: without the ending.
        found: the shares.
        model: name of the model that counted.
        notes: what is to be known of them.
    """
    with (
        delivered(place.with_name(place.name + ".csv")) as temporary,
        temporary.open("w", encoding="utf-8", newline="\n") as stream,
    ):
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(_columns(found.by))
        for cell in (found.total, *found.cells):
            writer.writerows(_rows(cell, found.by))
    whole = place.with_name(place.name + ".json")
    content = {"model": model, **as_data(found), "notes": notes}
    with delivered(whole) as temporary:
        text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        temporary.write_text(text, encoding="utf-8")
    return whole


def as_data(found: Prevalence) -> dict[str, Any]:
    """The shares as plain values: each cell with its fields by name."""
    content = asdict(found)
    for cell in content["cells"]:
        cell["cell"] = dict(zip(found.by, cell["cell"], strict=True))
    content["total"]["cell"] = {}
    return content


def _columns(by: tuple[str, ...]) -> tuple[str, ...]:
    return (*by, "label", *_FIGURES, *_OF_CELL, "pooled")


def _rows(cell: CellShares, by: tuple[str, ...]) -> Iterator[list[object]]:
    values = [spreadsheet_safe(value) for value in cell.cell] or [_ALL] * len(by)
    for share in cell.shares:
        corrected, low, high = share.shown
        figures = (share.counted, corrected, low, high, share.standard_error)
        counts = (cell.sentences, cell.audited, cell.families)
        told = (f"{value:.6f}" for value in figures)
        yield [*values, spreadsheet_safe(share.label), *told, *counts, cell.pooled]
