"""Annotations to agreement."""

from annotate.agreement import AgreementReport, measure_agreement
from annotate.workflows.sentences import votes
from annotate.workspace import Workspace


def agreement_of(workspace: Workspace) -> AgreementReport:
    """How much the annotators of a workspace agree."""
    return measure_agreement(votes(workspace))
