"""The floor: every input gets the labels' shares in training, so always the commonest label."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from annotate.decisions import Decision
from annotate.errors import ModelError
from annotate.fields import Share
from annotate.files import write_text
from annotate.jsonl import explain
from annotate.models.protocol import Details
from annotate.records import Example, Input

_FILE: Final = "majority.json"
_SHARES: Final = TypeAdapter(dict[str, Share])


@dataclass(frozen=True, slots=True)
class MajorityModel:
    """Knows how often each label occurred, and looks at nothing."""

    shares: Mapping[str, float]

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, in the order of the columns of `scores`."""
        return tuple(self.shares)

    @property
    def details(self) -> Details:
        """Nothing is settled while learning."""
        return {}

    @property
    def metrics(self) -> Mapping[str, float]:
        """None: nothing was left out of the training."""
        return {}

    @property
    def decision(self) -> Decision:
        """The highest score."""
        return Decision.highest(self.labels)

    def scores(self, inputs: Sequence[Input]) -> NDArray[np.float64]:
        """The shares of the labels in training, for every input; shape (inputs, labels)."""
        row = np.array(list(self.shares.values()), dtype=np.float64)
        return np.tile(row / row.sum(), (len(inputs), 1))

    def save(self, folder: Path) -> None:
        """Write the shares."""
        write_text(folder / _FILE, _SHARES.dump_json(dict(self.shares), indent=2).decode() + "\n")


@dataclass(frozen=True, slots=True)
class MajorityRecipe:
    """Counts labels."""

    name: ClassVar[str] = "majority"

    def fit(
        self, examples: Sequence[Example], *, labels: Sequence[str], seed: int
    ) -> MajorityModel:
        """Count the labels; ``seed`` changes nothing.

        Raises:
            ModelError: there is no example.
        """
        del seed
        if not examples:
            msg = "There is no example to learn from. Give at least one with a label."
            raise ModelError(msg)
        counts = Counter(example.label for example in examples)
        return MajorityModel({label: counts[label] / len(examples) for label in labels})

    def load(self, folder: Path) -> MajorityModel:
        """Read what `MajorityModel.save` wrote.

        Raises:
            ModelError: the file is missing or is not what was written.
        """
        path = folder / _FILE
        try:
            shares = _SHARES.validate_json(path.read_bytes())
        except OSError:
            msg = f"{path}: no such file. Train the model again."
            raise ModelError(msg) from None
        except ValidationError as error:
            msg = f"{path}: {explain(error)}. Train the model again."
            raise ModelError(msg) from None
        if not sum(shares.values()) > 0:
            msg = f"{path}: no label has a share. Train the model again."
            raise ModelError(msg)
        return MajorityModel(shares)
