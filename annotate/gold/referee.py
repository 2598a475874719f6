"""What a referee is asked to decide, and how a decision becomes the label."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from annotate.gold.ballots import ballots, counted, flags_of_most
from annotate.records import Annotation, GoldLabel, Name, Record, Shown
from annotate.scheme import Scheme

Why = Literal["tie", "low score", "suspect"]


class Query(Record):
    """A task that a referee is asked about.

    ``shown`` is what the referee's page says of it beside text and context, ``note`` that in
    words; nothing for a blind decision.
    """

    filename = "queue.jsonl"

    task_id: Name
    why: Why
    shown: tuple[Shown, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Adjudicated:
    """Gold labels after the referees' decisions.

    Attributes:
        gold: in the order in which they came.
        decided: how many have a referee's label.
        differing: how many referees disagree on, so that they have none.
        own: decisions by somebody whose own vote is among those on the task.
        strangers: tasks that a referee decided and that have no gold label, such as those of
            articles that were corrected since; nothing came of these.
    """

    gold: tuple[GoldLabel, ...]
    decided: int
    differing: int
    own: int
    strangers: tuple[str, ...]


def to_review(gold: Iterable[GoldLabel], *, below: float) -> Iterator[tuple[str, Why]]:
    """Tasks that a referee should decide: open ties first, then by score, the lowest first.

    Args:
        gold: those that a referee has decided are passed over.
        below: a label with a score lower than this is doubtful, in [0, 1].
    """
    open_ones = [entry for entry in gold if entry.method != "adjudicated"]
    for entry in open_ones:
        if entry.label is None:
            yield entry.task_id, "tie"
    doubtful = [(e.scores[e.label], e.task_id) for e in open_ones if e.label is not None]
    for score, task_id in sorted(doubtful):
        if score < below:
            yield task_id, "low score"


def query(task_id: str, why: Why, votes: Sequence[Annotation], *, blind: bool) -> Query:
    """What the referee is asked, with everybody's vote unless it shall be decided blind."""
    if blind:
        return Query(task_id=task_id, why=why)
    given = sorted(votes, key=lambda vote: vote.annotator)
    lines = ["Decide the label. So far:", *(_line(vote) for vote in given)]
    return Query(task_id=task_id, why=why, shown=("votes",), note="\n".join(lines))


def _line(vote: Annotation) -> str:
    beside = [*vote.flags, *(["a pre-label was shown"] if vote.prelabel_shown else [])]
    return f"{vote.annotator}: {vote.label}" + (f" ({', '.join(beside)})" if beside else "")


def adjudicate(
    gold: Iterable[GoldLabel],
    decisions: Iterable[Annotation],
    *,
    scheme: Scheme,
    shown: Mapping[str, Sequence[Shown]],
    voters: Container[tuple[str, str]] = frozenset(),
) -> Adjudicated:
    """Put referees' decisions in place of the labels that votes gave; votes are kept.

    A decision wins whatever the method said. Where several referees decided one task, most of
    them must agree; else it has no label. A skip decides nothing.

    Args:
        gold: labels by votes.
        decisions: referees' annotations, at most one per (task, referee).
        scheme: the label scheme.
        shown: what referees saw of each task; those that are missing saw nothing.
        voters: (task, annotator) of each vote, by the names that referees go by.

    Raises:
        UnknownLabelError: a decision's label is not in the scheme.
        GoldError: two decisions on one task by one referee.
    """
    by_task = ballots(decisions, scheme=scheme)
    done = tuple(
        _decided(entry, by_task[entry.task_id], scheme, shown.get(entry.task_id, ()))
        if entry.task_id in by_task
        else entry
        for entry in gold
    )
    taken = [entry for entry in done if entry.task_id in by_task]
    return Adjudicated(
        gold=done,
        decided=sum(entry.label is not None for entry in taken),
        differing=sum(entry.label is None for entry in taken),
        own=sum((task, vote.annotator) in voters for task in by_task for vote in by_task[task]),
        strangers=tuple(sorted(by_task.keys() - {entry.task_id for entry in taken})),
    )


def _decided(
    entry: GoldLabel, decisions: Sequence[Annotation], scheme: Scheme, shown: Sequence[Shown]
) -> GoldLabel:
    counts = counted(decisions)
    winners = [name for name, count in counts.items() if count == max(counts.values())]
    said: defaultdict[str, list[str]] = defaultdict(list)
    for decision in decisions:
        said[decision.label or ""].append(decision.annotator)
    told = ", ".join(f"{label} by {' and '.join(sorted(who))}" for label, who in said.items())
    saw: list[Shown] = ["prelabel"] if any(each.prelabel_shown for each in decisions) else []
    return entry.model_copy(
        update={
            "label": winners[0] if len(winners) == 1 else None,
            "scores": {name: counts[name] / len(decisions) for name in scheme.label_names},
            "method": "adjudicated",
            "flags": flags_of_most(decisions, scheme),
            "reason": f"{'' if len(winners) == 1 else 'referees differ: '}{told}; {entry.reason}",
            "referees": tuple(sorted(decision.annotator for decision in decisions)),
            "shown": tuple(sorted({*shown, *saw})),
        }
    )
