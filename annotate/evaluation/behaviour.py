"""Behavioural tests: sentences that a model should get right, pattern by pattern."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from annotate.errors import InputError, RecordError
from annotate.evaluation.protocols import Model
from annotate.fields import Kind, Name
from annotate.jsonl import explain, lines
from annotate.records import Example, Input


class Case(BaseModel):
    """A sentence with the label that any good model gives it.

    Attributes:
        id: of the case.
        pattern: row of the codebook that it stands for.
        name: what it shows, in words.
        label: the right label.
        flags: that an annotator would set; a model is not asked for them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Name
    pattern: Name
    name: str
    text: Name
    before: str = ""
    after: str = ""
    title: str | None = None
    kind: Kind = "body"
    label: Name
    flags: tuple[str, ...] = ()

    @property
    def input(self) -> Input:
        """What a model may look at."""
        return Input(self.text, self.before, self.after, self.title, self.kind)


@dataclass(frozen=True, slots=True)
class Failure:
    """A case that a model got wrong: what it said, and with which score in [0, 1]."""

    case: Case
    predicted: str
    score: float


@dataclass(frozen=True, slots=True)
class PatternResult:
    """How a model did on the cases of one pattern."""

    pattern: str
    title: str
    cases: int
    failures: tuple[Failure, ...]

    @property
    def passed(self) -> int:
        """Cases with the right label."""
        return self.cases - len(self.failures)

    @property
    def rate(self) -> float:
        """Share that passed, in [0, 1]."""
        return self.passed / self.cases


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How a model did on all patterns. ``left_out``: whether each was kept from its training."""

    patterns: tuple[PatternResult, ...]
    left_out: bool = False

    @property
    def cases(self) -> int:
        """Number of cases."""
        return sum(found.cases for found in self.patterns)

    @property
    def passed(self) -> int:
        """Cases with the right label."""
        return sum(found.passed for found in self.patterns)

    @property
    def rate(self) -> float:
        """Share of all cases that passed, in [0, 1]."""
        return self.passed / self.cases


def read_cases(path: Path) -> list[Case]:
    """Read a file of cases, JSON Lines.

    Raises:
        InputError: there is no such file, or no case in it.
        RecordError: a line is no case; names file and line.
    """
    found = []
    for line in lines(path):
        try:
            found.append(Case.model_validate_json(line.text))
        except ValidationError as error:
            raise RecordError(path, line.number, line.problem or explain(error)) from None
    if not found:
        raise InputError(path, "there is no case in it", "Check the path.")
    return found


def behaviour_of(
    model: Model, cases: Sequence[Case], *, titles: Mapping[str, str] | None = None
) -> Behaviour:
    """Ask a model about every case.

    Args:
        model: the model.
        cases: whose labels are all among the model's, or count as failed.
        titles: what each pattern is called; else by its first case.

    Returns:
        The patterns in the order of the cases.
    """
    by_pattern: dict[str, list[Case]] = {}
    for case in cases:
        by_pattern.setdefault(case.pattern, []).append(case)
    failures = {case.id: failure for case, failure in _failures(model, cases)}
    return Behaviour(
        tuple(
            PatternResult(
                pattern=pattern,
                title=(titles or {}).get(pattern, found[0].name),
                cases=len(found),
                failures=tuple(failures[case.id] for case in found if case.id in failures),
            )
            for pattern, found in by_pattern.items()
        )
    )


def behaviour_left_out(
    train: Callable[[str, Sequence[Example]], Model],
    examples: Sequence[Example],
    cases: Sequence[Case],
    *,
    like: Callable[[str, Sequence[Input]], Sequence[bool]],
    titles: Mapping[str, str] | None = None,
) -> Behaviour:
    """Test each pattern on a model that was trained without it.

    Args:
        train: makes a model without a pattern's own rules, from the examples that are left.
        examples: to learn from.
        cases: the cases of all patterns.
        like: which inputs are like a pattern, so that examples of it are left out.
        titles: what each pattern is called.
    """
    inputs = [example.input for example in examples]
    patterns: list[PatternResult] = []
    for pattern in dict.fromkeys(case.pattern for case in cases):
        alike = like(pattern, inputs)
        left = [example for example, out in zip(examples, alike, strict=True) if not out]
        asked = [case for case in cases if case.pattern == pattern]
        patterns += behaviour_of(train(pattern, left), asked, titles=titles).patterns
    return Behaviour(tuple(patterns), left_out=True)


def _failures(model: Model, cases: Sequence[Case]) -> Iterator[tuple[Case, Failure]]:
    scores = model.scores([case.input for case in cases])
    places = model.decision.places(scores).tolist()
    for case, place, row in zip(cases, places, scores.tolist(), strict=True):
        if model.labels[place] != case.label:
            yield case, Failure(case, model.labels[place], row[place])
