"""Files of predictions as systems that are scored, and compared with others."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from annotate.evaluation import Evaluation, Rival
from annotate.evaluation.given import GivenPredictions, evaluate_predictions, read_predictions
from annotate.records import Example
from annotate.workflows.datasets import Labelled

_TABLES: Final = {".jsonl", ".csv"}


def is_file(name: str) -> bool:
    """Whether what is to be compared with is a file of predictions, and no model or recipe."""
    return Path(name).suffix.lower() in _TABLES


def files_among(names: Iterable[str]) -> list[GivenPredictions]:
    """The predictions of those names that are files; what it raises, `read_predictions` says."""
    return [read_predictions(Path(name)) for name in names if is_file(name)]


def labels_in(files: Iterable[GivenPredictions]) -> set[str]:
    """Every label of some predictions."""
    return {label for each in files for label in each.labels}


def score_file(given: GivenPredictions, scored: Sequence[Example], found: Labelled) -> Evaluation:
    """Score predictions on some of the labelled examples; it is called what the file is."""
    return evaluate_predictions(
        given,
        scored,
        labels=found.labels,
        name=given.path.stem,
        known=[example.id for example in found.examples],
        grouping=found.grouping,
    )


def rival_of(given: GivenPredictions, scored: Sequence[Example], found: Labelled) -> Rival:
    """Predictions to compare with; of their path the end is told, since reports are passed on."""
    about = f"predictions of {'/'.join(given.path.parts[-2:])}"
    return Rival(score_file(given, scored, found), about, "rival")
