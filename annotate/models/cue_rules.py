"""The cue rules as a model: a floor that a learnt model must beat to be worth its training."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, NonNegativeInt

from annotate.decisions import Decision
from annotate.errors import ModelError
from annotate.files import write_text
from annotate.models.arrays import damaged, read_record
from annotate.models.protocol import Details
from annotate.records import Example, Input
from annotate.rules import Rules

_FILE: Final = "rules.json"


class RulesModel(BaseModel):
    """Gives each sentence the label of the first rule that fires, with that rule's precision.

    Attributes:
        rules: name of the rules that were counted; it changes with what they mean.
        labels: the labels, in the order of the columns of `scores`.
        tallies: of each rule, how many sentences of each label it decided in training.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: str
    labels: tuple[str, ...]
    tallies: Mapping[str, Mapping[str, NonNegativeInt]]

    @property
    def details(self) -> Details:
        """Which rules they are."""
        return {"rules": self.rules}

    @property
    def metrics(self) -> Mapping[str, float]:
        """None: nothing was left out of the training."""
        return {}

    @property
    def decision(self) -> Decision:
        """The highest score, which is that of the rule's label."""
        return Decision.highest(self.labels)

    def scores(self, inputs: Sequence[Input]) -> NDArray[np.float64]:
        """The smoothed precision of the rule that decides, of shape (inputs, labels).

        The rule's label gets (right + 1) / (decided + labels), Laplace's rule of succession, but
        never less than the others, which share the rest evenly: which label is right where the
        rule is wrong is not known.
        """
        rows: dict[tuple[str, str], NDArray[np.float64]] = {}
        found = np.empty((len(inputs), len(self.labels)))
        for number, verdict in enumerate(_rules().label(inputs)):
            key = (verdict.rule, verdict.label)
            if key not in rows:
                rows[key] = self._row(*key)
            found[number] = rows[key]
        return found

    def save(self, folder: Path) -> None:
        """Write the tallies."""
        write_text(folder / _FILE, self.model_dump_json(indent=2) + "\n")

    def _row(self, rule: str, label: str) -> NDArray[np.float64]:
        tally, n = self.tallies.get(rule, {}), len(self.labels)
        if label not in self.labels:
            label = max(self.labels, key=lambda name: tally.get(name, 0))
        own = (tally.get(label, 0) + 1) / (sum(tally.values()) + n)
        own = max(own, 1 / n + _AHEAD) if n > 1 else 1.0
        row = np.full(n, (1 - own) / max(1, n - 1))
        row[self.labels.index(label)] = own
        return row


_AHEAD: Final = 0.001
"""How far the label of a rule that is mostly wrong stays above an even share."""


@dataclass(frozen=True, slots=True)
class RulesRecipe:
    """Counts how often each rule is right; what the rules say is not learnt.

    A rule may give a label that the examples do not have, such as a denial where everything
    attributed is one label: its sentences get the label that most of them have in training.
    """

    name: ClassVar[str] = "rules"

    def fit(self, examples: Sequence[Example], *, labels: Sequence[str], seed: int) -> RulesModel:
        """Count what each rule decided; ``seed`` changes nothing.

        Raises:
            ModelError: there is no example.
        """
        del seed
        if not examples:
            msg = "There is no example to count. Give at least one with a label."
            raise ModelError(msg)
        rules = _rules()
        tallies: dict[str, Counter[str]] = {}
        verdicts = rules.label([example.input for example in examples])
        for example, verdict in zip(examples, verdicts, strict=True):
            tallies.setdefault(verdict.rule, Counter())[example.label] += 1
        ordered = {rule: dict(sorted(tallies[rule].items())) for rule in sorted(tallies)}
        return RulesModel(rules=rules.name, labels=tuple(labels), tallies=ordered)

    def load(self, folder: Path) -> RulesModel:
        """Read what `RulesModel.save` wrote.

        Raises:
            ModelError: the file is missing or damaged, or counts other rules than these.
        """
        model = read_record(folder / _FILE, RulesModel)
        if model.rules != _rules().name:
            problem = f"it counts {model.rules}, and these rules are {_rules().name}"
            raise ModelError(damaged(folder, problem))
        return model


@cache
def _rules() -> Rules:
    return Rules.load()
