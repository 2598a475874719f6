"""Two people who annotate on the server itself, and what a pull must give for it."""

import random
from dataclasses import dataclass

from desk import LABELS

from annotate.labelstudio.results import make_result
from annotate.records import Marked

FLAGS = ("mixed", "unsure")
_GONE = 404
# One request each, by a client that never repeats it: what was done is known for sure.
_ONCE = {"max_retries": 0, "timeout_in_seconds": 120}


@dataclass(frozen=True, slots=True)
class Said:
    """What one annotation says; no label is a skip. ``seconds`` differs between any two."""

    label: str | None
    flags: tuple[str, ...]
    seconds: float
    from_prediction: bool = False

    def body(self):
        """What is sent."""
        result = [] if self.label is None else make_result(self.label, Marked(flags=self.flags))
        cancelled = self.label is None
        return {"result": result, "was_cancelled": cancelled, "lead_time": self.seconds}


@dataclass(slots=True)
class Vote:
    """An annotation that stands on the server: its number, its place, who made it, what it says."""

    number: int
    copy: int
    task_id: str
    email: str
    said: Said
    changed: int


class People:
    """They annotate, annotate again, correct, skip and delete, at random but one after the other.

    Args:
        clients: their connections to the server by e-mail; they do not come through a proxy.
        seed: of what they do.
    """

    def __init__(self, clients, seed):
        self._clients = dict(clients)
        self._draw = random.Random(seed)  # noqa: S311  no secret
        self._votes = []
        self._changes = 0

    @property
    def emails(self):
        """Who they are."""
        return tuple(self._clients)

    @property
    def votes(self):
        """The annotations that stand now."""
        return tuple(self._votes)

    def expected(self):
        """What a pull must give: by task id and e-mail, the one that was changed last."""
        ordered = sorted(self._votes, key=lambda vote: vote.changed)
        return {(vote.task_id, vote.email): vote.said for vote in ordered}

    def act(self, tasks, count):
        """Do ``count`` things to these tasks of the server (as `SeenTask`); returns their names."""
        deeds = (
            (self._annotate, 60), (self._skip, 10), (self._correct, 20), (self._delete, 8),
            (self._delete_task, 2),
        )  # fmt: skip
        tasks, done = list(tasks), []
        for _ in range(count):
            (deed,) = self._draw.choices(*zip(*deeds, strict=True))
            email = self._draw.choice(sorted(self._clients))
            if tasks and deed(self._clients[email], email, tasks):
                done.append(deed.__name__.removeprefix("_").replace("_", " "))
        return done

    def annotate_all(self, tasks):
        """The first of them gives every task a label that it has not from them."""
        email, client = min(self._clients.items())
        for task in tasks:
            if not any(v.task_id == task.task_id and v.email == email for v in self._votes):
                self._create(client, email, task, self._say())

    def _say(self, label=None, **fields):
        self._changes += 1
        label = label or self._draw.choice(LABELS)
        flags = tuple(flag for flag in FLAGS if self._draw.random() < 0.2)
        return Said(label, flags, self._changes / 4, **fields)

    def _annotate(self, client, email, tasks):
        """Mostly a task of which they have no annotation yet; now and then one that they have."""
        task = self._draw.choice(tasks)
        begins = bool(task.predictions) and self._draw.random() < 0.5
        return self._create(client, email, task, self._say(from_prediction=begins))

    def _skip(self, client, email, tasks):
        self._changes += 1
        said = Said(None, (), self._changes / 4)
        return self._create(client, email, self._draw.choice(tasks), said)

    def _create(self, client, email, task, said):
        begun = {"parent_prediction": task.predictions[0].number} if said.from_prediction else {}
        made = _unless_gone(
            lambda: client.annotations.create(
                task.number, **said.body(), **begun, request_options=_ONCE
            )
        )
        if made:
            vote = Vote(made.id, task.number, task.task_id, email, said, self._changes)
            self._votes.append(vote)
        return bool(made)

    def _correct(self, client, _email, _tasks):
        """Anybody may correct any annotation; it stays its maker's."""
        if not self._votes:
            return False
        vote = self._draw.choice(self._votes)
        said = self._say(from_prediction=vote.said.from_prediction)
        done = _unless_gone(
            lambda: client.annotations.update(vote.number, **said.body(), request_options=_ONCE)
        )
        if done:
            vote.said, vote.changed = said, self._changes
        return bool(done)

    def _delete(self, client, _email, _tasks):
        if not self._votes:
            return False
        vote = self._votes.pop(self._draw.randrange(len(self._votes)))
        _unless_gone(lambda: client.annotations.delete(vote.number, request_options=_ONCE))
        return True

    def _delete_task(self, client, _email, tasks):
        """Somebody deletes a task, and all that hangs on it; a push makes it again."""
        task = tasks.pop(self._draw.randrange(len(tasks)))
        _unless_gone(lambda: client.tasks.delete(str(task.number), request_options=_ONCE))
        self._votes = [vote for vote in self._votes if vote.copy != task.number]
        return True


def _unless_gone(ask):
    """The answer; None where what is asked for is not there (a push may have removed a double)."""
    from label_studio_sdk.core.api_error import ApiError

    try:
        return ask()
    except ApiError as error:
        if error.status_code == _GONE:
            return None
        raise
