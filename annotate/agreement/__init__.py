"""How much annotators agree."""

from annotate.agreement.alpha import Agreement, krippendorff_alpha
from annotate.agreement.figures import Figure, Resampling
from annotate.agreement.report import AgreementReport, Prelabels, measure_agreement
from annotate.agreement.spans import SpanAgreement, span_agreement

__all__ = [
    "Agreement", "AgreementReport", "Figure", "Prelabels", "Resampling", "SpanAgreement",
    "krippendorff_alpha", "measure_agreement", "span_agreement",
]  # fmt: skip
