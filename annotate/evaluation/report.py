"""The folder of a report: a page to read, figures for machines, and every error as a table."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from annotate.evaluation.error_list import errors_csv
from annotate.evaluation.figures import to_json
from annotate.evaluation.page import render
from annotate.evaluation.results import Evaluation
from annotate.files import atomic_folder, check_replaceable, write_text

PAGE, FIGURES, ERRORS = "index.html", "evaluation.json", "errors.csv"

_OURS: Final = {name + end for name in (PAGE, FIGURES, ERRORS) for end in ("", ".meta.json")}


def write_report(folder: Path, evaluation: Evaluation, *, notes: Sequence[str] = ()) -> None:
    """Write a report in place of the one that may be in the folder, whole or not at all.

    The same evaluation gives the same bytes. In ``errors.csv`` a cell that begins with ``=``,
    ``+``, ``-``, ``@``, a tab or a carriage return gets an apostrophe in front, since spreadsheets
    would run it as a formula.

    Args:
        folder: where ``index.html``, ``evaluation.json`` and ``errors.csv`` shall be.
        evaluation: what they are about.
        notes: lines that the page shows before all figures.

    Raises:
        InputError: ``folder`` is a file, or holds files that are no part of a report.
    """
    check_replaceable(folder, ours=_OURS)
    figures = to_json(evaluation, notes=notes)
    parts = {
        PAGE: render(evaluation, notes=notes),
        FIGURES: json.dumps(figures, indent=2, ensure_ascii=False, allow_nan=False) + "\n",
        ERRORS: errors_csv(evaluation),
    }
    with atomic_folder(folder, ours=_OURS) as new:
        for name, content in parts.items():
            write_text(new / name, content)
