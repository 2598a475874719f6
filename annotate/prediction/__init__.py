"""A model's word on new sentences."""

from annotate.prediction.predicting import Scorer, best, predict
from annotate.prediction.writing import write_predictions

__all__ = ["Scorer", "best", "predict", "write_predictions"]
