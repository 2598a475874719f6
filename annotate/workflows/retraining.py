"""A new model in place of the served one: trained on what was labelled since, and judged."""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from pydantic import NonNegativeInt

from annotate.errors import AnnotateError, BusyError, EvaluationError, ServeError
from annotate.evaluation import Evaluation
from annotate.files import read_text, write_text
from annotate.models import RecipeOptions, save_model
from annotate.records import GoldLabel, Name, Record, Share, Time
from annotate.workflows.datasets import Labelled, labelled, make_dataset
from annotate.workflows.gold import decide_gold
from annotate.workflows.sentences import labelled_tasks
from annotate.workflows.streams import audit_share
from annotate.workflows.training import NamedModel, find_model, train
from annotate.workflows.unseen import evaluate_named, unseen_by
from annotate.workspace import Workspace

Outcome = Literal["promoted", "not promoted", "failed", "waiting"]
"""``waiting``: too few gold labels are new."""

FEWEST_SENTENCES: Final = 30
FEWEST_GROUPS: Final = 5
"""With fewer sentences or articles of audit-dev, chance would decide which model is better."""

_FOLDER: Final = "serve"
_NEW: Final = "new-model-"
_SEEN: Final = "gold-seen.txt"
"""The gold labels that the last retraining had: a digest a line, no texts and no names."""


