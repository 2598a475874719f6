"""Where annotators part ways, and what the guideline says of it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final

import numpy as np

from annotate.agreement.votes import Counts, Votes
from annotate.marks import EdgeCase
from annotate.scheme import Scheme

_EXAMPLES: Final = 3
_CASES: Final = 3
_STEM: Final = 5
"""Letters by which words of a pattern and of a sentence are compared: denied, denies."""
_WORD = re.compile(r"[^\W\d_]{3,}")
_PHRASE_END = re.compile(r"[;,.]| or ")
_EMPTY_WORDS = frozenset(
    {"and", "but", "did", "for", "from", "had", "has", "not", "one", "said", "say", "says", "she",
     "that", "the", "they", "was", "were", "who", "with"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Disputed:
    """A task on which annotators differ.

    Attributes:
        task_id: which.
        text: what was labelled; empty where the task is not known.
        votes: the annotators behind each label.
    """

    task_id: str
    text: str
    votes: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Case:
    """An edge case of the scheme; without a label it is decided by its content."""

    id: str
    pattern: str
    label: str | None
    note: str


@dataclass(frozen=True, slots=True)
class Clarification:
    """What the guideline says of two labels that are taken for one another.

    Attributes:
        winner: the label that goes first where both fit; None where the scheme does not say.
        definitions: of both labels, as in the scheme.
        edge_cases: cases of the scheme with one of the labels whose words stand in the disputed
            sentences; the most frequent first.
    """

    winner: str | None
    definitions: Mapping[str, str]
    edge_cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Confusion:
    """Two labels given to one task by two annotators, and how often that happened.

    Attributes:
        labels: the two, in the order of the scheme.
        pairs: pairs of annotators, over all tasks.
        tasks: ids of the tasks, the most disputed first, one of each family before the next.
        examples: some of them.
        clarification: what the guideline says of the two.
    """

    labels: tuple[str, str]
    pairs: int
    tasks: tuple[str, ...]
    examples: tuple[Disputed, ...] = ()
    clarification: Clarification | None = None


def confusions(votes: Votes) -> tuple[Confusion, ...]:
    """Pairs of differing labels, the most frequent first.

    Args:
        votes: at most one row for each annotator and place.
    """
    found = []
    for one, other in combinations(range(len(votes.labels)), 2):
        pairs = votes.counts[:, one] * votes.counts[:, other]
        if pairs.any():
            labels = (votes.labels[one], votes.labels[other])
            found.append(Confusion(labels, int(pairs.sum()), _disputed(votes, pairs)))
    return tuple(sorted(found, key=lambda each: (-each.pairs, each.labels)))


def _disputed(votes: Votes, pairs: Counts) -> tuple[str, ...]:
    """The places of a confusion, so that the first few are from different stories."""
    places = np.flatnonzero(pairs)
    ranked = sorted(places.tolist(), key=lambda place: (-pairs[place], votes.places[place]))
    turn: dict[int, int] = {}
    turns = {}
    for place in ranked:
        family = int(votes.family_of[place])
        turns[place] = turn[family] = turn.get(family, -1) + 1
    return tuple(votes.places[place] for place in sorted(ranked, key=turns.__getitem__))


def with_examples(
    found: Iterable[Confusion], votes: Votes, texts: Mapping[str, str], scheme: Scheme
) -> tuple[Confusion, ...]:
    """Confusions with the first of their sentences, and with what the scheme says of the labels.

    Args:
        found: the confusions.
        votes: that they were counted from.
        texts: what was labelled, by task id.
        scheme: the scheme, for what to clarify.
    """
    given: dict[int, dict[str, list[str]]] = {}
    place_of = {name: place for place, name in enumerate(votes.places)}
    listed = list(found)
    shown = {place_of[name] for each in listed for name in each.tasks[:_EXAMPLES]}
    for row in np.flatnonzero(np.isin(votes.place, list(shown))).tolist():
        label = votes.labels[votes.label[row]]
        here = given.setdefault(int(votes.place[row]), {})
        here.setdefault(label, []).append(votes.annotators[votes.annotator[row]])
    return tuple(
        replace(
            each,
            examples=tuple(
                _example(name, texts, given[place_of[name]]) for name in each.tasks[:_EXAMPLES]
            ),
            clarification=clarify(
                each.labels, [texts.get(name, "") for name in each.tasks], scheme
            ),
        )
        for each in listed
    )


def _example(name: str, texts: Mapping[str, str], votes: Mapping[str, list[str]]) -> Disputed:
    ordered = {label: tuple(sorted(who)) for label, who in sorted(votes.items())}
    return Disputed(name, texts.get(name, ""), ordered)


def clarify(labels: tuple[str, str], sentences: Iterable[str], scheme: Scheme) -> Clarification:
    """What the scheme says of two labels, and which of its edge cases the sentences may be of.

    A case is named where all words of one phrase of its pattern stand in a sentence, by their
    first five letters; a phrase of one word by the whole word. It is a hint where to read on, no
    judgement of the sentence.

    Args:
        labels: the two.
        sentences: those on which annotators differ.
        scheme: the scheme.
    """
    stems = [{form for word in _words(text) for form in (word, word[:_STEM])} for text in sentences]
    counted = [
        (sum(any(phrase <= found for phrase in _phrases(case)) for found in stems), case)
        for case in scheme.edge_cases
        if case.label is None or case.label in labels
    ]
    ranked = sorted((each for each in counted if each[0]), key=lambda each: -each[0])
    return Clarification(
        winner=next((label for label in scheme.precedence if label in labels), None),
        definitions={
            label.name: label.definition for label in scheme.labels if label.name in labels
        },
        edge_cases=tuple(
            Case(case.id, case.pattern, case.label, case.note) for _, case in ranked[:_CASES]
        ),
    )


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text.lower()) if word not in _EMPTY_WORDS]


def _phrases(case: EdgeCase) -> list[set[str]]:
    """The phrases of a pattern as the beginnings of their words; one word alone, long and whole."""
    found = []
    for phrase in _PHRASE_END.split(case.pattern.lower()):
        words = _words(phrase)
        if len(words) > 1:
            found.append({word[:_STEM] for word in words})
        elif words and len(words[0]) > _STEM:
            found.append({words[0]})
    return found
