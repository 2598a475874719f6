"""Splits that do not leak: whole groups (families of articles) go to one side, never to two."""

from annotate.splits.folds import group_folds
from annotate.splits.groups import split_groups
from annotate.splits.parts import (
    TrainedOn,
    TrainingPart,
    assign,
    has_splits,
    seen_in_training,
    training_part,
    unseen_part,
)

__all__ = [
    "TrainedOn",
    "TrainingPart",
    "assign",
    "group_folds",
    "has_splits",
    "seen_in_training",
    "split_groups",
    "training_part",
    "unseen_part",
]
