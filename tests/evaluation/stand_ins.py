"""Models and recipes whose answers are known beforehand, and examples for them."""

import hashlib
from dataclasses import dataclass, field

import numpy as np

from annotate.decisions import Decision
from annotate.errors import ModelError
from annotate.evaluation import evaluate_model
from annotate.records import Example

LABELS = ("claim", "denial", "neither")


def example(number, label, group=None, **fields):
    fields.setdefault("text", f"Sentence {number}.")
    return Example(id=f"e{number:03}", label=label, group=group or f"g{number}", **fields)


@dataclass(frozen=True)
class Told:
    """Says of each text what it was told to say, with score ``sure``."""

    answers: dict[str, str]
    labels: tuple[str, ...] = LABELS
    sure: float = 0.8

    @property
    def decision(self):
        return Decision.highest(self.labels)

    def scores(self, inputs):
        rest = (1 - self.sure) / (len(self.labels) - 1)
        given = np.full((len(inputs), len(self.labels)), rest)
        for row, shown in enumerate(inputs):
            given[row, self.labels.index(self.answers[shown.text])] = self.sure
        return given


@dataclass(frozen=True)
class Fixed:
    """Gives every input the same scores."""

    labels: tuple[str, ...]
    row: tuple[float, ...]

    @property
    def decision(self):
        return Decision.highest(self.labels)

    def scores(self, inputs):
        return np.tile(np.array(self.row), (len(inputs), 1))


@dataclass(frozen=True)
class Drawn:
    """Gives each text scores that look random and are always the same."""

    labels: tuple[str, ...]

    @property
    def decision(self):
        return Decision.highest(self.labels)

    def scores(self, inputs):
        return np.array([self._row(shown.text) for shown in inputs])

    def _row(self, text):
        digest = hashlib.sha256(text.encode()).digest()
        drawn = np.frombuffer(digest[: len(self.labels)], dtype=np.uint8) + 1.0
        return drawn / drawn.sum()


@dataclass
class Spy:
    """Notes the texts that each of its models was trained on and asked for."""

    name: str = "spy"
    runs: list = field(default_factory=list)

    def fit(self, examples, *, labels, seed):
        run = Run(tuple(labels), [e.text for e in examples], seed)
        self.runs.append(run)
        return run


@dataclass
class Run:
    labels: tuple[str, ...]
    trained: list
    seed: int
    asked: list = field(default_factory=list)

    @property
    def decision(self):
        return Decision.highest(self.labels)

    def scores(self, inputs):
        self.asked.extend(shown.text for shown in inputs)
        return Drawn(self.labels).scores(inputs)


class Shares:
    """Learns the shares of the labels it saw, knows no other label, and needs two."""

    name = "shares"

    def fit(self, examples, *, labels, seed):
        found = [e.label for e in examples]
        seen = tuple(label for label in labels if label in found)
        if len(seen) < 2:
            raise ModelError
        return Fixed(seen, tuple(found.count(label) / len(found) for label in seen))


# Gold in rows, predicted in columns, in the order of LABELS:
#            claim denial neither
#   claim      3     0      1
#   denial     1     1      0
#   neither    1     0      3
PAIRS = (
    *[("claim", "claim")] * 3,
    ("claim", "neither"),
    ("denial", "claim"),
    ("denial", "denial"),
    ("neither", "claim"),
    *[("neither", "neither")] * 3,
)


def told(pairs=PAIRS, *, labels=LABELS, name="told", grouping="group", sure=0.8, **fields):
    """An evaluation with just these (gold, predicted) pairs; ``fields`` go to the examples."""
    examples = [example(n, gold, **fields) for n, (gold, _) in enumerate(pairs)]
    texts = [f"{e.text} [{n}]" for n, e in enumerate(examples)]
    examples = [
        e.model_copy(update={"text": text}) for e, text in zip(examples, texts, strict=True)
    ]
    answers = dict(zip(texts, (predicted for _, predicted in pairs), strict=True))
    model = Told(answers, labels=labels, sure=sure)
    return evaluate_model(
        model, examples, labels=labels, name=name, trained_on=None, grouping=grouping
    )
