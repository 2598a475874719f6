"""What the rules are worth: how often each was right where it decided."""

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from annotate.errors import RulesError
from annotate.files import read_text
from annotate.jsonl import explain
from annotate.resources import resource
from annotate.rules.labelling import Verdict

FEWEST_HITS: Final = 10
"""Decisions below which nothing is said of a rule."""
_Z: Final = 1.959964
"""The normal quantile of a 95 % interval."""


class Tally(BaseModel):
    """How often a rule decided on labelled sentences, and how often its label was the gold one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hits: Annotated[int, Field(ge=0)]
    right: Annotated[int, Field(ge=0)]

    @property
    def bound(self) -> float | None:
        """Lower end of the 95 % interval of the precision, in [0, 1]; None below `FEWEST_HITS`."""
        return lower_bound(self.right, self.hits) if self.hits >= FEWEST_HITS else None

    @model_validator(mode="after")
    def _check_counts(self) -> Self:
        if self.right > self.hits:
            msg = f"{self.right} right of {self.hits}"
            raise ValueError(msg)
        return self


class Precision(BaseModel):
    """The tallies of a set of rules on one corpus."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: str
    """Name of the rules that were counted, which changes with them."""
    corpus: str
    sentences: int
    tallies: dict[str, Tally]

    @classmethod
    def load(cls, *, rules: str, path: Path | None = None) -> Self:
        """Read the tallies of these rules; by default those that are shipped.

        Raises:
            InputError: the file is missing or not UTF-8.
            RulesError: the file is not what it should be, or of other rules.
        """
        path = path or resource("schemas/rules_precision.json")
        try:
            found = cls.model_validate_json(read_text(path))
        except ValidationError as error:
            raise RulesError(path, explain(error)) from None
        if found.rules != rules:
            problem = f"counted for {found.rules}, not for {rules}: scripts/generate counts anew"
            raise RulesError(path, problem)
        return found

    @classmethod
    def count(
        cls, verdicts: Iterable[tuple[Verdict, str]], *, rules: str, corpus: str
    ) -> "Precision":
        """Count (verdict, gold label) pairs."""
        hits: dict[str, int] = {}
        right: dict[str, int] = {}
        for verdict, gold in verdicts:
            hits[verdict.rule] = hits.get(verdict.rule, 0) + 1
            right[verdict.rule] = right.get(verdict.rule, 0) + (verdict.label == gold)
        tallies = {name: Tally(hits=hits[name], right=right[name]) for name in sorted(hits)}
        return cls(rules=rules, corpus=corpus, sentences=sum(hits.values()), tallies=tallies)

    def scores(self, verdict: Verdict, labels: Iterable[str]) -> Mapping[str, float]:
        """A score for each label, which together are 1; empty where too little is known.

        The label of the verdict gets the lower bound of its rule's precision. Which label is right
        where the rule is wrong is not known, so the others share the rest evenly.
        """
        tally = self.tallies.get(verdict.rule)
        others = [label for label in labels if label != verdict.label]
        if tally is None or tally.bound is None or not others:
            return {}
        rest = (1 - tally.bound) / len(others)
        return {verdict.label: tally.bound, **dict.fromkeys(others, rest)}


def lower_bound(right: int, n: int) -> float:
    """Lower end of Wilson's 95 % score interval of a share, in [0, 1].

    Args:
        right: how many of ``n``.
        n: at least 1.

    Source:
        Wilson (1927), Probable Inference, the Law of Succession, and Statistical Inference.
    """
    share, square = right / n, _Z * _Z
    centre = share + square / (2 * n)
    margin = _Z * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    return max(0.0, (centre - margin) / (1 + square / n))
