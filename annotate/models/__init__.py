"""Models that label sentences: recipes to learn them by, and folders to keep them in."""

from annotate.models.bundle import (
    TrainedModel,
    check_folder,
    load_model,
    read_manifest,
    save_model,
    train_model,
)
from annotate.models.manifest import Manifest
from annotate.models.options import RecipeOptions
from annotate.models.protocol import Model, Recipe
from annotate.models.recipes import RECIPES, recipe

__all__ = [
    "RECIPES",
    "Manifest",
    "Model",
    "Recipe",
    "RecipeOptions",
    "TrainedModel",
    "check_folder",
    "load_model",
    "read_manifest",
    "recipe",
    "save_model",
    "train_model",
]
