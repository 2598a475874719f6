"""The leakage certificate: families, texts and a recipe brought together over a data set."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from annotate.dataset.certificate import (
    CarelessScore,
    Certificate,
    ClosePair,
    QuotedOnBothSides,
)
from annotate.errors import SplitError
from annotate.evaluation.leakage import WayScore, drawn, four_ways
from annotate.families.crossing import Closest, closest, shared_quotations
from annotate.families.shingles import words_of
from annotate.models import Recipe
from annotate.records import Document, Example, Family
from annotate.resampling import Interval

LONG: Final = 8
"""Words from which a sentence that stands on both sides is hardly chance."""

Advance = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Sides:
    """The texts of a data set's articles, by name, and which of them are tested on."""

    texts: Mapping[str, str]
    test: frozenset[str]
    learn: frozenset[str]


def certify(
    examples: Sequence[Example],
    *,
    documents: Sequence[Document],
    families: Sequence[Family],
    recipe: Recipe | None,
    labels: Sequence[str],
    seed: int,
    advance: Advance = lambda _done, _total: None,
) -> Certificate:
    """Say what the splits of a data set share, and what a careless split would score.

    Args:
        examples: each with its split.
        documents: those that they come from; without any, what the examples hold of each article
            is taken for its text.
        families: as found in the documents.
        recipe: what is trained for the scores; None leaves them out.
        labels: the labels.
        seed: of the draws and of the training.
        advance: is told how many trainings are done, and of how many.

    Raises:
        SplitError: a family stands in two splits.
    """
    _refuse_divided(examples, families)
    sides = _sides(examples, documents)
    pairs = closest(sides.texts, sides.test, sides.learn)
    quotations = shared_quotations(sides.texts, sides.test, sides.learn)
    test = [tuple(words_of(one.text)) for one in examples if one.split == "test"]
    learn = {tuple(words_of(one.text)) for one in examples if one.split != "test"}
    both = [words for words in test if words and words in learn]
    scores = (
        four_ways(recipe, examples, labels=labels, seed=seed, advance=advance) if recipe else ()
    )
    return Certificate(
        families=len({one.group for one in examples}),
        most_similar=_pair(pairs[0]) if pairs else None,
        most_contained=_pair(pairs[1]) if pairs else None,
        quotations=tuple(
            QuotedOnBothSides(test=q.first, start=q.start, end=q.end, words=q.words, learn=q.second)
            for q in quotations
        ),
        sentences=len(both),
        long_sentences=sum(len(words) >= LONG for words in both),
        test_sentences=len(test),
        recipe=recipe.name if recipe else None,
        scored=len(drawn(examples, seed=seed)) if recipe else 0,
        seed=seed,
        scores=tuple(map(_score, scores)),
    )


def _refuse_divided(examples: Sequence[Example], families: Sequence[Family]) -> None:
    """Look once more whether a family is divided, by the links and not by the groups' names."""
    split_of: dict[str, str] = {}
    for one in examples:
        name = one.document_id or one.group
        if split_of.setdefault(name, one.split or "") != (one.split or ""):
            msg = f"The article {name} stands in two splits. Split the data set afresh: --afresh."
            raise SplitError(msg)
    for family in families:
        found = {split_of[name] for name in family.documents if name in split_of}
        if len(found) > 1:
            msg = (
                f"The family {family.id!r} stands in {' and in '.join(sorted(found))}. Find the "
                "families again (`annotate families`), then split afresh: --afresh."
            )
            raise SplitError(msg)


def _sides(examples: Sequence[Example], documents: Sequence[Document]) -> Sides:
    name_of = {one.id: one.document_id or one.group for one in examples}
    test = frozenset(name_of[one.id] for one in examples if one.split == "test")
    learn = frozenset(name_of[one.id] for one in examples if one.split != "test")
    if documents:
        texts = {one.id: one.text for one in documents if one.id in test or one.id in learn}
        return Sides(texts, test, learn)
    pieces: dict[str, list[str]] = {}
    for one in sorted(examples, key=lambda one: one.start or 0):
        pieces.setdefault(name_of[one.id], []).append(one.text)
    return Sides({name: "\n\n".join(found) for name, found in pieces.items()}, test, learn)


def _pair(found: Closest) -> ClosePair:
    return ClosePair(
        test=found.first,
        learn=found.second,
        similarity=found.similarity,
        containment=found.containment,
    )


def _score(found: WayScore) -> CarelessScore:
    interval = found.interval if isinstance(found.interval, Interval) else None
    return CarelessScore(
        split=found.way,
        macro_f1=found.macro_f1,
        test=found.test,
        train=found.train,
        above_family=found.above_family,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        problem=found.problem,
    )
