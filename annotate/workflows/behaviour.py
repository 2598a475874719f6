"""The behavioural tests of the codebook, on a model of the default scheme."""

from collections.abc import Callable, Collection, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from annotate.evaluation.behaviour import (
    Behaviour,
    Case,
    behaviour_left_out,
    behaviour_of,
    read_cases,
)
from annotate.evaluation.protocols import Model, Recipe
from annotate.records import Example, Input
from annotate.resources import resource
from annotate.rules import Rules
from annotate.scheme import Scheme

_MORE_TITLES: Final = {
    "D-cue": "Denials by their verb.",
    "D-content": "Denials by what is said.",
    "D-quote": "Denials in quotation marks.",
    "C-plain": "Claims that are plainly reported.",
    "C-source-forms": "Claims of all kinds of sources.",
    "N-fact": "Facts in the narrator's voice.",
    "N-act": "Acts, which assert nothing.",
    "N-question": "Questions.",
    "near-miss": "Nearly a denial or a claim, but none.",
}
"""Of the patterns that are no row of the codebook's edge cases."""


def is_ours(scheme: Scheme | None) -> bool:
    """Whether a scheme is the one that the cases were written for."""
    ours = _scheme()
    return scheme is not None and (scheme.name, scheme.label_names) == (ours.name, ours.label_names)


def fits(labels: Collection[str]) -> bool:
    """Whether the cases can be asked of a model with these labels."""
    return set(_scheme().label_names) <= set(labels)


def behaviour_tests(model: Model) -> Behaviour:
    """How a model does on the sentences of ``seeds/behaviour.jsonl``."""
    return behaviour_of(model, _cases(), titles=_titles())


def behaviour_of_patterns_left_out(
    recipe_without: Callable[[Collection[str]], Recipe],
    examples: Sequence[Example],
    *,
    labels: Sequence[str],
    seed: int,
) -> Behaviour:
    """Test each pattern on a model that knew nothing of it.

    Its training has none of the examples that a rule of the pattern decides, and the recipe is told
    to do without those rules. Patterns that no rule is about are not asked: nothing says which
    sentences are like them. The rule for what no other rule decides is about no pattern.

    Args:
        recipe_without: a recipe that does without the rules of these ids.
        examples: to learn from.
        labels: the labels of the model.
        seed: of every training.
    """
    rules = Rules.load()
    inputs = [example.input for example in examples]
    always = {
        name for name, hits in zip(rules.ids, rules.fired(inputs).T, strict=True) if hits.all()
    }
    about = {
        pattern: frozenset(
            rule.id for rule in rules.book.rules if pattern in rule.rows and rule.has_conditions
        )
        - always
        for pattern in dict.fromkeys(case.pattern for case in _cases())
    }
    asked = [case for case in _cases() if about[case.pattern]]
    deciding = [verdict.rule for verdict in rules.label(inputs)]

    def like(pattern: str, shown: Sequence[Input]) -> Sequence[bool]:
        del shown  # those of the examples, which were asked about once for all patterns
        return [rule in about[pattern] for rule in deciding]

    def train(pattern: str, left: Sequence[Example]) -> Model:
        return recipe_without(about[pattern]).fit(left, labels=labels, seed=seed)

    return behaviour_left_out(train, examples, asked, like=like, titles=_titles())


@cache
def _cases() -> tuple[Case, ...]:
    return tuple(read_cases(Path(str(resource("seeds/behaviour.jsonl")))))


@cache
def _scheme() -> Scheme:
    return Scheme.load(resource("schemas/labels.yaml"))


def _titles() -> dict[str, str]:
    return _MORE_TITLES | {case.id: case.pattern.replace("*", "") for case in _scheme().edge_cases}
