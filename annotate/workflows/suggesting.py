"""The next batch to label, put among the tasks of a workspace."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from annotate.documents import latest_revisions
from annotate.errors import SuggestionError
from annotate.records import Annotation, Document, Task
from annotate.rules import Rules
from annotate.suggestion import Candidates, Strategy, suggest
from annotate.workflows.families import group_documents
from annotate.workflows.prelabels import unfit_rules
from annotate.workflows.standing import following, outdated
from annotate.workflows.streams import audit_share, settle_audit
from annotate.workflows.tasks import make_tasks, task_builder
from annotate.workflows.training import NamedModel, find_model
from annotate.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Suggested:
    """The batch that was chosen.

    Attributes:
        tasks: how many there are; fewer than were asked for where there are no more.
        asked: how many were asked for.
        strategy: how they were chosen.
        model: whose scores chose them; None without one.
        candidates: how many tasks they were chosen from.
        families: how many families of articles they are of.
        most_of_family: how many tasks one family may give.
        likely: how many of them the model, else the rules, take for each label; empty if neither.
        waiting: suggested tasks of earlier batches that nobody has labelled yet.
        new: how many were not among the tasks before.
        seed: of the draw.
        batch: its number, by which its tab in Label Studio is called.
        following: the command to run next, as `annotate status` has it.
    """

    tasks: int
    asked: int
    strategy: Strategy
    model: str | None
    candidates: int
    families: int
    most_of_family: int
    likely: dict[str, int]
    waiting: int
    new: int
    seed: int
    batch: int
    following: str


def suggest_tasks(
    workspace: Workspace,
    count: int,
    *,
    strategy: Strategy,
    model: str | None = None,
    seed: int,
) -> Suggested:
    """Choose what to label next and put it first among the tasks, in the stream ``chosen``.

    Candidates are all sentences of the workspace's articles, whether they are tasks already or not,
    but those of audit families, those that were labelled, skipped or suggested, and repetitions.

    Args:
        workspace: with its audit drawn.
        count: how many are wanted.
        strategy: how to choose (`annotate.suggestion.suggest`).
        model: name of a model of the workspace; None takes the only one, if there is one.
        seed: of the draw.

    Raises:
        SuggestionError: there is no audit, nothing is left, tasks are whole articles, there are
            several models and none is named, or the strategy cannot do without one.
        ModelError: there is no such model, or it is for other labels.
    """
    if workspace.settings.units.of != "sentence":
        msg = (
            "Only sentences can be suggested, and a task here is a whole article. "
            "Use `annotate tasks --sample N`."
        )
        raise SuggestionError(msg)
    found = _model(workspace, model)
    with workspace.locked():
        labelled = _labelled(workspace)
        pairs = _open_pairs(workspace, labelled, seed=seed)
        candidates = _candidates(workspace, pairs, found, labelled)
        batch = suggest(candidates, count, strategy=strategy, seed=seed)
    if not batch.places:
        msg = (
            "Nothing is left to suggest: every sentence outside the audit is labelled or suggested "
            "already, or repeats one that is. Import more articles."
        )
        raise SuggestionError(msg)
    picked = [pairs[place][1].id for place in batch.places]
    made = make_tasks(workspace, suggested=picked)
    return Suggested(
        tasks=len(picked),
        asked=count,
        strategy=strategy,
        model=found.name if found else None,
        candidates=len(pairs),
        families=len({candidates.families[place] for place in batch.places}),
        most_of_family=batch.most_of_family,
        likely=_likely(candidates, list(batch.places), found),
        waiting=len(labelled.waiting),
        new=made.new,
        seed=seed,
        batch=made.suggested,
        following=following(workspace, set(outdated(workspace))),
    )


@dataclass(frozen=True, slots=True)
class _Labelled:
    """What need not be suggested any more."""

    done: frozenset[str]  # ids of tasks that were labelled, skipped or suggested
    waiting: frozenset[str]  # of these, those suggested that nobody has labelled or skipped
    texts: tuple[str, ...]
    counts: Mapping[str, int]  # of each label, votes on tasks that a model may learn from


def _labelled(workspace: Workspace) -> _Labelled:
    tasks = {task.id: task for task in workspace.existing(Task)}
    votes = [vote for vote in workspace.existing(Annotation) if vote.task_id in tasks]
    voted = {vote.task_id for vote in votes}
    suggested = {task.id for task in tasks.values() if task.stream == "chosen"}
    learnable = (v for v in votes if not tasks[v.task_id].stream.startswith("audit-"))
    return _Labelled(
        done=frozenset(voted | suggested),
        waiting=frozenset(suggested - voted),
        texts=tuple(tasks[name].text for name in sorted(voted | suggested)),
        counts=Counter(vote.label for vote in learnable if vote.label is not None),
    )


def _model(workspace: Workspace, name: str | None) -> NamedModel | None:
    if name is not None:
        return find_model(workspace, name)
    there = sorted(p.parent.name for p in (workspace.root / "models").glob("[!.]*/manifest.json"))
    if len(there) > 1:
        msg = f"There are several models: {', '.join(there)}. Say which: --model {there[0]}."
        raise SuggestionError(msg)
    return find_model(workspace, there[0]) if there else None


def _open_pairs(
    workspace: Workspace, labelled: _Labelled, *, seed: int
) -> list[tuple[Document, Task]]:
    """What may be suggested, each with its document, which knows its family."""
    if audit_share(workspace) is None:
        msg = (
            "No audit stream has been drawn. Without one the score would be that of sentences "
            "which a model picked. Draw it first: annotate tasks --audit 20%"
        )
        raise SuggestionError(msg)
    audit = settle_audit(workspace, None, seed=seed)
    documents = latest_revisions(group_documents(workspace).documents)
    build = task_builder(workspace.settings)
    return [
        (document, task)
        for document in documents
        if audit.streams.get(document.key, "none") == "none"
        for task in build(document)
        if task.id not in labelled.done
    ]


def _candidates(
    workspace: Workspace,
    pairs: Sequence[tuple[Document, Task]],
    found: NamedModel | None,
    labelled: _Labelled,
) -> Candidates:
    names = workspace.scheme.label_names
    inputs = [task.as_input(document.title) for document, task in pairs]
    rules = Rules.load()
    called = None
    if unfit_rules(rules, workspace) is None:
        place = {name: number for number, name in enumerate(names)}
        called = np.array([place.get(verdict.label, -1) for verdict in rules.label(inputs)])
    scores = None
    if found is not None:
        columns = [found.model.labels.index(name) for name in names]
        scores = found.model.scores(inputs)[:, columns]
    return Candidates(
        texts=[task.text for _, task in pairs],
        families=[document.group for document, _ in pairs],
        labels=names,
        scores=scores,
        rules=called,
        counts=labelled.counts,
        known=labelled.texts,
    )


def _likely(
    candidates: Candidates, places: Sequence[int], found: NamedModel | None
) -> dict[str, int]:
    """What the batch may turn out to be: as the model decides, else as the rules do."""
    names: Sequence[str] = candidates.labels
    if found is not None and candidates.scores is not None:
        names = found.model.labels
        scores = candidates.scores[places][:, [candidates.labels.index(name) for name in names]]
        called = found.model.decision.places(scores)
    elif candidates.rules is not None:
        called = candidates.rules[places]
    else:
        return {}
    counts = Counter(names[number] for number in called.tolist() if number >= 0)
    return {label: counts[label] for label in candidates.labels}
