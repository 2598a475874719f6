"""What an evaluation found: every scored example, and the figures that follow from them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Literal, Self

from annotate.evaluation.words import Weight
from annotate.metrics import Scores
from annotate.notebook import html_table
from annotate.records import Example

if TYPE_CHECKING:
    from annotate.evaluation.findings import Findings

Grouping = Literal["article", "family", "group"]
"""What a group is: an article, a family of near-duplicate articles, or what a file says it is."""

_GROUP_WORDS: dict[Grouping, tuple[str, str]] = {
    "article": ("article", "articles"),
    "family": ("article family", "article families"),
    "group": ("group", "groups"),
}


@dataclass(frozen=True, slots=True)
class Scored:
    """One example, the label that the model gave it, and the scores behind it.

    Attributes:
        id: id of the example.
        text: the text that was labelled.
        before: the text before it.
        after: the text after it.
        title: title of its article.
        outlet: who published it.
        published: when, in UTC.
        kind: what the text is in its article (``Example.kind``).
        group: the group that it belongs to.
        flags: what annotators marked in it.
        gold: its gold label.
        predicted: the label that the model decided on.
        scores: score in [0, 1] of every label; 0 for a label that the model never saw. Empty where
            the system gives no scores.
        words: those that mattered for the predicted label, where that was asked.
    """

    id: str
    text: str
    before: str
    after: str
    title: str | None
    outlet: str | None
    published: datetime | None
    kind: str
    group: str
    flags: tuple[str, ...]
    gold: str
    predicted: str
    scores: Mapping[str, float]
    words: tuple[Weight, ...] = ()

    @classmethod
    def of(cls, example: Example, predicted: str, scores: Mapping[str, float]) -> Self:
        """An example beside what a model says of it."""
        return cls(
            id=example.id,
            text=example.text,
            before=example.before,
            after=example.after,
            title=example.title,
            outlet=example.outlet,
            published=example.published,
            kind=example.kind,
            group=example.group,
            flags=example.flags,
            gold=example.label,
            predicted=predicted,
            scores=scores,
        )

    @property
    def right(self) -> bool:
        """Whether the model gave the gold label."""
        return self.gold == self.predicted

    @property
    def score(self) -> float | None:
        """Score in [0, 1] of the predicted label; None where the system gives none."""
        return self.scores.get(self.predicted)


@dataclass(frozen=True, slots=True)
class Floor:
    """The score of a constant: what any model must beat.

    Attributes:
        label: the most frequent gold label of the very examples that are scored (of equals, the
            first in the order of the labels), so no other constant reaches a higher macro-F1.
        scores: the scores of giving every example that label.
    """

    label: str
    scores: Scores


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How good a model, or a recipe, is on examples that it was not trained on.

    Attributes:
        model: name of the model or the recipe.
        grouping: what a group is.
        scores: all items scored together (pooled over folds).
        floor: the most frequent label as a constant, on the same items.
        items: every scored example, in the order in which the examples came.
        warnings: what a reader must know before believing the figures, a sentence each.
        folds: number of folds of a cross-validation; None for held-out examples.
        seed: seed of the folds and of every training; None for held-out examples.
        given: whether the predictions were made elsewhere and read from a file.
        findings: what `study` worked out from it; None before.
    """

    model: str
    grouping: Grouping
    scores: Scores
    floor: Floor
    items: tuple[Scored, ...]
    warnings: tuple[str, ...] = ()
    folds: int | None = None
    seed: int | None = None
    given: bool = False
    findings: "Findings | None" = None

    @property
    def how(self) -> str:
        """How the examples were kept from the training, in words."""
        one, many = _GROUP_WORDS[self.grouping]
        if self.given:
            return f"predictions from a file, on {many}"
        return f"{self.folds}-fold cross-validation by {one}" if self.folds else f"held-out {many}"

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, in the order of every table."""
        return self.scores.labels

    @property
    def n(self) -> int:
        """Number of scored examples."""
        return len(self.items)

    @property
    def groups(self) -> int:
        """Number of groups that the scored examples belong to."""
        return len({item.group for item in self.items})

    @property
    def errors(self) -> tuple[Scored, ...]:
        """The examples with a wrong label, in the order of ``items``."""
        return tuple(item for item in self.items if not item.right)

    @property
    def unit(self) -> str:
        """What one example is called: a sentence, or a text where whole articles are scored."""
        return "text" if any(item.kind == "article" for item in self.items) else "sentence"

    def _repr_html_(self) -> str:
        """The figures of each label as a table, for notebooks."""
        heads = ("label", "precision", "recall", "F1", f"{self.unit}s")
        rows = [(s.label, s.precision, s.recall, s.f1, s.support) for s in self.scores.per_label]
        where = (
            f"{self.how}: {self.n:,} {self.unit}s, {groups_in_words(self.groups, self.grouping)}"
        )
        warned = "".join(f"<p>{escape(warning)}</p>" for warning in self.warnings)
        return f"<p><b>{escape(self.model)}</b>, {where}</p>{html_table(heads, rows)}{warned}"


def groups_in_words(count: int, grouping: Grouping) -> str:
    """``1 article``, ``6 article families``, ``1,200 groups``."""
    one, many = _GROUP_WORDS[grouping]
    return f"{count:,} {one if count == 1 else many}"