class Retraining(Record):
    """What became of one retraining.

    Attributes:
        at: when it ended.
        outcome: whether the new model took the place of the one that was served.
        why: in a sentence.
        new_labels: gold labels that are new or changed since the last one, without the audit's.
        macro_f1: of the new model on audit-dev; None where it was not judged.
        macro_f1_before: of the one that was served, on the same sentences.
        sentences: how many these are.
        groups: of how many articles, or families of articles, they come.
    """

    filename = "retrainings.jsonl"

    at: Time
    outcome: Outcome
    why: Name
    new_labels: NonNegativeInt = 0
    macro_f1: Share | None = None
    macro_f1_before: Share | None = None
    sentences: NonNegativeInt = 0
    groups: NonNegativeInt = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a model may take the place of another, and the scores of both if there are any."""

    promoted: bool
    why: str
    new: Evaluation | None = None
    served: Evaluation | None = None


def serving_folder(workspace: Workspace) -> Path:
    """The folder of what a served model keeps."""
    return workspace.state / _FOLDER


def check_retraining(workspace: Workspace, every: int) -> None:
    """Refuse to retrain where nothing could tell whether a new model is better.

    Raises:
        ServeError: no audit stream was drawn.
    """
    if audit_share(workspace) is None:
        msg = (
            f"--retrain-every {every} needs an audit stream: without one nobody can tell whether a "
            "new model is as good. Draw it before you label: annotate tasks --audit 20%"
        )
        raise ServeError(msg)


def new_labels(workspace: Workspace) -> int:
    """How many gold labels are new, or have changed, since the last retraining.

    Those of the audit do not count: nothing is learnt from them. Where there was no retraining,
    what there is now is taken for known.
    """
    now = set(_digests(workspace))
    path = serving_folder(workspace) / _SEEN
    if not path.is_file():
        remember_labels(workspace)
        return 0
    return len(now - set(read_text(path).split()))


def remember_labels(workspace: Workspace) -> None:
    """Take the gold labels of now for known."""
    text = "".join(f"{digest}\n" for digest in sorted(_digests(workspace)))
    write_text(serving_folder(workspace) / _SEEN, text, private=True)


def retrain(workspace: Workspace, name: str, *, every: int, seed: int) -> Retraining:
    """Decide gold labels, and if enough are new, train a model and let it take over if it may.

    What was pulled is made into gold labels, these into the data set, and a model is trained on its
    training part as the served one was. On ``audit-dev`` it is compared with that. Of
    ``audit-test`` no label is looked at.

    Args:
        workspace: into which was pulled.
        name: of the served model, which is replaced if the new one is not worse.
        every: how many new gold labels it takes.
        seed: of the splits.

    Raises:
        BusyError: another command is writing in the workspace.
    """
    count = 0
    try:
        decide_gold(workspace, method=None, seed=seed)
        count = new_labels(workspace)
        if count < every:
            return _told("waiting", f"{count} of {every} new gold labels so far", count)
        make_dataset(workspace, seed=seed, examples=None)
        found = labelled(workspace, None)
        served = find_model(workspace, name)
        _clear(serving_folder(workspace))
        with tempfile.TemporaryDirectory(dir=serving_folder(workspace), prefix=_NEW) as folder:
            new = _trained(workspace, served, Path(folder) / name)
            verdict = judge(new, served, found)
            if verdict.promoted:
                save_model(new.trained, served.folder)
    except BusyError:
        raise
    except AnnotateError as error:
        return _told("failed", str(error), count)
    remember_labels(workspace)
    outcome: Outcome = "promoted" if verdict.promoted else "not promoted"
    return _told(outcome, verdict.why, count, verdict)


def judge(new: NamedModel, served: NamedModel, found: Labelled) -> Verdict:
    """Whether a new model may take the place of the served one: if it is not worse on audit-dev.

    Worse is a lower macro-F1 on the sentences of audit-dev that neither has learnt from.
    """
    audit = [
        each.model_copy(update={"split": None})
        for each in found.examples
        if each.stream == "audit-dev"
    ]
    try:
        for model in (new, served):
            audit = unseen_by(model, audit, found) if audit else []
    except EvaluationError:
        audit = []
    groups = len({example.group for example in audit})
    if len(audit) < FEWEST_SENTENCES or groups < FEWEST_GROUPS:
        why = (
            f"audit-dev has {len(audit)} labelled sentences of {groups} stories that neither model "
            f"knows, too few to tell ({FEWEST_SENTENCES} of {FEWEST_GROUPS} are needed)"
        )
        return Verdict(promoted=False, why=why)
    first, second = (evaluate_named(model, audit, found) for model in (new, served))
    ours, theirs = first.scores.macro_f1, second.scores.macro_f1
    promoted = ours >= theirs
    why = (
        f"macro-F1 {ours:.3f} on audit-dev ({first.n} sentences, {groups} stories), that of the "
        f"served model {theirs:.3f}: {'not worse' if promoted else 'worse'}"
    )
    return Verdict(promoted, why, first, second)


def _trained(workspace: Workspace, served: NamedModel, folder: Path) -> NamedModel:
    manifest = served.manifest
    return train(
        workspace,
        recipe_name=manifest.recipe,
        name=served.name,
        seed=manifest.seed,
        examples=None,
        output=folder,
        options=RecipeOptions(**manifest.options),
    )


def _clear(folder: Path) -> None:
    """Take away what a retraining that was killed left."""
    for left in folder.glob(f"{_NEW}*"):
        shutil.rmtree(left, ignore_errors=True)


def _digests(workspace: Workspace) -> Iterator[str]:
    """What stands for each gold label that can be learnt from."""
    audit = {task.id for task in labelled_tasks(workspace) if task.stream.startswith("audit-")}
    for gold in workspace.existing(GoldLabel):
        if gold.label is not None and gold.task_id not in audit:
            said = f"{gold.task_id} {gold.label}"
            yield hashlib.sha256(said.encode()).hexdigest()[:16]


def _told(
    outcome: Outcome, why: str, count: int, verdict: Verdict | None = None
) -> Retraining:  # fmt: skip
    new, served = (verdict.new, verdict.served) if verdict else (None, None)
    return Retraining(
        at=datetime.now(UTC),
        outcome=outcome,
        why=why,
        new_labels=count,
        macro_f1=new.scores.macro_f1 if new else None,
        macro_f1_before=served.scores.macro_f1 if served else None,
        sentences=new.n if new else 0,
        groups=new.groups if new else 0,
    )
