"""A model of a workspace, answering for the tasks of its Label Studio project."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from annotate.errors import AnnotateError, BusyError, FamilyError
from annotate.labelstudio.config import LABEL, choices_of, label_config
from annotate.labelstudio.convert import takes_prelabel, to_studio_task
from annotate.labelstudio.state import SyncState
from annotate.records import Document, Family, Prediction, Task
from annotate.serving import Answer, Asked, Withheld
from annotate.splits import seen_in_training
from annotate.workflows.families import (
    documents_as_grouped,
    families_outdated,
    make_families,
)
from annotate.workflows.referee import notes_in
from annotate.workflows.serving_units import Predict, predictor
from annotate.workflows.training import NamedModel, find_model
from annotate.workspace import SETTINGS, Workspace

_LOOK_SECONDS: Final = 2.0
"""How often, at most, is looked whether the files have changed."""
_CHOICES_SHOWN: Final = 4


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """A model and the tasks that it answers for, as the files were at one moment."""

    workspace: Workspace
    choices: frozenset[tuple[str, str]]
    model: NamedModel
    predict: Predict
    pairs: Mapping[str, tuple[Document, Task]]
    learnt: Callable[[Document], bool]
    project: int | None
    files: tuple[tuple[int, int, int], ...]

    @property
    def version(self) -> str:
        return f"{self.model.name}-{self.model.manifest.fingerprint}"


@dataclass
class ServedModel:
    """Answers for a model, and takes up a new one, or new tasks, when the files have changed.

    No prediction is given where it would do harm: on a task that is to be labelled without help
    (an audit stream, or held out), and on one of an article that the model has learnt from, or of
    which it has learnt from a relative: there it repeats what somebody said.
    """

    workspace: Workspace
    name: str
    say: Callable[[str], None] = lambda _words: None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _looking: threading.Lock = field(default_factory=threading.Lock)
    _looked: float = 0.0
    _trouble: str = ""
    _caution: str | None = None

    def __post_init__(self) -> None:
        """Load the model and the tasks; families are found if they are not up to date.

        Raises:
            ModelError: there is no such model, or it is for other labels.
            MissingFileError: there are no tasks.
            BusyError: another command is writing here.
        """
        if families_outdated(self.workspace):
            make_families(self.workspace)
        self._now = self._load()
        self._looked = time.monotonic()

    @property
    def version(self) -> str:
        """Name of the model, and a digest of its content."""
        self._look()
        return self._now.version

    @property
    def tasks(self) -> int:
        """How many tasks it knows."""
        return len(self._now.pairs)

    @property
    def project(self) -> int | None:
        """The server's number of the workspace's project."""
        return self._now.project

    def misfit(self, config: str) -> str | None:
        """Why the model cannot answer for a page: its choices are not those of the scheme."""
        found = choices_of(config)
        if found != self._now.choices:
            self.refresh()
        now = self._now
        if found == now.choices:
            return None
        scheme = now.workspace.scheme
        lacking, more = _listed(now.choices - found), _listed(found - now.choices)
        return (
            f"the model {self.name} answers for the scheme {scheme.name} {scheme.version}. The "
            f"page of this project lacks {lacking}, and has {more} beside. Bring it up to date "
            "with `annotate push`, or serve a model of its scheme"
        )

    def answer(self, tasks: Sequence[Asked]) -> list[Answer]:
        """One answer for each task."""
        self._look()
        now = self._now
        found = [_task_for(now, each) for each in tasks]
        pairs = [each for each in found if isinstance(each, tuple)]
        with self._lock:
            predictions = iter(list(now.predict(pairs, now.version)))
        return [
            Answer(withheld=each)
            if isinstance(each, str)
            else _shown(now.workspace, each, next(predictions))
            for each in found
        ]

    def refresh(self) -> None:
        """Take up what is new in the files, if anything is; what cannot be read yet, later."""
        if not self._looking.acquire(blocking=False):
            return
        try:
            if _states(_files(self._now.workspace, self.name)) != self._now.files:
                before = self._now.version
                self._now = self._load()
                self._trouble = ""
                if self._now.version != before:
                    self.say(f"{self._now.version} answers now, in place of {before}")
        except (AnnotateError, OSError) as error:  # half-way through another command
            if str(error) != self._trouble:
                self._trouble = str(error)
                self.say(f"{self._now.version} answers still, for the tasks of before: {error}")
        finally:
            self._looking.release()

    def _look(self) -> None:
        """Look whether the files have changed, now and then, without making anybody wait."""
        now = time.monotonic()
        if now - self._looked >= _LOOK_SECONDS:
            self._looked = now
            threading.Thread(target=self.refresh, name="refresh", daemon=True).start()

    def _load(self) -> _Snapshot:
        """What the files say now; nothing is locked or written, so that no command is hindered."""
        place = Workspace(self.workspace.root)
        files = _files(place, self.name)
        states = _states(files)
        if why := families_outdated(place):
            problem = f"not up to date ({why})"
            raise FamilyError(place.path(Family), problem, "Run `annotate families`.")
        model = find_model(place, self.name)
        tasks = list(place.read(Task))
        documents = documents_as_grouped(place)
        wanted = {task.document_id for task in tasks}
        by_id = {each.id: each for each in documents if each.id in wanted}
        known = SyncState.load(place.studio_state)
        page = label_config(
            place.scheme, units=place.settings.units, notes=notes_in(place) is not None
        )
        if _states(files) != states:
            raise BusyError(place.root)
        caution, self._caution = self._caution, model.caution(place.scheme)
        if self._caution and self._caution != caution:
            self.say(self._caution)
        return _Snapshot(
            workspace=place,
            choices=choices_of(page),
            model=model,
            predict=predictor(model.model, place.scheme, place.settings),
            pairs={t.id: (by_id[t.document_id], t) for t in tasks if t.document_id in by_id},
            learnt=seen_in_training(documents, model.manifest),
            project=known.project if known else None,
            files=states,
        )


def _task_for(now: _Snapshot, asked: Asked) -> tuple[Document, Task] | Withheld:
    """The task that is asked about with its document, or why nothing is said of it."""
    pair = now.pairs.get(asked.task_id or "")
    if pair is None:
        return "unknown"
    document, task = pair
    if asked.text != task.text:
        return "changed"
    if not takes_prelabel(task):
        return "unaided"
    return "learnt" if now.learnt(document) else pair


def _shown(workspace: Workspace, pair: tuple[Document, Task], prediction: Prediction) -> Answer:
    document, task = pair
    units, scheme = workspace.settings.units, workspace.scheme
    sent = to_studio_task(task, document, prediction=prediction, scheme=scheme, units=units)
    made = sent.get("predictions")
    return Answer(prediction=made[0]) if made else Answer(withheld="nothing")


def _files(workspace: Workspace, name: str) -> list[Path]:
    """What a snapshot is made of."""
    records = [workspace.path(record) for record in (Document, Task, Family)]
    manifest = workspace.model(name) / "manifest.json"
    settings = workspace.root / SETTINGS
    return [settings, workspace.scheme_file, *records, manifest, workspace.studio_state]


def _states(files: Sequence[Path]) -> tuple[tuple[int, int, int], ...]:
    """What tells a file from an earlier one of its name."""
    return tuple(_state(path) for path in files)


def _state(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0)
    return (found.st_ino, found.st_mtime_ns, found.st_size)


def _listed(choices: frozenset[tuple[str, str]]) -> str:
    ordered = sorted(choices, key=lambda choice: (choice[0] != LABEL, choice))
    names = [f"{name!r} ({control})" for control, name in ordered]
    shown = ", ".join(names[:_CHOICES_SHOWN])
    more = len(names) - _CHOICES_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown or "nothing"
