"""Work on many pieces by several processes, one piece at a time each.

Made for the death of any of them: the loss of a process costs the piece that it had, which is tried
again; the others notice when the first one is gone and end too. The pools of the standard library
do neither: one dead process breaks them, and orphans wait for ever.
"""

import os
import signal
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeVar

from annotate.errors import AnnotateError, LostProcessError
from annotate.prediction.refused import Refused

Item = TypeVar("Item")
Result = TypeVar("Result")

_MOST_TRIES = 3


def in_processes(
    make: Callable[[], Callable[[Item], Result]], items: Iterable[Item], *, processes: int
) -> Iterator[Result]:
    """The results of a function for many items, as they come.

    Args:
        make: makes the function; called once in each process, so that what is costly to load is
            loaded once. It and the items are sent to the processes.
        items: taken one by one, as there is a process for them.
        processes: how many; with 1 no other process is started.

    Raises:
        LostProcessError: three processes died over one item.
        AnnotateError: as the function or ``make`` raised it.
        OSError: likewise, such as for a full disk.
    """
    if processes == 1:
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        function = make()
        with threadpool_limits(1):
            for item in items:
                yield function(item)
        return
    pool = _Pool(make, deque(), iter(items))
    try:
        for _ in range(processes):
            pool.start()
        yield from pool.results()
    finally:
        pool.stop()


@dataclass(eq=False, slots=True)
class _Hand(Generic[Item]):
    """A process and the end of the pipe to it."""

    process: BaseProcess
    pipe: Connection
    item: Item | None = None


@dataclass(slots=True)
class _Pool(Generic[Item, Result]):
    make: Callable[[], Callable[[Item], Result]]
    again: deque[Item]
    items: Iterator[Item]
    hands: list[_Hand[Item]] = field(default_factory=list)
    tries: Counter[Item] = field(default_factory=Counter)

    def start(self) -> None:
        """Start one more process, if there is work for it."""
        item = self._next()
        if item is None:
            return
        context = get_context("spawn")
        here, there = context.Pipe()
        process = context.Process(target=_work, args=(there, self.make), daemon=True)
        process.start()
        there.close()
        hand: _Hand[Item] = _Hand(process, here)
        self.hands.append(hand)
        self._give(hand, item)

    def results(self) -> Iterator[Result]:
        while self.hands:
            ready = wait([hand.pipe for hand in self.hands])
            for hand in [hand for hand in self.hands if hand.pipe in ready]:
                try:
                    result = hand.pipe.recv()
                except (EOFError, OSError):
                    self._lost(hand)
                    continue
                if isinstance(result, Refused):
                    raise result.error()
                following = self._next()
                if following is None:
                    self._end(hand)
                else:
                    self._give(hand, following)
                yield result

    def stop(self) -> None:
        for hand in self.hands:
            hand.process.terminate()
        for hand in list(self.hands):
            self._end(hand)

    def _next(self) -> Item | None:
        return self.again.popleft() if self.again else next(self.items, None)

    def _give(self, hand: _Hand[Item], item: Item) -> None:
        hand.item = item
        with suppress(OSError):  # its death is noticed where its answer is waited for
            hand.pipe.send(item)

    def _end(self, hand: _Hand[Item]) -> None:
        hand.pipe.close()
        hand.process.join()
        self.hands.remove(hand)

    def _lost(self, hand: _Hand[Item]) -> None:
        self._end(hand)
        if hand.item is None:
            return
        self.tries[hand.item] += 1
        if self.tries[hand.item] == _MOST_TRIES:
            raise LostProcessError(hand.item, hand.process.exitcode)
        self.again.append(hand.item)
        self.start()


def _work(pipe: Connection, make: Callable[[], Callable[[Item], Result]]) -> None:
    """What a process does: its function for one item after the other, until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process ends the others
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        function = make()
        _one_thread()
        for item in _received(pipe):
            pipe.send(function(item))
    except (AnnotateError, OSError) as error:
        with suppress(OSError):  # the first process has ended
            pipe.send(Refused.of(error))


def _received(pipe: Connection) -> Iterator[Any]:
    with suppress(EOFError, OSError):
        while True:
            yield pipe.recv()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _one_thread() -> None:
    """Keep numeric libraries from starting threads of their own: the processes fill the machine."""
    import pyarrow as pa
    from threadpoolctl import threadpool_limits

    threadpool_limits(1)
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
