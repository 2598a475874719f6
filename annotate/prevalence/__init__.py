"""How common each label is, by outlet, month and the like, set right for a classifier's errors."""

from annotate.prevalence.audited import Audited
from annotate.prevalence.cells import FIELDS, Cell, cell_of, parse_fields
from annotate.prevalence.estimating import check_audited, estimate
from annotate.prevalence.results import CellShares, LabelShare, Prevalence
from annotate.prevalence.writing import write_prevalence

__all__ = [
    "FIELDS", "Audited", "Cell", "CellShares", "LabelShare", "Prevalence", "cell_of",
    "check_audited", "estimate", "parse_fields", "write_prevalence",
]  # fmt: skip
