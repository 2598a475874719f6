"""The annotators' quiz: made from the edge cases of the scheme, and marked."""

import os
from dataclasses import dataclass
from pathlib import Path

from annotate import jsonl
from annotate.agreement.quiz import QuizReport, mark_quiz
from annotate.errors import MissingFileError, WorkspaceError
from annotate.files import read_text
from annotate.records import Annotation, Document, GoldLabel, Task
from annotate.resources import resource
from annotate.sidecar import write_sidecar
from annotate.tasks.quiz import QuizTask, draw_items, quiz_tasks, read_quiz
from annotate.workflows.prepare import make_workspace
from annotate.workspace import Workspace

PER_CASE = 2
"""Sentences for each edge case."""
_OURS = "seeds/behaviour.jsonl"
_EVERYBODY = 100
"""Annotators wanted for each task of a quiz, so that nobody is left out."""
_MOST_TITLE = 43


@dataclass(frozen=True, slots=True)
class QuizMade:
    """A quiz in a workspace of its own."""

    folder: Path
    tasks: int
    cases: int


def make_quiz(
    workspace: Workspace, file: Path | None, *, seed: int, per_case: int = PER_CASE
) -> QuizMade:
    """Make the quiz in the workspace's folder ``quiz``; one that is there already stays.

    It is a workspace with a Label Studio project of its own, so that nothing of it gets into the
    data, and shares the annotators' pseudonyms. The right labels stay here, in ``key.jsonl``.

    Args:
        workspace: whose scheme is asked about.
        file: a quiz of your own; None for the one that comes with the claim/denial scheme, of
            which the edge cases of the scheme are taken.
        seed: of the draw.
        per_case: sentences for each edge case.

    Raises:
        WorkspaceError: another quiz is there, or the scheme has none of the edge cases.
        InputError: the file is no quiz for this scheme.
    """
    scheme = workspace.scheme
    source = file or resource(_OURS)
    items = read_quiz(source, scheme)
    if file is None:
        cases = {case.id for case in scheme.edge_cases}
        items = [item for item in items if item.pattern in cases]
    if not items:
        msg = (
            f"{workspace.scheme_file} names none of the edge cases that the quiz of annotate is "
            "about. Write one of your own (docs/tasks.md) and name it with --quiz-file."
        )
        raise WorkspaceError(msg)
    found = list(quiz_tasks(draw_items(items, per_case, seed=seed)))
    _write(workspace, found, source, seed=seed)
    return QuizMade(workspace.quiz, len(found), len({each.item.pattern for each in found}))


def _write(workspace: Workspace, found: list[QuizTask], source: Path, *, seed: int) -> None:
    quiz = _place(workspace)
    with quiz.locked():
        there = {task.id for task in quiz.existing(Task)}
        if there and there != {each.task.id for each in found}:
            msg = (
                f"{quiz.root} holds another quiz already. Move that folder away to draw a new one."
            )
            raise WorkspaceError(msg)
        quiz.write(Document, [each.document for each in found], command="tasks --quiz")
        inputs = [source]
        quiz.write(
            Task, [each.task for each in found], command="tasks --quiz", inputs=inputs, seed=seed
        )
        jsonl.write(quiz.quiz_key, [_key(workspace, each) for each in found])
        write_sidecar(quiz.quiz_key, command="tasks --quiz", inputs=inputs, seed=seed)


def _place(workspace: Workspace) -> Workspace:
    """The quiz's workspace, made if it is not there, with the scheme as it is now."""
    if not (workspace.quiz / "annotate.toml").is_file():
        return make_workspace(
            workspace.quiz,
            scheme=workspace.scheme_file,
            overlap=_EVERYBODY,
            project=f"{workspace.project_title[:_MOST_TITLE]} (quiz)",
            annotators=os.path.relpath(workspace.annotator_map, workspace.quiz),
            notes=("These are the annotators' quiz: sentences made for it.",),
        )
    quiz = Workspace(workspace.quiz)
    if read_text(quiz.scheme_file) != read_text(workspace.scheme_file):
        msg = (
            f"{quiz.scheme_file} is not the scheme of {workspace.scheme_file}. Copy that one over "
            f"it, or move {quiz.root} away to make a new quiz."
        )
        raise WorkspaceError(msg)
    return quiz


def _key(workspace: Workspace, found: QuizTask) -> GoldLabel:
    item = found.item
    case = next((c for c in workspace.scheme.edge_cases if c.id == item.pattern), None)
    return GoldLabel(
        task_id=found.task.id,
        label=item.label,
        scores={name: float(name == item.label) for name in workspace.scheme.label_names},
        method="given",
        flags=item.flags,
        reason=f"{item.pattern}: {case.pattern}" if case else item.pattern,
    )


def quiz_results(workspace: Workspace, *, pass_mark: float) -> QuizReport:
    """Mark the quiz of a workspace; it may also be the quiz itself.

    Args:
        workspace: that has a quiz, or is one.
        pass_mark: share of right labels that passes, in [0, 1].

    Raises:
        MissingFileError: there is no quiz, or nothing of it was pulled.
    """
    root = workspace.root if workspace.is_quiz else workspace.quiz
    if not (root / workspace.quiz_key.name).is_file():
        raise MissingFileError(root / workspace.quiz_key.name, "annotate tasks --quiz")
    quiz = Workspace(root)
    if not quiz.has(Annotation):
        raise MissingFileError(quiz.path(Annotation), f"annotate pull --workspace {root}")
    return mark_quiz(
        quiz.read(Annotation), jsonl.read(quiz.quiz_key, GoldLabel), quiz.read(Task), pass_mark
    )
