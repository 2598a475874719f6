"""The recipes by name."""

from typing import Final

from annotate.errors import ModelError
from annotate.models.cue_rules import RulesRecipe
from annotate.models.embedding import EmbeddingRecipe
from annotate.models.encoder import EncoderRecipe
from annotate.models.ensemble import EnsembleRecipe
from annotate.models.linear import LinearRecipe
from annotate.models.majority import MajorityRecipe
from annotate.models.options import RecipeOptions
from annotate.models.protocol import Recipe
from annotate.models.tfidf import TfidfRecipe

_RECIPES: Final[tuple[Recipe, ...]] = (
    LinearRecipe(),
    EmbeddingRecipe(),
    EncoderRecipe(),
    EnsembleRecipe(),
    TfidfRecipe(),
    RulesRecipe(),
    MajorityRecipe(),
)

RECIPES: Final = tuple(entry.name for entry in _RECIPES)
"""The names, the one to start with first."""


def recipe(name: str, options: RecipeOptions | None = None) -> Recipe:
    """The recipe of this name.

    Raises:
        ModelError: there is none, or it has no use for one of the options.
    """
    options = options or RecipeOptions()
    for entry in _RECIPES:
        if entry.name == name:
            if isinstance(entry, EmbeddingRecipe | EncoderRecipe | EnsembleRecipe | LinearRecipe):
                return entry.with_options(options)
            options.refuse_others(name)
            return entry
    msg = f"There is no recipe {name!r}. Use one of {', '.join(RECIPES)}."
    raise ModelError(msg)
