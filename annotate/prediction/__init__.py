"""A model's word on new sentences."""

from annotate.prediction.columns import ColumnLabeller, as_predictions
from annotate.prediction.ledger import Done, Ledger, Run
from annotate.prediction.parts import Form
from annotate.prediction.predicting import Scorer, best, predict
from annotate.prediction.writing import write_predictions

__all__ = [
    "ColumnLabeller", "Done", "Form", "Ledger", "Run", "Scorer",
    "as_predictions", "best", "predict", "write_predictions",
]  # fmt: skip
