"""The plan of a push: what it would do, and why it may not."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annotate.labelstudio.backends import TITLE
from annotate.labelstudio.compare import Comparison
from annotate.labelstudio.prelabels import PREDICTIONS, PrelabelPlan
from annotate.labelstudio.seen import Seen
from annotate.labelstudio.state import SyncState
from annotate.labelstudio.tabs import Tab
from annotate.labelstudio.wording import counted, some
from annotate.records import Document, Prediction, Task
from annotate.scheme import Scheme
from annotate.settings import SENTENCES, UnitSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a workspace wants its project to be.

    Attributes:
        title: of a project that is yet to be created, 3 to 50 characters.
        scheme: what the labelling page is made of.
        tasks: all of them, in the order of labelling.
        documents: at least those that the tasks are part of.
        predictions: pre-labels, all of one model; None leaves those on the server alone.
        outdated: documents that were corrected and what replaced each, by id
            (`annotate.revisions.outdated_documents`).
        overlap: annotators wanted for each task.
        units: what a task is, and whether spans are marked in it.
        notes: what the page says beneath each task's text, by id; None where it has no place for
            that.
    """

    title: str
    scheme: Scheme
    tasks: Sequence[Task]
    documents: Sequence[Document]
    predictions: Sequence[Prediction] | None = None
    outdated: Mapping[str, str] = field(default_factory=dict)
    overlap: int = 1
    units: UnitSettings = SENTENCES
    notes: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The labelling page of a scheme as XML, and its guideline as HTML."""

    config: str
    instructions: str

    @property
    def digest(self) -> str:
        """Of the instructions: the server changes what it is sent, so what was sent is kept."""
        return hashlib.sha256(self.instructions.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class PushPlan(Comparison):
    """What a push would do.

    Attributes:
        url: the server.
        title: the project's title.
        project: its number; None if it is to be created.
        description: what it says of itself, so far.
        scheme_version: of the scheme that the page is made of.
        scheme_differs: the page or the instructions there are not those of the scheme.
        stranded: (mark, annotations and drafts that hold it) for what the scheme lacks.
        renamed: marks that are stored under an old name there.
        overlap: annotators wanted for each task.
        overlap_there: how many the project wants so far; None if it is to be created.
        prelabels: what becomes of the pre-labels of tasks that are there.
        model: what made the pre-labels; None without any.
        model_there: whose pre-labels the project shows so far.
        supersede: whether annotated tasks whose text changed are created anew beside the old.
        state: what is known of the project; None before the first push.
        state_file: where that is kept.
        linked: whether the file says so already.
        seen: every task there; None before the first push.
        tabs: to be made, for annotators and for the newest batch that was suggested.
        page: what the page there is to be.
        payload: the tasks to be created, as they are sent.
    """

    url: str
    title: str
    project: int | None
    description: str
    scheme_version: str
    scheme_differs: bool
    stranded: tuple[tuple[str, int], ...]
    renamed: tuple[str, ...]
    overlap: int
    overlap_there: int | None
    prelabels: PrelabelPlan
    model: str | None
    model_there: str
    supersede: bool
    state: SyncState | None
    state_file: Path
    linked: bool
    seen: Seen | None = field(repr=False)
    tabs: tuple[Tab, ...] = ()
    page: Page = field(repr=False)
    payload: tuple[dict[str, Any], ...] = field(repr=False)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        todo = (
            self.payload, self.changes, self.doubles, self.prelabels.send, self.prelabels.remove,
            self.prelabels.surplus, self.tabs,
            self.scheme_differs, self.overlap_differs, self.model_differs,
        )  # fmt: skip
        return self.linked and not any(todo)

    @property
    def overlap_differs(self) -> bool:
        """Whether the project wants another number of annotators for each task."""
        return self.overlap_there not in {None, self.overlap}

    @property
    def model_differs(self) -> bool:
        """Whether the project shows the pre-labels of another model than ours."""
        shown = self.with_prelabel or self.prelabels.send or self.prelabels.held
        served = self.model_there.startswith(TITLE)  # what a backend of ours says stays shown
        return bool(shown) and self.model != self.model_there and not served

    @property
    def with_prelabel(self) -> int:
        """How many of the tasks to be created carry a pre-label."""
        return sum(PREDICTIONS in task for task in self.payload)

    @property
    def blocked(self) -> str | None:
        """Why the plan cannot be carried out, if so."""
        if self.stranded:
            held = ", ".join(f"{mark} (in {counted(n, 'annotation')})" for mark, n in self.stranded)
            return (
                f"The scheme lacks what annotations in the project hold: {held}. If it was "
                "renamed, say so in labels.yaml (`renamed_from: [OLD NAME]` under the new name); "
                "else put it back, or push to a project with another title (annotate.toml)."
            )
        if self.drifted and not self.supersede:
            names = some([drift.task_id for drift in self.drifted])
            return (
                f"{counted(len(self.drifted), 'annotated task')} changed in text since the push: "
                f"{names}. Run `annotate push --supersede` to create them anew beside the old "
                "ones, which keep their annotations; or put the old text back."
            )
        return None
