"""Who gets which articles, and which of them two people get so that their agreement is known."""

from collections import Counter
from collections.abc import Mapping, Sequence

from annotate.records import Task
from annotate.tasks.drawing import lot

People = tuple[str, ...]


def assign(
    tasks: Sequence[Task],
    annotators: Sequence[str],
    *,
    shared: float,
    seed: int,
    before: Mapping[str, People],
) -> list[Task]:
    """Give the tasks of every article to one annotator, and those of a random share to two.

    Articles are drawn in random order. The first of them, until they hold the share wanted, go to
    two people, those pairs first that have shared least; each of the others to whoever has least
    to do. Where too few articles are new for the share wanted, those that one person has get a
    second. Tasks that two people label are shown without pre-labels: only labels given unaided
    tell how much people agree.

    Args:
        tasks: to be given out.
        annotators: their names, at least one; two where tasks are shared.
        shared: share of the tasks that two people get, in [0, 1]; kept to within an article.
        seed: of the draw.
        before: who had which article so far, by the document's id; that stays as long as all of
            them are among the annotators.

    Returns:
        The tasks in the order given, each with its annotators.
    """
    sizes = Counter(task.document_id for task in tasks)
    given = {
        name: people
        for name, people in before.items()
        if name in sizes and people and set(people) <= set(annotators)
    }
    work = _Work(annotators, shared * len(tasks))
    for name, people in given.items():
        work.takes(people, sizes[name])
    mixed = sorted(sizes, key=lambda name: lot(seed, "batch", name))
    for name in [name for name in mixed if name not in given]:
        given[name] = work.next_people(sizes[name])
        work.takes(given[name], sizes[name])
    for name in [name for name in mixed if len(given[name]) == 1]:
        if work.shares(sizes[name]):
            (first,) = given[name]
            second = work.partner_of(first)
            work.takes((first, second), sizes[name], also=first)
            given[name] = (first, second)
    return [_for(task, given[task.document_id]) for task in tasks]


class _Work:
    """What each annotator and each pair has to do, in tasks."""

    def __init__(self, annotators: Sequence[str], to_share: float) -> None:
        self._names = list(annotators)
        self._loads = Counter(dict.fromkeys(annotators, 0))
        self._pairs: Counter[frozenset[str]] = Counter()
        self._to_share = to_share

    def takes(self, people: People, size: int, *, also: str | None = None) -> None:
        """Count an article for its people; ``also`` is one of them who had it before."""
        self._loads.update({name: size for name in people if name != also})
        if len(people) > 1:
            self._pairs[frozenset(people)] += size
            self._to_share -= size

    def next_people(self, size: int) -> People:
        if not self.shares(size):
            return (min(self._names, key=self._loads.__getitem__),)
        pairs = [(one, two) for one in self._names for two in self._names if one < two]
        return min(pairs, key=lambda pair: (self._pairs[frozenset(pair)], *self._both(pair)))

    def shares(self, size: int) -> bool:
        """Whether two people come nearer to the share wanted than one."""
        return self._to_share > 0 and self._to_share >= size / 2

    def partner_of(self, first: str) -> str:
        others = [name for name in self._names if name != first]
        return min(others, key=lambda o: (self._pairs[frozenset((first, o))], self._loads[o]))

    def _both(self, pair: tuple[str, str]) -> tuple[int, int]:
        loads = sorted(self._loads[name] for name in pair)
        return loads[1], loads[0]


def _for(task: Task, people: People) -> Task:
    held_out = task.prelabel_held_out or len(people) > 1
    return task.model_copy(update={"annotators": people, "prelabel_held_out": held_out})
