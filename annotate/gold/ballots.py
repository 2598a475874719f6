"""The votes on each task, and the gold label that given scores make of them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from annotate.errors import GoldError
from annotate.fields import Method
from annotate.records import Annotation, GoldLabel
from annotate.scheme import Scheme

_EQUAL: Final = 1e-9
"""Scores that differ by no more are the same."""

Ballots = Mapping[str, Sequence[Annotation]]


def ballots(annotations: Iterable[Annotation], *, scheme: Scheme) -> Ballots:
    """The annotations with a label, by task, in the order of the task ids.

    A label goes by its name of today; skips are no votes.

    Raises:
        UnknownLabelError: a label is not in the scheme.
        GoldError: two annotations of one task by one annotator.
    """
    found: defaultdict[str, dict[str, Annotation]] = defaultdict(dict)
    for annotation in annotations:
        if annotation.label is None:
            continue
        vote = _of_today(annotation, scheme)
        if vote.annotator in found[vote.task_id]:
            msg = (
                f"task {vote.task_id} has two annotations by {vote.annotator}. Keep one of them in "
                f"{Annotation.filename}; `annotate pull` takes the later one."
            )
            raise GoldError(msg)
        found[vote.task_id][vote.annotator] = vote
    return {task_id: list(found[task_id].values()) for task_id in sorted(found)}


def _of_today(annotation: Annotation, scheme: Scheme) -> Annotation:
    label = scheme.current_name("labels", annotation.label or "")
    scheme.check_label(label, f"task {annotation.task_id}, {annotation.annotator}")
    return (
        annotation.model_copy(update={"label": label}) if label != annotation.label else annotation
    )


def gold_label(
    task_id: str,
    votes: Sequence[Annotation],
    scores: Mapping[str, float],
    *,
    method: Method,
    scheme: Scheme,
) -> GoldLabel:
    """The label with the highest score; equal scores leave the task without a label.

    Args:
        task_id: the task.
        votes: the annotations of it that have a label.
        scores: share or probability of each label that somebody gave; of the others it is 0.
        method: how they were found.
        scheme: all labels and flags. A flag stands where more than half of the annotators set it.
    """
    counts = counted(votes)
    highest = max(scores.values())
    winners = [name for name, score in scores.items() if score >= highest - _EQUAL]
    told = told_votes(counts, scheme)
    return GoldLabel(
        task_id=task_id,
        label=winners[0] if len(winners) == 1 else None,
        scores={name: scores.get(name, 0.0) for name in scheme.label_names},
        method=method,
        votes={name: counts[name] for name in scheme.label_names if counts[name]},
        independent=sum(not vote.prelabel_shown for vote in votes),
        flags=flags_of_most(votes, scheme),
        reason=told if len(winners) == 1 else f"open tie: {told}",
    )


def counted(votes: Iterable[Annotation]) -> Counter[str]:
    """How many annotators are behind each label."""
    return Counter(vote.label for vote in votes if vote.label is not None)


def told_votes(counts: Mapping[str, int], scheme: Scheme) -> str:
    """``claim 2, denial 1``."""
    return ", ".join(f"{name} {counts[name]}" for name in scheme.label_names if counts.get(name))


def flags_of_most(votes: Sequence[Annotation], scheme: Scheme) -> tuple[str, ...]:
    """The flags that more than half of the annotators set."""
    counts = Counter(flag for vote in votes for flag in set(vote.flags))
    return tuple(name for name in scheme.flag_names if 2 * counts[name] > len(votes))
