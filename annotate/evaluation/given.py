"""Predictions from a file, by whatever made them: a language model, a colleague, another tool."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from annotate.errors import EvaluationError, InputError, RecordError, UnknownLabelError
from annotate.evaluation.results import Evaluation, Grouping, Scored
from annotate.evaluation.scoring import check_examples, evaluation_of
from annotate.fields import Name, Share
from annotate.jsonl import explain, lines
from annotate.records import Example
from annotate.tables import csv_rows, with_json

SCORE_PREFIXES: Final = ("score_", "score ")
"""How a column of a table begins that holds a label's scores: ``score_denial``."""
_UNKNOWN: Final = (
    "Whether the system was trained on these examples, or on other copies of their articles, is "
    "not known: the figures hold only if it was not."
)
_TOLERANCE: Final = 0.01


def _or_none(scores: object) -> object:
    return {} if scores is None or scores == "" else scores


class Given(BaseModel):
    """One prediction of a file; what else stands there is not looked at.

    Attributes:
        id: of the example.
        label: what was predicted.
        scores: in [0, 1], of every label, with the sum 1; empty where none are given.
        in_training: whether the system was trained on it; None where that is not known.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    id: Annotated[Name, BeforeValidator(lambda value: str(value) if value is not None else value)]
    label: Name
    scores: Annotated[dict[str, Share], BeforeValidator(_or_none)] = {}
    in_training: bool | None = None


@dataclass(frozen=True, slots=True)
class GivenPredictions:
    """The predictions of a file by their ids."""

    path: Path
    by_id: Mapping[str, Given]

    @property
    def labels(self) -> set[str]:
        """Every label that is predicted or has a score."""
        return {label for each in self.by_id.values() for label in (each.label, *each.scores)}


def read_predictions(path: Path) -> GivenPredictions:
    """Read predictions: ``id`` and ``label``, and scores where the system gives some.

    Args:
        path: JSON Lines with ``scores`` as an object, or CSV with a column ``score_LABEL`` for
            each label. The files of `annotate predict` are such files.

    Raises:
        InputError: no such file, another kind of file, a row that is no prediction, or an id that
            stands there twice; names file and line.
        RecordError: a line of a JSON Lines file is no prediction; names file and line.
    """
    readers = {".jsonl": _jsonl, ".csv": _csv}
    if path.suffix.lower() not in readers:
        remedy = f"Use one of {', '.join(readers)}, with an id and a label in each row."
        problem = f"predictions are not read from {path.suffix or 'such'} files"
        raise InputError(path, problem, remedy)
    found: dict[str, Given] = {}
    for given in readers[path.suffix.lower()](path):
        if given.id in found:
            raise InputError(path, f"the id {given.id!r} stands there twice", "Keep one of them.")
        found[given.id] = given
    if not found:
        raise InputError(path, "there is no prediction in it", "Check the path.")
    return GivenPredictions(path, found)


def evaluate_predictions(
    given: GivenPredictions,
    examples: Sequence[Example],
    *,
    labels: Sequence[str],
    name: str,
    known: Sequence[str] = (),
    grouping: Grouping = "group",
) -> Evaluation:
    """Score predictions that were made elsewhere.

    Args:
        given: the predictions.
        examples: to be scored; each needs a prediction.
        labels: the labels in the order of every table.
        name: what the system is called in the report.
        known: ids that may be predicted too without a word, such as those of the training part.
        grouping: what a group is.

    Returns:
        The scores; a warning names predictions for ids that nobody knows.

    Raises:
        EvaluationError: an example has no prediction, or only some have scores, or the system was
            trained on one.
        UnknownLabelError: a prediction has a label that is not among ``labels``.
    """
    check_examples(examples, labels)
    strangers = sorted(given.by_id.keys() - {e.id for e in examples} - set(known))
    _refuse_missing(given, examples, strangers)
    chosen = [given.by_id[example.id] for example in examples]
    _refuse_unfit(given.path, chosen, labels)
    items = [
        Scored.of(example, found.label, _over(found.scores, labels))
        for example, found in zip(examples, chosen, strict=True)
    ]
    made = evaluation_of(items, labels=labels, model=name, grouping=grouping)
    warnings = list(made.warnings)
    if any(found.in_training is None for found in chosen):
        warnings.append(_UNKNOWN)
    if doubt := _other_labels_higher(chosen):
        warnings.append(doubt)
    if strangers:
        many = f"{len(strangers):,} predictions are" if strangers[1:] else "1 prediction is"
        such = f"such as {strangers[0]!r}"
        warnings.append(f"{many} for ids that no example has, {such}; left out.")
    return replace(made, warnings=tuple(warnings), given=True)


def _other_labels_higher(chosen: Sequence[Given]) -> str | None:
    """A caution where that is so of most: thresholds make it so of some, a mix-up of nearly all."""
    scored = [found for found in chosen if found.scores]
    other = sum(max(f.scores.values()) > f.scores.get(f.label, 0) for f in scored)
    if 2 * other <= len(scored):
        return None
    return (
        f"In {other:,} of {len(scored):,} predictions another label than the one given has the "
        "highest score: unless thresholds were meant, the scores may stand under wrong labels."
    )


def _refuse_missing(
    given: GivenPredictions, examples: Sequence[Example], strangers: Sequence[str]
) -> None:
    missing = [example.id for example in examples if example.id not in given.by_id]
    if not missing:
        return
    there = (
        f"; {len(strangers)} ids there are unknown, such as {strangers[0]!r}" if strangers else ""
    )
    msg = (
        f"{given.path}: {len(missing)} of {len(examples)} examples have no prediction, such as "
        f"{missing[0]!r}{there}. Predict every example once."
    )
    raise EvaluationError(msg)


def _refuse_unfit(path: Path, chosen: Sequence[Given], labels: Sequence[str]) -> None:
    for found in chosen:
        for label in (found.label, *found.scores):
            if label not in labels:
                raise UnknownLabelError(label, f"{path}, prediction {found.id}", tuple(labels))
        total = math.fsum(found.scores.values())
        if found.scores and abs(total - 1) > _TOLERANCE:
            msg = f"{path}: the scores of {found.id!r} sum to {total:.3g}, not 1. Correct them."
            raise EvaluationError(msg)
    scored = sum(bool(found.scores) for found in chosen)
    if 0 < scored < len(chosen):
        msg = (
            f"{path}: {scored} of {len(chosen)} predictions have scores and the others none. Give "
            "scores to all or to none."
        )
        raise EvaluationError(msg)
    if seen := [found.id for found in chosen if found.in_training]:
        msg = (
            f"{path}: the system was trained on {len(seen)} of these {len(chosen)} examples (such "
            f"as {seen[0]!r}), so its score would be too good. Score it on other articles."
        )
        raise EvaluationError(msg)


def _over(scores: Mapping[str, float], labels: Sequence[str]) -> dict[str, float]:
    """The scores of all labels, made to sum to 1 exactly; none where none were given."""
    total = math.fsum(scores.values())
    return {label: scores.get(label, 0.0) / total for label in labels} if scores else {}


def _jsonl(path: Path) -> Iterator[Given]:
    for line in lines(path):
        if line.problem:
            raise RecordError(path, line.number, line.problem)
        try:
            yield Given.model_validate_json(line.text)
        except ValidationError as error:
            raise RecordError(path, line.number, explain(error)) from None


def _csv(path: Path) -> Iterator[Given]:
    for number, row in csv_rows(path):
        try:
            yield Given.model_validate(_fields(row))
        except (ValidationError, ValueError) as error:
            problem = explain(error) if isinstance(error, ValidationError) else str(error)
            raise InputError(path, f"line {number}: {problem}", "Correct that line.") from None


def _fields(row: Mapping[str, str]) -> dict[str, Any]:
    fields = with_json({name: row[name] for name in Given.model_fields if name in row}, ["scores"])
    for prefix in SCORE_PREFIXES:
        found = {k.removeprefix(prefix): v for k, v in row.items() if k.startswith(prefix)}
        if found:
            fields["scores"] = found
    return fields
