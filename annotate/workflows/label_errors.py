"""Gold labels that a model doubts, found by cross-validation over families; none is changed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from annotate.dataset import build_examples
from annotate.errors import GoldError
from annotate.evaluation import cross_validate
from annotate.gold.suspects import Judged, Suspect, suspects
from annotate.models import recipe
from annotate.records import Example, GoldLabel
from annotate.workflows.families import group_documents
from annotate.workflows.sentences import labelled_tasks
from annotate.workspace import Workspace

FOLDS: Final = 5
RECIPE: Final = "linear"
_FEWEST: Final = 2
_KEPT_OUT: Final = "audit-test"
"""The stream that no model learns from and none may pass judgement on."""


@dataclass(frozen=True, slots=True)
class LabelErrors:
    """Labels that may be wrong.

    Attributes:
        suspects: the most doubtful first; none that a referee has decided is among them.
        texts: the text of each.
        labels: how many labels were looked at.
        folds: of the cross-validation.
        kept_out: labels of the audit's test half, which were not looked at.
    """

    suspects: tuple[Suspect, ...]
    texts: dict[str, str]
    labels: int
    folds: int
    kept_out: int


def find_label_errors(
    workspace: Workspace, *, seed: int, on_fold: Callable[[int, int], None] | None = None
) -> LabelErrors:
    """Labels that a model doubts which was trained on other families.

    Args:
        workspace: with gold labels.
        seed: of the folds and of every training.
        on_fold: is told how many folds are done, and of how many.

    Raises:
        MissingFileError: no gold labels were decided yet.
        GoldError: all labels are of one family.
        ModelError: nothing can be learnt from them.
    """
    gold = {entry.task_id: entry for entry in workspace.read(GoldLabel)}
    with workspace.locked():
        documents = group_documents(workspace).documents
    built = build_examples(documents, labelled_tasks(workspace), gold.values()).examples
    examples = [one for one in built if one.stream != _KEPT_OUT]
    folds = min(FOLDS, len({one.group for one in examples}))
    if folds < _FEWEST:
        msg = (
            "Labels are looked at by models that were trained on other families, and there are "
            f"labels of {'one family' if folds else 'none'}. Label sentences of more articles."
        )
        raise GoldError(msg)
    found = suspects(_judged(workspace, examples, folds, seed, on_fold))
    open_ones = [each for each in found if gold[each.task_id].method != "adjudicated"]
    texts = {one.id: one.text for one in examples}
    return LabelErrors(
        suspects=tuple(open_ones),
        texts={each.task_id: texts[each.task_id] for each in open_ones},
        labels=len(examples),
        folds=folds,
        kept_out=len(built) - len(examples),
    )


def _judged(
    workspace: Workspace,
    examples: list[Example],
    folds: int,
    seed: int,
    on_fold: Callable[[int, int], None] | None,
) -> list[Judged]:
    def told(done: int) -> None:
        if on_fold:
            on_fold(done, folds)

    pooled = cross_validate(
        recipe(RECIPE),
        examples,
        labels=workspace.scheme.label_names,
        folds=folds,
        seed=seed,
        grouping="family",
        on_fold=told,
    )
    return [Judged(item.id, item.gold, item.scores) for item in pooled.items]
