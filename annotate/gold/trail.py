"""How a gold label came about: the votes, what the method made of them, who had the last word."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from annotate.gold.referee import Query, Why
from annotate.records import Annotation, GoldLabel, Name, Record, Share, Shown, Time


class Vote(Record):
    """What one annotator or referee said of a task; a skip has no label."""

    annotator: Name
    label: str | None
    at: Time
    prelabel_shown: bool = False
    flags: tuple[str, ...] = ()
    scheme_version: str


class Trail(Record):
    """All that is behind the label of one task; nothing here is not in other files too.

    ``label``, ``method``, ``scores`` and ``reason`` are those of the gold label. ``asked`` is why
    a referee was asked, ``shown`` what their page said of the votes.
    """

    filename = "gold.log.jsonl"

    task_id: Name
    label: str | None
    method: str
    scores: dict[str, Share]
    reason: str | None
    votes: tuple[Vote, ...]
    asked: Why | None = None
    shown: tuple[Shown, ...] = ()
    decisions: tuple[Vote, ...] = ()

    @property
    def lines(self) -> Iterator[str]:
        """The trail in words, a line each."""
        yield from (_line(vote, "skipped") for vote in self.votes)
        scores = ", ".join(f"{n} {s:.3f}" for n, s in self.scores.items() if s)
        yield f"by {self.method}: {self.label or 'no label'} ({scores})"
        if self.reason:
            yield f"  {self.reason}"
        if self.asked:
            saw = "with the votes shown" if "votes" in self.shown else "blind"
            yield f"a referee was asked ({self.asked}), {saw}"
            yield from (_line(vote, "decided nothing") for vote in self.decisions)
            if not self.decisions:
                yield "  no answer yet"


def trails(
    gold: Iterable[GoldLabel],
    votes: Mapping[str, Sequence[Annotation]],
    *,
    queries: Mapping[str, Query],
    decisions: Mapping[str, Sequence[Annotation]],
) -> Iterator[Trail]:
    """How each gold label came about, in the order of the gold labels.

    Args:
        gold: the labels.
        votes: annotations, skips too, by task.
        queries: what referees were asked, by task.
        decisions: what they said, by task.
    """
    for entry in gold:
        query = queries.get(entry.task_id)
        yield Trail(
            task_id=entry.task_id,
            label=entry.label,
            method=entry.method,
            scores=entry.scores,
            reason=entry.reason,
            votes=_said(votes.get(entry.task_id, ())),
            asked=query.why if query else None,
            shown=query.shown if query else (),
            decisions=_said(decisions.get(entry.task_id, ())),
        )


def _said(annotations: Iterable[Annotation]) -> tuple[Vote, ...]:
    found = (
        Vote(
            annotator=each.annotator,
            label=each.label,
            at=each.updated or each.created,
            prelabel_shown=each.prelabel_shown,
            flags=each.flags,
            scheme_version=each.scheme_version,
        )
        for each in annotations
    )
    return tuple(sorted(found, key=lambda vote: (vote.at, vote.annotator)))


def _line(vote: Vote, nothing: str) -> str:
    beside = [f"{vote.at:%Y-%m-%d}", *vote.flags]
    beside += ["a pre-label was shown"] if vote.prelabel_shown else []
    return f"  {vote.annotator}: {vote.label or nothing} ({', '.join(beside)})"
