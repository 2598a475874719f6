"""Scoring a trained model on labelled sentences that it does not know, and on no others."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from annotate.evaluation import Evaluation, evaluate_model
from annotate.evaluation.results import groups_in_words
from annotate.records import Example
from annotate.splits import has_splits, unseen_part
from annotate.splits.sentences import known_sentences
from annotate.workflows.datasets import Labelled
from annotate.workflows.training import NamedModel


def unseen_by(model: NamedModel, examples: Sequence[Example], found: Labelled) -> list[Example]:
    """The examples of groups that a model does not know by name, document, family or sentences.

    Raises:
        EvaluationError: there are none, or the model was trained on some of the test part.
    """
    return unseen_part(examples, model.manifest, kin=found.kin, sentences=model.sentences)


def evaluate_named(
    model: NamedModel, scored: Sequence[Example], found: Labelled, *, words: bool = False
) -> Evaluation:
    """Score a trained model on some of the labelled examples.

    Args:
        model: with its manifest, which says what it was trained on.
        scored: of groups that it does not know. How many of their sentences it was trained on in
            other groups is among the warnings, and whether the scheme was changed since.
        found: what they are of.
        words: whether to look for the words that mattered.
    """
    made = evaluate_model(
        model.model,
        scored,
        labels=found.labels,
        name=model.name,
        trained_on=model.manifest,
        grouping=found.grouping,
        words=words,
    )
    caution = model.caution(found.scheme)
    told = (*_of_known(model, scored, made.unit), *([caution] if caution else ()))
    return replace(made, warnings=(*made.warnings, *told))


def of_left_out(found: Labelled, scored: Sequence[Example]) -> Iterator[str]:
    """How many groups are not scored because they were trained on, in a sentence, if any."""
    parted = has_splits(found.examples)
    asked = {each.group for each in found.examples if not parted or each.split == "test"}
    if count := len(asked) - len({each.group for each in scored}):
        were, they = ("was", "it") if count == 1 else ("were", "they")
        yield (
            f"{count:,} of {groups_in_words(len(asked), found.grouping)} {were} left out, since "
            f"{they} or at least half of the sentences there were trained on."
        )


def known_trait(model: NamedModel, scored: Sequence[Example]) -> dict[str, list[str]]:
    """The trait that divides scored sentences into those trained on elsewhere and the others."""
    known = known_sentences(scored, model.sentences).tolist()
    return {"word for word in training": ["yes" if each else "no" for each in known]}


def _of_known(model: NamedModel, scored: Sequence[Example], unit: str) -> Iterator[str]:
    if count := int(known_sentences(scored, model.sentences).sum()):
        stand = "stands" if count == 1 else "stand"
        yield (
            f"{count:,} of the {len(scored):,} {unit}s also {stand}, word for word, in what it was "
            "trained on."
        )
