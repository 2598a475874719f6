"""How much annotators agree."""

from annotate.agreement.alpha import Agreement, krippendorff_alpha
from annotate.agreement.measure import AgreementReport, Confusion, measure_agreement

__all__ = ["Agreement", "AgreementReport", "Confusion", "krippendorff_alpha", "measure_agreement"]
