"""How good a model is on articles that it has never seen, and a report that says so."""

from annotate.evaluation.error_list import errors_csv
from annotate.evaluation.figures import to_json
from annotate.evaluation.findings import Rival, Votes, study
from annotate.evaluation.report import write_report
from annotate.evaluation.results import Evaluation, Grouping
from annotate.evaluation.scoring import cross_validate, evaluate_model
from annotate.evaluation.verdicts import verdict

__all__ = [
    "Evaluation",
    "Grouping",
    "Rival",
    "Votes",
    "cross_validate",
    "errors_csv",
    "evaluate_model",
    "study",
    "to_json",
    "verdict",
    "write_report",
]
