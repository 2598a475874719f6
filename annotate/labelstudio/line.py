"""One push at a time into a project, from however many workspaces and machines."""

import hashlib
import os
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from annotate.errors import StudioError, SyncError, UncertainError
from annotate.labelstudio.client import Studio
from annotate.labelstudio.projects import Turn

SILENT_SECONDS = 90.0
"""After so long without a sign of life somebody in the line counts as gone."""
_POLL_SECONDS = 1.0
_PATIENCE_SECONDS = 600.0

Say = Callable[[str], None]


class Place:
    """Our turn to change a project. Say now and then that we are still at it."""

    def __init__(self, studio: Studio, project: int, turn: Turn) -> None:
        """Take a turn that is ours; `turn_at` waits for one."""
        self._studio, self._project, self._turn = studio, project, turn
        self._said = time.monotonic()

    def still_here(self) -> None:
        """Show a sign of life, if the last one is a while ago."""
        if time.monotonic() - self._said > SILENT_SECONDS / 6:
            self._turn = replace(self._turn, beat=self._turn.beat + 1)
            with suppress(StudioError):  # the next one may arrive
                self._studio.keep_turn(self._project, self._turn)
            self._said = time.monotonic()

    def before_us(self, turns: Sequence[Turn]) -> list[Turn]:
        """Those in the line whose turn comes first.

        Raises:
            SyncError: we are not in the line any more.
        """
        if all(turn.number != self._turn.number for turn in turns):
            msg = "Our place in the line for this project was taken away. Push again."
            raise SyncError(msg)
        return [turn for turn in turns if turn.number < self._turn.number]

    def leave(self) -> None:
        """Let the next one in."""
        self._studio.end_turn(self._turn)


def owner_of(folder: Path) -> str:
    """A name for the workspace in this folder of this machine, which says nothing of either."""
    whole = f"{socket.gethostname()}\0{os.getuid()}\0{folder.resolve()}"
    return hashlib.sha256(whole.encode("utf-8", "surrogateescape")).hexdigest()[:24]


@contextmanager
def turn_at(studio: Studio, project: int, owner: str, *, say: Say) -> Iterator[Place]:
    """Wait until nobody else is changing a project, and keep others waiting while the block runs.

    Everybody stands in line by a row on the server, whose numbers only grow: the lowest is served.
    Rows that this owner left behind (the workspace's own lock says that it is not at it) go at
    once, those of others after `SILENT_SECONDS` without a sign of life.

    Args:
        studio: connection to the server.
        project: the server's number.
        owner: who we are, from `owner_of`.
        say: is told once that we wait.

    Raises:
        SyncError: another push did not end in ten minutes.
        StudioError: the server cannot be asked.
    """
    for left in studio.turns(project):
        if left.owner == owner:
            studio.end_turn(left)
    place = Place(studio, project, _stand_in_line(studio, project, owner))
    try:
        _wait(studio, project, place, say)
        yield place
    finally:
        with suppress(StudioError):  # the next push of this workspace takes it away
            place.leave()


def _stand_in_line(studio: Studio, project: int, owner: str) -> Turn:
    with suppress(UncertainError):  # the line says whether it arrived
        studio.ask_turn(project, owner)
    ours = [turn for turn in studio.turns(project) if turn.owner == owner]
    if not ours:
        msg = f"{studio.url} did not take our place in the line of project {project}. Try again."
        raise UncertainError(msg)
    return ours[0]


def _wait(studio: Studio, project: int, place: Place, say: Say) -> None:
    start = time.monotonic()
    seen: dict[Turn, float] = {}
    while others := place.before_us(studio.turns(project)):
        now = time.monotonic()
        if not seen:
            say("Another push is changing this project; waiting for it to end.")
        for other in others:
            if now - seen.setdefault(other, now) > SILENT_SECONDS:
                studio.end_turn(other)
        if now - start > _PATIENCE_SECONDS:
            msg = "Another push has been changing this project for ten minutes. Try again later."
            raise SyncError(msg)
        place.still_here()
        time.sleep(_POLL_SECONDS)
