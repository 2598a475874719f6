"""The label that most annotators gave."""

from collections.abc import Iterable, Iterator

from annotate.gold.ballots import ballots, counted, gold_label
from annotate.records import Annotation, GoldLabel
from annotate.scheme import Scheme


def majority(annotations: Iterable[Annotation], *, scheme: Scheme) -> Iterator[GoldLabel]:
    """One gold label a task that somebody labelled, in the order of the task ids.

    The label with the most votes wins; equal votes leave the task without a label. A flag stands
    where more than half of the annotators set it. Skips are no votes.

    Args:
        annotations: at most one per (task, annotator); any order.
        scheme: the label scheme; ``scores`` covers its labels.

    Raises:
        UnknownLabelError: an annotation's label is not in the scheme.
        GoldError: two annotations of one task by one annotator.
    """
    for task_id, votes in ballots(annotations, scheme=scheme).items():
        shares = {name: count / len(votes) for name, count in counted(votes).items()}
        yield gold_label(task_id, votes, shares, method="majority", scheme=scheme)
