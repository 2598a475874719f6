"""How the gold labels of a workspace came about."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from annotate import jsonl
from annotate.errors import InputError
from annotate.gold.trail import Trail, trails
from annotate.labelstudio import Pseudonyms
from annotate.records import Annotation, GoldLabel
from annotate.workflows.referee import asked_of_referee
from annotate.workflows.sentences import votes
from annotate.workspace import Workspace


def explain_gold(workspace: Workspace, task_id: str) -> Trail:
    """How one gold label came about.

    Raises:
        MissingFileError: no gold labels were decided yet.
        InputError: the task has none.
    """
    found = next((entry for entry in workspace.read(GoldLabel) if entry.task_id == task_id), None)
    if found is None:
        problem = f"task {task_id!r} has no gold label"
        remedy = "Nobody has labelled it, or `annotate gold` was not run since."
        raise InputError(workspace.path(GoldLabel), problem, remedy)
    return next(_trails(workspace, [found]))


def write_trails(workspace: Workspace, path: Path) -> int:
    """Write how every gold label came about, a line of JSON each; returns how many."""
    return jsonl.write(path, _trails(workspace, workspace.read(GoldLabel)))


def _trails(workspace: Workspace, gold: Iterable[GoldLabel]) -> Iterator[Trail]:
    names = Pseudonyms.load(workspace.annotator_map).by_address
    asked = asked_of_referee(workspace)
    return trails(
        gold,
        _by_task(votes(workspace), names),
        queries=asked.queries,
        decisions=_by_task(asked.decisions, names),
    )


def _by_task(
    annotations: Iterable[Annotation], names: Mapping[str, str]
) -> dict[str, list[Annotation]]:
    """Annotations by task, with pseudonyms also after `annotate pull --names`."""
    found: defaultdict[str, list[Annotation]] = defaultdict(list)
    for each in annotations:
        name = names.get(each.annotator, each.annotator)
        found[each.task_id].append(each.model_copy(update={"annotator": name}))
    return found
