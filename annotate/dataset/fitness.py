"""Which gold labels may count in test."""

from collections.abc import Iterable

from annotate.records import GoldLabel
from annotate.splits.excluded import Reason

_TWO = 2


def unfit_for_test(
    gold: Iterable[GoldLabel], *, several: bool, allow_single: bool
) -> dict[str, Reason]:
    """Tasks whose labels may not count in test, with the reason.

    A label counts if a referee decided it who saw neither votes nor a pre-label, or if neither the
    votes nor the referee, where there was one, were shown a pre-label. It then takes a referee or
    two votes where several annotators label, else one vote.

    Args:
        gold: the gold labels.
        several: whether there are several annotators.
        allow_single: let one vote do, however many annotators there are.
    """
    needed = _TWO if several and not allow_single else 1
    found: dict[str, Reason] = {}
    for label in gold:
        if label.blind or label.method == "given":
            continue
        refereed = label.method == "adjudicated"
        if "prelabel" in label.shown or label.independent < max(1, sum(label.votes.values())):
            found[label.task_id] = "prelabel"
        elif label.independent < needed and not refereed:
            found[label.task_id] = "single"
    return found
