"""The label that most annotators gave."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

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
    """
    by_task: defaultdict[str, list[Annotation]] = defaultdict(list)
    for annotation in annotations:
        if annotation.label is not None:
            where = f"task {annotation.task_id}, {annotation.annotator}"
            scheme.check_label(annotation.label, where)
            by_task[annotation.task_id].append(annotation)
    for task_id in sorted(by_task):
        yield _decide(task_id, by_task[task_id], scheme)


def _decide(task_id: str, annotations: Sequence[Annotation], scheme: Scheme) -> GoldLabel:
    votes = Counter(a.label for a in annotations if a.label is not None)
    counts = {name: votes[name] for name in scheme.label_names}
    most = max(counts.values())
    winners = [name for name, count in counts.items() if count == most]
    told = ", ".join(f"{name} {count}" for name, count in counts.items() if count)
    return GoldLabel(
        task_id=task_id,
        label=winners[0] if len(winners) == 1 else None,
        scores={name: count / len(annotations) for name, count in counts.items()},
        method="majority",
        votes={name: count for name, count in counts.items() if count},
        independent=sum(not a.prelabel_shown for a in annotations),
        flags=_flags(annotations, scheme),
        reason=told if len(winners) == 1 else f"open tie: {told}",
    )


def _flags(annotations: Sequence[Annotation], scheme: Scheme) -> tuple[str, ...]:
    votes = Counter(flag for a in annotations for flag in set(a.flags))
    return tuple(name for name in scheme.flag_names if 2 * votes[name] > len(annotations))
