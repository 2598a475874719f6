"""Findings as JSON can hold them: figures as value, ends of the interval, and what it rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from annotate.evaluation.behaviour import Behaviour
from annotate.evaluation.calibration import Calibration
from annotate.evaluation.ceiling import Ceiling
from annotate.evaluation.comparison import Comparison
from annotate.evaluation.findings import Beside, Findings
from annotate.evaluation.intervals import Figure
from annotate.evaluation.measures import Basics, Measures
from annotate.evaluation.slices import Slice


def findings_json(found: Findings, labels: Sequence[str]) -> dict[str, Any]:
    """All findings; what is undefined (0/0) or has no interval is None, never NaN.

    Args:
        found: the findings.
        labels: the labels, in the order of every table.
    """
    return {
        "measures": _measures(found.measures),
        "beside": [_beside(entry, labels) for entry in found.beside],
        "missing": list(found.missing),
        "ceiling": _ceiling(found.ceiling) if found.ceiling else None,
        "slices": [_slice(entry) for entry in found.slices],
        "behaviour": _behaviour(found.behaviour) if found.behaviour else None,
        "learning": [asdict(point) for point in found.learning],
    }


def figure_json(figure: Figure) -> dict[str, Any]:
    """A figure with its interval, or the reason why it has none."""
    interval = figure.interval
    if interval is None:
        return {"value": figure.value, "low": None, "high": None, "without": figure.without}
    return {
        "value": figure.value,
        "low": interval.low,
        "high": interval.high,
        "groups": interval.clusters,
        "trusted": interval.trusted,
        "resamples": interval.resamples,
        "undefined": interval.undefined,
    }


def _measures(found: Measures) -> dict[str, Any]:
    return {
        "macro_f1": figure_json(found.macro_f1),
        "accuracy": figure_json(found.accuracy),
        "mcc": figure_json(found.mcc),
        "brier": figure_json(found.brier),
        "log_loss": figure_json(found.log_loss),
        "log_loss_clipped": found.clipped,
        "calibration": _calibration(found.calibration),
        "per_label": {
            entry.label: {
                "precision": figure_json(entry.precision),
                "recall": figure_json(entry.recall),
                "f1": figure_json(entry.f1),
                "pr_auc": figure_json(entry.pr_auc),
                "calibration": _calibration(entry.calibration),
            }
            for entry in found.per_label
        },
        "resamples": found.resamples,
        "seed": found.seed,
    }


def _calibration(found: Calibration | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "error": figure_json(found.error),
        "bins": [
            {
                "n": each.n,
                "low": each.low,
                "high": each.high,
                "score": each.score,
                "right": figure_json(each.right),
            }
            for each in found.bins
        ],
    }


def _basics(found: Basics, labels: Sequence[str]) -> dict[str, Any]:
    f1: Mapping[str, Figure] = dict(zip(labels, found.f1, strict=True))
    return {
        "macro_f1": figure_json(found.macro_f1),
        "accuracy": figure_json(found.accuracy),
        "mcc": figure_json(found.mcc),
        "f1": {label: figure_json(figure) for label, figure in f1.items()},
    }


def _beside(entry: Beside, labels: Sequence[str]) -> dict[str, Any]:
    return {
        "name": entry.name,
        "about": entry.about,
        "role": entry.role,
        **_basics(entry.figures, labels),
        "comparison": {
            **_comparison(entry.comparison),
            "p_adjusted": entry.comparison.p_adjusted,
        },
    }


def _comparison(found: Comparison) -> dict[str, Any]:
    return {
        "difference": figure_json(found.difference),
        "p": found.p,
        "differs": found.differs,
        "detectable": found.detectable,
        "groups": found.groups,
        "groups_needed": found.groups_needed,
    }


def _ceiling(found: Ceiling) -> dict[str, Any]:
    pairs = zip(found.labels, found.f1_people, found.f1_model, strict=True)
    return {
        "annotators": figure_json(found.people),
        "model": figure_json(found.model),
        "f1": {
            label: {"annotators": figure_json(people), "model": figure_json(model)}
            for label, people, model in pairs
        },
        "examples": found.examples,
        "votes": found.votes,
        "ties": found.ties,
        "divided": found.divided,
        "without_prelabels": found.blind,
        "comparison": _comparison(found.comparison),
    }


def _slice(entry: Slice) -> dict[str, Any]:
    return {
        "trait": entry.trait,
        "value": entry.value,
        "examples": entry.n,
        "groups": entry.groups,
        "labels": dict(entry.labels),
        "macro_f1": figure_json(entry.macro_f1),
        "accuracy": figure_json(entry.accuracy),
    }


def _behaviour(found: Behaviour) -> dict[str, Any]:
    return {
        "cases": found.cases,
        "passed": found.passed,
        "rate": found.rate,
        "patterns_left_out_of_training": found.left_out,
        "patterns": [
            {
                "pattern": each.pattern,
                "title": each.title,
                "cases": each.cases,
                "passed": each.passed,
                "failures": [
                    {"id": f.case.id, "label": f.case.label, "predicted": f.predicted}
                    for f in each.failures
                ],
            }
            for each in found.patterns
        ],
    }
