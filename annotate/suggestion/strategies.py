"""Which sentences are worth an annotator's time next.

Every strategy makes an order of preference; `annotate.suggestion.picking` takes a batch from it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from annotate.errors import SuggestionError
from annotate.suggestion.picking import Batch, Picker, allowance

Strategy = Literal["balanced", "random", "uncertainty", "disagreement"]
STRATEGIES: Final[tuple[Strategy, ...]] = ("balanced", "random", "uncertainty", "disagreement")

SEEKING: Final = 0.5
"""Share of a balanced batch that looks for the rarest label; the rest is what is unsure."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """What may be labelled next, and what is known of it.

    Attributes:
        texts: the sentences.
        families: the family of each.
        labels: of the scheme, in the order of the columns of ``scores``.
        scores: of a model, in [0, 1], of shape (candidates, labels); None without one.
        rules: what the cue rules call each, as a place among ``labels``, shape (candidates,); -1
            where that is no label of the scheme; None where they cannot say anything.
        counts: of each label, how many sentences have it so far.
        known: sentences that are labelled already; none like them is chosen.
    """

    texts: Sequence[str]
    families: Sequence[str]
    labels: tuple[str, ...]
    scores: NDArray[np.float64] | None = None
    rules: NDArray[np.int64] | None = None
    counts: Mapping[str, int] | None = None
    known: Sequence[str] = ()

    def __len__(self) -> int:
        return len(self.texts)


def suggest(candidates: Candidates, count: int, *, strategy: Strategy, seed: int) -> Batch:
    """Choose the next batch.

    - ``random``: each as likely as any other.
    - ``uncertainty``: those first whose two best labels are nearest to each other.
    - ``disagreement``: those first that the rules call otherwise than the model, the surer it is.
    - ``balanced``: half of the batch looks for labels by the model's scores, most for those that
      are rare; the other half is by uncertainty. Without a model all of it looks for labels, for
      all alike, by the rules; without either it is random.

    Whatever the strategy, a family gives at most 3 sentences (more, up to 10, where there are too
    few families), and sentences of nearly the same words are there once.

    Args:
        candidates: neither labelled nor in the audit.
        count: how many are wanted; the batch is smaller where there are not as many.
        strategy: how to choose.
        seed: of the draw, and of what decides between equals.

    Raises:
        SuggestionError: the strategy needs a model, or the rules, and there are none.

    Source:
        The margin of the two best labels: Scheffer, Decomain and Wrobel (2001), Active hidden
        Markov models for information extraction. Looking for the rare label by its score: Attenberg
        and Provost (2010), Why label when you can search? (guided learning).
    """
    mixed = np.random.default_rng(seed).permutation(len(candidates))
    most = allowance(candidates.families, count)
    if not candidates.texts:
        return Batch((), most)
    picker = Picker(candidates.texts, candidates.families, candidates.known, most_of_family=most)
    if strategy == "balanced":
        _seek(picker, candidates, mixed, _sought(candidates, count))
        rest = _unsure(candidates, mixed) if candidates.scores is not None else mixed
    elif strategy == "uncertainty":
        rest = _unsure(candidates, mixed)
    elif strategy == "disagreement":
        rest = _disagreeing(candidates, mixed)
    else:
        rest = mixed
    _fill(picker, rest.tolist(), count)
    return Batch(picker.places, most)


def _fill(picker: Picker, order: Iterable[int], count: int) -> None:
    for place in order:
        if len(picker.places) >= count:
            return
        picker.take(place)


def _sought(candidates: Candidates, count: int) -> int:
    """How much of a balanced batch looks for labels; before there is a model, all of it."""
    return round(SEEKING * count) if candidates.scores is not None else count


def _seek(picker: Picker, candidates: Candidates, mixed: NDArray[np.int64], count: int) -> None:
    """Take candidates that may have a label, each time for the label that is most wanted.

    That is the one with the least product of how many there are so far and how common it seems
    among the candidates: a label half as common is wanted twice. What is expected of those taken
    counts as found. Without a model all labels are wanted alike.
    """
    scores = candidates.scores
    orders = {label: iter(order) for label, order in _by_label(candidates, mixed).items()}
    counts = candidates.counts or {}
    found = np.array([float(counts.get(name, 0)) for name in candidates.labels])
    common = np.ones(len(found)) if scores is None else scores.mean(axis=0)
    while orders and len(picker.places) < count:
        label = min(orders, key=lambda label: found[label] * common[label])
        place = next(orders[label], None)
        if place is None:
            del orders[label]
        elif picker.take(place):
            found += np.eye(len(found))[label] if scores is None else scores[place]


def _by_label(candidates: Candidates, mixed: NDArray[np.int64]) -> dict[int, Sequence[int]]:
    """Of each label, by its place, the candidates that most likely have it, best first."""
    scores, rules = candidates.scores, candidates.rules
    if scores is not None:
        return {
            label: mixed[np.argsort(-scores[mixed, label], kind="stable")].tolist()
            for label in np.flatnonzero(scores.any(axis=0)).tolist()
        }
    if rules is None:
        return {}
    called = {label: mixed[rules[mixed] == label].tolist() for label in np.unique(rules).tolist()}
    return {label: order for label, order in called.items() if label >= 0}


def _unsure(candidates: Candidates, mixed: NDArray[np.int64]) -> NDArray[np.int64]:
    best = np.sort(_scores(candidates, "uncertainty")[mixed], axis=1)
    return mixed[np.argsort(best[:, -1] - best[:, -2], kind="stable")]


def _disagreeing(candidates: Candidates, mixed: NDArray[np.int64]) -> NDArray[np.int64]:
    scores = _scores(candidates, "disagreement")
    if candidates.rules is None:
        msg = (
            "The rules cannot say anything of these sentences, so nothing can disagree with them. "
            "Use --strategy balanced."
        )
        raise SuggestionError(msg)
    rows, rules = np.arange(len(scores)), candidates.rules
    against = np.where(rules < 0, 0.0, scores.max(axis=1) - scores[rows, rules])
    unsure = _unsure(candidates, mixed)
    return unsure[np.argsort(-against[unsure], kind="stable")]


def _scores(candidates: Candidates, strategy: Strategy) -> NDArray[np.float64]:
    if candidates.scores is None:
        msg = (
            f"The strategy {strategy!r} asks a model, and there is none. Train one "
            "(`annotate train`), or begin with --strategy balanced, which can do without."
        )
        raise SuggestionError(msg)
    return candidates.scores
