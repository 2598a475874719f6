"""What stands beside an evaluation: floors trained on the same examples, votes, more traits."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from annotate.errors import InputError, ModelError
from annotate.evaluation import Evaluation, Rival, Votes, cross_validate, evaluate_model
from annotate.evaluation.findings import Learnt
from annotate.evaluation.protocols import Recipe
from annotate.evaluation.scoring import constant_of
from annotate.files import read_text
from annotate.models import Manifest, recipe
from annotate.models.manifest import data_digest
from annotate.records import Annotation, Example
from annotate.rules import Rules
from annotate.workflows.curve import FILENAME as CURVE
from annotate.workflows.datasets import Labelled
from annotate.workflows.sentences import labelled_tasks, votes
from annotate.workspace import Workspace

MAJORITY: Final = "majority"
_LEARNT: Final = {
    "rules": "the cue rules",
    "tfidf": "word TF-IDF and logistic regression",
}
_FEWEST_VOTES: Final = 2


class Scorer(Protocol):
    """What scores a recipe on the examples of an evaluation."""

    def __call__(self, name: str) -> Evaluation:
        """The evaluation of the recipe with this name."""


@dataclass(frozen=True, slots=True)
class OnTrainingPart:
    """Trains a recipe on what the model was trained on, and scores it on the same examples."""

    training: Sequence[Example]
    scored: Sequence[Example]
    found: Labelled
    seed: int

    def __call__(self, name: str) -> Evaluation:
        """The evaluation of the recipe with this name."""
        model = recipe(name).fit(self.training, labels=self.found.labels, seed=self.seed)
        return evaluate_model(
            model,
            self.scored,
            labels=self.found.labels,
            name=name,
            trained_on=None,
            grouping=self.found.grouping,
        )


@dataclass(frozen=True, slots=True)
class InFolds:
    """Scores a recipe by the same folds as the evaluated one, or in folds of its own."""

    scored: Sequence[Example]
    found: Labelled
    folds: int
    seed: int
    ways: Mapping[str, Recipe] = field(default_factory=dict)
    """Recipes that are not to be taken as they are named, but as somebody wants them."""

    def __call__(self, name: str) -> Evaluation:
        """The evaluation of the recipe with this name."""
        return cross_validate(
            self.ways.get(name) or recipe(name),
            self.scored,
            labels=self.found.labels,
            folds=self.folds,
            seed=self.seed,
            grouping=self.found.grouping,
        )


@dataclass(frozen=True, slots=True)
class Floors:
    """The systems that stand beside every evaluation.

    Attributes:
        rivals: the systems.
        missing: those that could not be trained, with the reason, in sentences.
    """

    rivals: Sequence[Rival]
    missing: Sequence[str]


def floors(evaluation: Evaluation, scorer: Scorer | None, *, how: str, own: str) -> Floors:
    """The systems that stand beside every evaluation.

    Args:
        evaluation: what they stand beside.
        scorer: what scores a recipe on its examples; None leaves the majority alone.
        how: how the recipes were trained, in words.
        own: recipe of the evaluated system, which is not compared with itself.
    """
    constant = f"always “{evaluation.floor.label}”, the most frequent label here"
    made = [Rival(constant_of(evaluation), constant, "floor")] if own != MAJORITY else []
    missing = []
    for name, about in _LEARNT.items():
        if scorer and name != own and (name != "rules" or _rules_fit(evaluation.labels)):
            try:
                made.append(Rival(scorer(name), f"{about}, {how}", "floor"))
            except ModelError as error:
                missing.append(f"“{name}” ({about}) cannot stand beside it: {error}")
    return Floors(made, missing)


def training_examples(found: Labelled, manifest: Manifest) -> list[Example] | None:
    """The very examples that a model was trained on; None where they are not all at hand."""
    groups = frozenset(manifest.groups)
    here = [e for e in found.examples if e.group in groups and e.split in {None, "train"}]
    return here if here and data_digest(here) == manifest.data_sha256 else None


def votes_on(workspace: Workspace | None, found: Labelled, *, from_file: bool) -> Votes | None:
    """What annotators said of the examples: one by one in a workspace, else counted in the file.

    Votes that were given with a pre-label in sight are left out where that is known. In a workspace
    it is known too which sentences are no examples because annotators disagree.
    """
    if workspace is not None and not from_file and workspace.has(Annotation):
        given: defaultdict[str, list[str]] = defaultdict(list)
        for vote in votes(workspace):
            if vote.label is not None and not vote.prelabel_shown:
                given[vote.task_id].append(vote.label)
        several = _several(given)
        return Votes(several, True, _divided(workspace, found, several)) if several else None
    counted = {example.id: [*Counter(example.votes).elements()] for example in found.examples}
    several = _several(counted)
    return Votes(several, blind=False) if several else None


def _several(given: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    return {name: labels for name, labels in given.items() if len(labels) >= _FEWEST_VOTES}


def _divided(
    workspace: Workspace, found: Labelled, votes: Mapping[str, Sequence[str]]
) -> Counter[str]:
    """How many sentences with unlike votes are no examples, of each group that has examples."""
    known = {example.id for example in found.examples}
    group_of = {example.document_id: example.group for example in found.examples}
    return Counter(
        group_of[task.document_id]
        for task in labelled_tasks(workspace)
        if task.id not in known
        and task.document_id in group_of
        and len(set(votes.get(task.id, ()))) > 1
    )


def learning_of(
    workspace: Workspace | None, recipe_name: str, examples: Sequence[Example]
) -> list[Learnt]:
    """The learning curve that `annotate curve` kept, if it is of this recipe on these examples.

    Raises:
        InputError: the file is not what that command wrote.
    """
    path = workspace.root / "reports" / CURVE if workspace else None
    if path is None or not path.is_file():
        return []
    try:
        kept = json.loads(read_text(path))
        measured = (kept["recipe"], kept.get("data_sha256"))
        ours = measured == (recipe_name, data_digest(examples))
        points = kept["curve"]["points"] if ours else []
        return [
            Learnt(
                point["families"],
                point["macro_f1"],
                point["interval"].get("low"),
                point["interval"].get("high"),
            )
            for point in points
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InputError(path, "no learning curve", "Run `annotate curve` again.") from None


def more_traits(
    scored: Sequence[Example], training: Sequence[Example] | None, labels: Sequence[str]
) -> dict[str, list[str]]:
    """Traits that need more than the example: its cues, and what training has seen.

    Args:
        scored: the scored examples.
        training: those that the model was trained on, where they are at hand.
        labels: the labels; cues are those of the claim and denial rules, so others have none.
    """
    found: dict[str, list[str]] = {}
    if _rules_fit(labels):
        rules = Rules.load()
        *cued, _ = rules.book.labels
        verdicts = rules.label([example.input for example in scored])
        found["cue"] = [f"of a {v.label}" if v.label in cued else "none" for v in verdicts]
    if training is not None:
        known = {example.outlet for example in training}
        found["outlet in training"] = [
            "" if e.outlet is None else "yes" if e.outlet in known else "no" for e in scored
        ]
    return found


def _rules_fit(labels: Sequence[str]) -> bool:
    """Whether the labels are of the kind that the rules are about."""
    return bool({"claim", "denial"} & set(labels))
