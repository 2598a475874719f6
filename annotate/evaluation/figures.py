"""The figures of an evaluation for machines: what ``evaluation.json`` holds."""

import platform
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from annotate import __version__
from annotate.evaluation.findings_json import findings_json
from annotate.evaluation.results import Evaluation
from annotate.evaluation.verdicts import verdict
from annotate.metrics import Scores

FORMAT = 1
"""Version of the file's form; raised when a key changes its meaning."""


def to_json(evaluation: Evaluation, *, notes: Sequence[str] = ()) -> dict[str, Any]:
    """The figures of an evaluation as JSON can hold them.

    What is undefined (0/0) is None, never NaN. Shares and scores lie in [0, 1]; rows of
    ``confusion`` are gold and its columns predicted, in the order of ``labels``.

    Args:
        evaluation: the evaluation.
        notes: lines to go with the figures.
    """
    findings = evaluation.findings
    return {
        "format": FORMAT,
        "model": evaluation.model,
        "how": evaluation.how,
        "verdict": list(verdict(evaluation).sentences),
        "warnings": list(evaluation.warnings),
        "notes": list(notes),
        "examples": evaluation.n,
        "groups": evaluation.groups,
        "grouping": evaluation.grouping,
        "labels": list(evaluation.labels),
        **_of(evaluation.scores),
        "confusion": evaluation.scores.confusion.tolist(),
        "baseline": {
            "name": "majority",
            "label": evaluation.floor.label,
            **_of(evaluation.floor.scores),
        },
        "findings": findings and findings_json(findings, evaluation.labels),
        "folds": evaluation.folds,
        "seed": evaluation.seed,
        "versions": {
            "annotate": __version__,
            "python": platform.python_version(),
            "numpy": version("numpy"),
            "scikit-learn": version("scikit-learn"),
        },
    }


def _of(scores: Scores) -> dict[str, Any]:
    return {
        "macro_f1": scores.macro_f1,
        "accuracy": scores.accuracy,
        "mcc": scores.mcc,
        "per_label": {
            entry.label: {
                "precision": entry.precision,
                "recall": entry.recall,
                "f1": entry.f1,
                "support": entry.support,
                "predicted": entry.predicted,
            }
            for entry in scores.per_label
        },
    }
