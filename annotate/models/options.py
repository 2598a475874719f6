"""What a user may ask of a recipe beyond its name."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from typing import Any

from annotate.errors import ModelError


@dataclass(frozen=True, slots=True)
class RecipeOptions:
    """Wishes for a recipe; None leaves a matter to the recipe.

    Attributes:
        encoder: name on the Hugging Face hub of a pretrained encoder, or a folder with one.
        trainings: how often an encoder is fine-tuned, for the mean of what is learnt.
        epochs: how often at most the examples are gone through.
        learning_rate: the highest of the training, in (0, 1).
        batch_size: sentences a step.
        max_length: word pieces of a sentence with its context at most.
        half: whether to compute in bfloat16 in place of float32.
        keep_encoder: whether the model's folder shall hold an encoder that was not changed.
        min_precision: of each of these labels, the share in (0, 1] of what gets it that shall at
            least be right.
        weigh_votes: whether a sentence counts the less, the more its annotators were divided.
    """

    encoder: str | None = None
    trainings: int | None = None
    epochs: int | None = None
    learning_rate: float | None = None
    batch_size: int | None = None
    max_length: int | None = None
    half: bool | None = None
    keep_encoder: bool | None = None
    min_precision: Mapping[str, float] | None = None
    weigh_votes: bool | None = None

    @property
    def asked(self) -> Mapping[str, Any]:
        """What was asked for, by name."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in given.items() if value is not None}

    def only(self, taken: Collection[str]) -> "RecipeOptions":
        """Those of the options that are among these."""
        return RecipeOptions(**{name: one for name, one in self.asked.items() if name in taken})

    def refuse_others(self, recipe: str, taken: Collection[str]) -> None:
        """Refuse what a recipe cannot make use of.

        Raises:
            ModelError: something is asked for that is not among ``taken``.
        """
        if others := sorted(self.asked.keys() - set(taken)):
            option = "--" + others[0].replace("_", "-")
            msg = f"The recipe {recipe} takes no {option}. Leave it out, or use another recipe."
            raise ModelError(msg)
