"""How the sentences of a data set were labelled, for its card."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from annotate.errors import AgreementError
from annotate.records import Annotation
from annotate.workflows.agreement import agreement_of
from annotate.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Labelling:
    """How much annotators agree, in a sentence, and how many tasks each labelled, by pseudonym."""

    agreement: str | None = None
    annotators: Mapping[str, int] = field(default_factory=dict)


UNKNOWN: Final = Labelling()
"""Of a file, nothing is known."""


def labelling(workspace: Workspace, *, seed: int) -> Labelling:
    """Say how the sentences of a workspace were labelled; it must not be locked.

    Args:
        workspace: with its annotations; without any nothing is known.
        seed: of the interval of the agreement.
    """
    if not workspace.has(Annotation):
        return UNKNOWN
    counts = Counter(one.annotator for one in workspace.read(Annotation) if not one.skipped)
    return Labelling(_agreement(workspace, seed=seed), dict(sorted(counts.items())))


def _agreement(workspace: Workspace, *, seed: int) -> str:
    try:
        found = agreement_of(workspace, seed=seed).overall
    except AgreementError as error:
        return f"Agreement is not known: {error}"
    alpha = found.alpha
    if alpha.value is None:
        return f"Agreement (Krippendorff's alpha) is not known: {alpha.reason}."
    interval = f" ({alpha.reason})" if alpha.reason else ""
    if alpha.interval:
        ends = f"{alpha.interval.low:.3f} to {alpha.interval.high:.3f}"
        interval = f" ({alpha.interval.level:.0%} interval over families of articles: {ends})"
    return (
        f"Krippendorff's alpha is {alpha.value:.3f}{interval}, over {found.tasks:,} tasks with "
        "labels from several annotators, none of whom was shown a pre-label."
    )
