"""What the webhook told, held against what a pull found."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from annotate.serving.event_queue import EventQueue
from annotate.serving.events import Event


@dataclass(frozen=True, slots=True)
class Reconciled:
    """How far events and annotations agree.

    Attributes:
        annotations: how many the pull found.
        missed: of these, as they are now, how many no event had told of; they are recorded now.
        gone: annotations that were told of and are not there any more, which no event had told;
            this is recorded now.
        standing: how many annotations there are by the events, after that.
    """

    annotations: int
    missed: int
    gone: int
    standing: int


def reconcile(
    queue: EventQueue, there: Collection[Event], before: Mapping[str, Event], *, since: int
) -> Reconciled:
    """Record what a pull found and no event had told.

    Args:
        queue: the events.
        there: one for each annotation that the pull found.
        before: `EventQueue.standing` from before the pull began; what was told since is newer than
            what it found.
        since: how many events were recorded then.
    """
    missed = sum(queue.record(event, since=since) for event in there)
    identities = {event.identity for event in there}
    gone = [event for identity, event in before.items() if identity not in identities]
    deletions = (
        replace(event, action="deleted", updated="", source="pull", task=None) for event in gone
    )
    return Reconciled(len(there), missed, sum(map(queue.record, deletions)), len(queue.standing()))
