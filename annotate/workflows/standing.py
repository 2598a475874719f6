"""Where the work of a workspace stands, and what comes next."""

import json
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from annotate.dataset import read_excluded
from annotate.files import sha256_of
from annotate.jsonl import lines
from annotate.models import read_manifest
from annotate.records import Annotation, Document, Family, GoldLabel, Prediction, Record, Task
from annotate.sidecar import ELSEWHERE, ENDING, options_in
from annotate.workflows.prelabels import SOURCE
from annotate.workflows.pushed import changed_since_push
from annotate.workflows.referee import asked_of_referee
from annotate.workspace import PRELABELS, Workspace

_AGAIN = {
    Task.filename: "annotate tasks",
    PRELABELS: "annotate tasks --prelabel SOURCE",
    Annotation.filename: "annotate pull",
    GoldLabel.filename: "annotate gold",
    Family.filename: "annotate families",
    "dataset": "annotate dataset, then annotate train",
    Prediction.filename: "annotate predict",
}
"""How to bring each file up to date, in the order of the work."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one annotator is."""

    labelled: int
    skipped: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What a workspace holds. ``stale`` are files whose inputs have changed since."""

    documents: int
    tasks: int
    annotated: int
    """Tasks that somebody labelled."""
    finished: int
    """Tasks that as many annotators labelled as are wanted for each."""
    overlap: int
    """How many that is."""
    annotators: dict[str, Progress]
    gold: int
    ties: int
    referred: int
    """Tasks that a referee was asked to decide."""
    undecided: int
    """How many of them no referee has decided yet."""
    dataset: bool
    models: tuple[str, ...]
    spoiled: tuple[str, ...]
    """Models that were trained on articles which are kin of test articles, as turned out later."""
    reports: tuple[str, ...]
    predictions: int
    stale: tuple[str, ...]
    following: str
    """The command to run next."""


def standing(workspace: Workspace) -> Standing:
    """Look at the files of a workspace; raises `RecordError` where one is broken."""
    labelled: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    votes: Counter[str] = Counter()
    for annotation in workspace.existing(Annotation):
        (skipped if annotation.skipped else labelled)[annotation.annotator] += 1
        votes[annotation.task_id] += not annotation.skipped
    overlap = workspace.settings.label_studio.overlap
    stale = tuple(outdated(workspace))
    gold = [entry.label for entry in workspace.existing(GoldLabel)]
    asked = asked_of_referee(workspace)
    return Standing(
        documents=_count(workspace, Document),
        tasks=_count(workspace, Task),
        annotated=sum(count > 0 for count in votes.values()),
        finished=sum(count >= overlap for count in votes.values()),
        overlap=overlap,
        annotators={
            name: Progress(labelled[name], skipped[name]) for name in sorted({*labelled, *skipped})
        },
        gold=len(gold) - gold.count(None),
        ties=gold.count(None),
        referred=len(asked.queries),
        undecided=len(asked.queries.keys() - asked.answered),
        dataset=_has_dataset(workspace),
        models=_folders(workspace.root / "models", "manifest.json"),
        spoiled=tuple(_spoiled(workspace)),
        reports=_folders(workspace.root / "reports", "index.html"),
        predictions=_count(workspace, Prediction),
        stale=stale,
        following=following(workspace, stale),
    )


def _count(workspace: Workspace, record: type[Record]) -> int:
    if not workspace.has(record):
        return 0
    return sum(1 for _ in lines(workspace.path(record)))


def _folders(parent: Path, mark: str) -> tuple[str, ...]:
    return tuple(sorted(path.parent.name for path in parent.glob(f"[!.]*/{mark}")))


def _has_dataset(workspace: Workspace) -> bool:
    return (workspace.dataset / "README.md").is_file()


def _spoiled(workspace: Workspace) -> Iterable[str]:
    """Models that may not be scored any more: they know what was set aside for the test's sake."""
    kin = {one.document_id for one in read_excluded(workspace.dataset) if one.reason == "kin"} - {
        None
    }
    for name in _folders(workspace.root / "models", "manifest.json") if kin else ():
        if not kin.isdisjoint(read_manifest(workspace.model(name)).documents):
            yield name


def outdated(workspace: Workspace) -> Iterable[str]:
    """Files that were made from another state of a file of this workspace."""
    for sidecar in sorted(workspace.root.glob(f"*{ENDING}")):
        made = workspace.root / sidecar.name.removesuffix(ENDING)
        try:
            inputs = dict(json.loads(sidecar.read_text(encoding="utf-8"))["inputs"])
        except (ValueError, TypeError, KeyError):
            continue  # not one of ours
        inside = {name: digest for name, digest in inputs.items() if not name.startswith(ELSEWHERE)}
        paths = [(workspace.root / name, digest) for name, digest in inside.items()]
        if made.exists() and any(path.is_file() and sha256_of(path) != d for path, d in paths):
            yield made.name


def _as_before(workspace: Workspace) -> dict[str, str]:
    """Commands as they were given here before, as far as that is known."""
    source = options_in(workspace.prelabels).get(SOURCE)
    found = {PRELABELS: f"annotate tasks --prelabel {source}"} if source else {}
    if not workspace.is_linked:
        found[Annotation.filename] = "annotate pull --from EXPORT"
    return found


def following(workspace: Workspace, stale: Collection[str]) -> str:
    """The first step whose result is not there yet, or is out of date (``stale``)."""
    unsent = changed_since_push(workspace)
    for name, command in {**_AGAIN, **_as_before(workspace)}.items():
        if unsent and name == Annotation.filename:  # labels are made where the tasks have arrived
            return f"annotate push ({unsent} has changed since the last push)"
        if name in stale:
            return f"{command} ({name} is older than what it was made from)"
    to_label = (
        (workspace.is_linked or workspace.has(Annotation), "annotate studio start; annotate push"),
        (workspace.has(Annotation), "label in Label Studio, then annotate pull"),
    )
    if workspace.is_quiz:
        marked = "annotate pull; annotate agreement --quiz"
        return next((command for finished, command in to_label if not finished), marked)
    steps = (
        (workspace.has(Document), "annotate import FOLDER"),
        (workspace.has(Task), "annotate tasks"),
        *to_label,
        (workspace.has(GoldLabel), "annotate agreement; annotate gold"),
        (_has_dataset(workspace), "annotate dataset"),
        (any(_folders(workspace.root / "models", "manifest.json")), "annotate train"),
        (any(_folders(workspace.root / "reports", "index.html")), "annotate evaluate MODEL"),
    )
    models = _folders(workspace.root / "models", "manifest.json")
    done = f"annotate predict {models[0]} NEW_ARTICLES" if models else ""
    return next((command for finished, command in steps if not finished), done)
