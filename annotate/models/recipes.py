"""The recipes by name."""

from collections.abc import Sequence
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

_Open: Final = EmbeddingRecipe | EncoderRecipe | EnsembleRecipe | LinearRecipe
"""Recipes that take options."""

RECIPES: Final = tuple(entry.name for entry in _RECIPES)
"""The names, the one to start with first."""

ENCODING: Final = tuple(
    entry.name
    for entry in _RECIPES
    if isinstance(entry, EmbeddingRecipe | EncoderRecipe | EnsembleRecipe)
)
"""Those that go through an encoder, for which a GPU is of use."""


def recipe(name: str, options: RecipeOptions | None = None) -> Recipe:
    """The recipe of this name.

    Raises:
        ModelError: there is none, or it has no use for one of the options.
    """
    return recipes((name,), options)[name]


def recipes(names: Sequence[str], options: RecipeOptions | None = None) -> dict[str, Recipe]:
    """Recipes by their names, each with those of the options that it has a use for.

    Raises:
        ModelError: there is no such recipe, or none of them has a use for one of the options.
    """
    options = options or RecipeOptions()
    found = {name: _named(name) for name in names}
    asking = {name: entry for name, entry in found.items() if isinstance(entry, _Open)}
    options.refuse_others(
        " or ".join(found), {option for entry in asking.values() for option in entry.takes}
    )
    made = {name: entry.with_options(options.only(entry.takes)) for name, entry in asking.items()}
    return {**found, **made}


def _named(name: str) -> Recipe:
    for entry in _RECIPES:
        if entry.name == name:
            return entry
    msg = f"There is no recipe {name!r}. Use one of {', '.join(RECIPES)}."
    raise ModelError(msg)
