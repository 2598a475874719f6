"""Annotations to gold labels."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from annotate.errors import GoldError
from annotate.gold import METHODS, Decided, VoteMethod, decide
from annotate.gold.referee import Adjudicated, adjudicate
from annotate.labelstudio import Pseudonyms
from annotate.records import Annotation, Document, GoldLabel, Task
from annotate.sidecar import options_in
from annotate.workflows.referee import asked_of_referee, decisions_file
from annotate.workflows.sentences import votes
from annotate.workspace import Workspace


@dataclass(frozen=True, slots=True)
class GoldDecided:
    """The gold labels of a workspace."""

    method: VoteMethod
    decided: int
    open_ties: int
    per_label: dict[str, int]
    single: int
    """Labels that rest on one annotator alone."""
    votes: int
    with_prelabel: int
    """Votes given where a pre-label was shown; they count, but are not independent."""
    independent: int
    """Tasks with at least two votes that are independent of pre-labels."""
    skipped: int
    adjudicated: int
    """Labels that a referee decided."""
    referees_differ: int
    own_decisions: int
    """Referees' decisions on tasks that they had a vote on themselves."""
    strangers: int
    """Referees' decisions on tasks that have no vote any more, which count for nothing."""
    cautions: tuple[str, ...]


def decide_gold(workspace: Workspace, *, method: VoteMethod | None, seed: int) -> GoldDecided:
    """Decide the gold labels and write them. What a referee decided wins over any method.

    Args:
        workspace: whose annotations.
        method: how votes are made into labels; None for the one of last time, else by majority.
        seed: of what MACE draws.

    Raises:
        MissingFileError: nothing was pulled yet.
        GoldError: there are no annotations, they do not fit together, or they do not suffice for
            the method.
    """
    with workspace.locked():
        cast = list(votes(workspace))
        if not cast:
            msg = "Nobody has labelled anything yet. Label some tasks, then run `annotate pull`."
            raise GoldError(msg)
        found = decide(
            cast,
            scheme=workspace.scheme,
            method=method or method_before(workspace),
            seed=seed,
        )
        asked = asked_of_referee(workspace)
        judged = adjudicate(
            found.gold,
            asked.decisions,
            scheme=workspace.scheme,
            shown={name: each.shown for name, each in asked.queries.items()},
            voters=_voters(workspace, cast),
        )
        workspace.write(
            GoldLabel,
            judged.gold,
            command="gold",
            inputs=gold_inputs(workspace),
            seed=seed if found.method == "mace" else None,
            options={"method": found.method},
        )
    return _counted(workspace, found, judged)


def _voters(workspace: Workspace, cast: Iterable[Annotation]) -> frozenset[tuple[str, str]]:
    """Who voted on what, by pseudonym also after `annotate pull --names`."""
    names = Pseudonyms.load(workspace.annotator_map).by_address
    return frozenset(
        (vote.task_id, names.get(vote.annotator, vote.annotator)) for vote in cast if vote.label
    )


def method_before(workspace: Workspace) -> VoteMethod:
    """The method by which the gold labels that are there were decided; majority without any."""
    before = options_in(workspace.path(GoldLabel)).get("method")
    return next((name for name in METHODS if name == before), "majority")


def gold_inputs(workspace: Workspace) -> list[Path]:
    """The files that gold labels are made of."""
    inputs = [workspace.path(Annotation), *decisions_file(workspace)]
    if workspace.settings.units.derive_labels:
        inputs += [workspace.path(Task), workspace.path(Document), workspace.scheme_file]
    return inputs


def _counted(workspace: Workspace, found: Decided, judged: Adjudicated) -> GoldDecided:
    counts = Counter(entry.label for entry in judged.gold)
    return GoldDecided(
        method=found.method,
        decided=len(judged.gold) - counts[None],
        open_ties=counts[None] - judged.differing,
        per_label={name: counts[name] for name in workspace.scheme.label_names},
        single=sum(
            sum(entry.votes.values()) == 1 and entry.method != "adjudicated"
            for entry in judged.gold
        ),
        votes=found.votes,
        with_prelabel=found.with_prelabel,
        independent=sum(entry.independent > 1 for entry in found.gold),
        skipped=found.skipped,
        adjudicated=judged.decided,
        referees_differ=judged.differing,
        own_decisions=judged.own,
        strangers=len(judged.strangers),
        cautions=found.cautions,
    )
