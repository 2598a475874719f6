"""The whole line on the seed corpus, in a folder of its own."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from annotate.agreement import AgreementReport
from annotate.errors import WorkspaceError
from annotate.evaluation import Evaluation
from annotate.files import write_text
from annotate.labelstudio import Studio, server
from annotate.labelstudio.recording import Recorded, recorded_annotations
from annotate.labelstudio.replay import replay
from annotate.labelstudio.users import create_users
from annotate.resources import resource
from annotate.workflows.agreement import agreement_of
from annotate.workflows.datasets import make_dataset
from annotate.workflows.evaluating import Wanted, evaluate, keep_report
from annotate.workflows.gold import decide_gold
from annotate.workflows.importing import import_documents
from annotate.workflows.label import pull_annotations, pull_from_export, push_tasks
from annotate.workflows.prepare import make_workspace
from annotate.workflows.tasks import make_tasks
from annotate.workflows.training import train
from annotate.workspace import SETTINGS, Workspace

MODEL = "demo"
_CORPUS = (
    "The texts of the seed corpus were written, and the recorded passes labelled, with a language "
    "model's help: agreement between the passes is the consistency of one kind of reader, not "
    "human agreement."
)
_SCORE = "Scores on this corpus show that the tool works, not how good a model is on real news."
CAVEATS = (_CORPUS, _SCORE)
_MARK = "demo.json"

Say = Callable[[str], None]
Advance = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What the demo made. ``project_url`` is None where it ran without a server."""

    documents: int
    tasks: int
    agreement: AgreementReport
    held_out: int
    """Articles that the model was scored on and has never seen."""
    evaluation: Evaluation
    report: Path
    project_url: str | None


def run_demo(
    folder: Path,
    *,
    studio: bool,
    seed: int,
    say: Say,
    advance: Advance = lambda _done, _total: None,
) -> DemoResult:
    """Run every stage on the seed corpus; a second run in the same folder goes over it again.

    Args:
        folder: made if missing; an existing one must be of an earlier demo.
        studio: whether annotations go through a real Label Studio, or come from the export.
        seed: of the split and the training.
        say: is told in a line what is being done.
        advance: is told how many of the recorded labels have arrived, and of how many.

    Raises:
        WorkspaceError: the folder holds something else.
        StudioError: Label Studio cannot be installed, started or reached.
    """
    workspace = _workspace(folder)
    imported = import_documents(workspace, [resource("seeds/articles")], strict=True)
    say(f"Imported {imported.documents} articles")
    made = make_tasks(workspace)
    say(f"Divided them into {made.tasks} sentences to be labelled")
    project_url = None
    if studio:
        project_url = _through_studio(workspace, seed=seed, say=say, advance=advance)
    else:
        pull_from_export(workspace, resource("seeds/annotations.json"))
        say("Read the recorded passes from the export")
    agreement = agreement_of(workspace, seed=seed)
    gold = decide_gold(workspace, method="majority", seed=seed)
    say(f"Decided {gold.decided} gold labels; {gold.open_ties} open ties")
    summary = make_dataset(workspace, seed=seed, examples=None).summary
    trained = train(workspace, recipe_name="linear", name=MODEL, seed=seed, examples=None)
    say(f"Trained {MODEL!r} on {trained.manifest.examples} sentences")
    evaluation = evaluate(workspace, Wanted(seed=seed), name=MODEL)
    report = keep_report(workspace, evaluation, workspace.report(MODEL))
    return DemoResult(
        documents=imported.documents,
        tasks=made.tasks,
        agreement=agreement,
        held_out=summary.splits["test"].documents,
        evaluation=evaluation,
        report=report,
        project_url=project_url,
    )


def _workspace(folder: Path) -> Workspace:
    mark = folder / ".annotate" / _MARK
    if mark.is_file() and (folder / SETTINGS).is_file():
        return Workspace(folder)
    if not mark.is_file() and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        msg = f"{folder} exists and is not of a demo. Name another: annotate demo FOLDER."
        raise WorkspaceError(msg)
    write_text(mark, json.dumps({"made_by": "annotate demo"}) + "\n")
    return make_workspace(folder, scheme=None, overlap=len(_readers()), notes=CAVEATS)


@cache
def _recording() -> tuple[Recorded, ...]:
    content = resource("seeds/annotations.json").read_text(encoding="utf-8")
    return recorded_annotations(json.loads(content))


def _readers() -> list[str]:
    """Addresses of those who made the recorded passes."""
    return sorted({entry.email for entry in _recording()})


def _through_studio(workspace: Workspace, *, seed: int, say: Say, advance: Advance) -> str:
    """Push, let the recorded labels arrive by real users, pull; returns the project's address."""
    local = server.start(progress=say)
    with Studio.connect(local.url, local.api_key) as connection:
        done = push_tasks(workspace, connection)
        sent, there = len(done.plan.payload), len(done.plan.unchanged)
        say(f"Pushed {sent} tasks to Label Studio ({there} were there)")
        recorded = _recording()
        users = create_users(local.credentials, _readers())
        passes = f"{len(users)} users label {len(recorded):,} times, as recorded"
        say(f"{passes} (three minutes, the first time)")
        replay(local.url, done.project, recorded, users, seed=seed, progress=advance)
        found = pull_annotations(workspace, connection)
    say(f"Pulled {len(found.annotations)} annotations")
    return done.url
