"""Annotations to gold labels."""

from collections import Counter
from dataclasses import dataclass

from annotate.gold import majority
from annotate.records import Annotation, Document, GoldLabel, Task
from annotate.workflows.sentences import votes
from annotate.workspace import Workspace


@dataclass(frozen=True, slots=True)
class GoldDecided:
    """The gold labels of a workspace."""

    decided: int
    open_ties: int
    per_label: dict[str, int]
    single: int
    """Labels that rest on one annotator alone."""


def decide_gold(workspace: Workspace) -> GoldDecided:
    """Decide the gold labels by majority and write them."""
    with workspace.locked():
        gold = list(majority(votes(workspace), scheme=workspace.scheme))
        inputs = [workspace.path(Annotation)]
        if workspace.settings.units.derive_labels:
            inputs += [workspace.path(Task), workspace.path(Document), workspace.scheme_file]
        workspace.write(GoldLabel, gold, command="gold", inputs=inputs)
    counts = Counter(entry.label for entry in gold)
    return GoldDecided(
        decided=len(gold) - counts[None],
        open_ties=counts[None],
        per_label={name: counts[name] for name in workspace.scheme.label_names},
        single=sum(sum(entry.votes.values()) == 1 for entry in gold),
    )
