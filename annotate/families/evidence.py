"""What two articles have in common, and whether that makes them the same story text."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotate.families.quotations import quoted_places
from annotate.families.shingles import SHINGLE, Shingles, words_of
from annotate.kinship import Evidence, LinkKind
from annotate.records import Document

ENOUGH: Final = 0.33
"""Share of one text that stands in the other from which they are linked by that alone. Nearly all
copies cut to 40 % with 15 % of their words changed have more, other articles .31 and less."""

POSSIBLE: Final = 0.2
"""Share from which they are linked if titles or dates agree; below, they are not looked at."""

CERTAIN: Final = 0.8
"""Share from which neither the date nor quotation marks matter: the one text is in the other."""

FEWEST: Final = 6.0
"""Weight of the shared shingles that a link needs, whatever the shares: a sentence in common."""

OUTSIDE: Final = 0.15
"""Share of the text outside quotations that must be common too: reports of one speech quote the
same words and have hardly any others in common."""

FEWEST_OUTSIDE: Final = 10
"""Shingles outside quotations below which that share says nothing."""

LONG_QUOTATION: Final = 15
"""Words from which a shared quotation is evidence; shorter ones are repeated for weeks."""

TITLES_ALIKE: Final = 0.5
"""Similarity of the titles from which they are evidence."""

DAYS_NEAR: Final = 3.0
"""Days within which most copies appear, so that they are evidence."""

DAYS_FAR: Final = 30.0
"""Days beyond which a share below `FORM` is taken for a form filled in again or for background."""

FORM: Final = 0.5
"""Share from which articles of different months are linked too."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether two articles are linked (``kind`` is None if not), and why in words."""

    kind: LinkKind | None
    reason: str


class Comparer:
    """Compares documents of one corpus."""

    def __init__(self, documents: Sequence[Document], shingles: Shingles) -> None:
        """Prepare to compare.

        Args:
            documents: the corpus.
            shingles: of their texts, in the same order.
        """
        self._documents = documents
        self._shingles = shingles
        self._quoted = lru_cache(maxsize=4096)(self._quoted_of)

    def compare(self, first: int, second: int) -> Evidence:
        """What the documents at two places of the corpus have in common."""
        shingles, documents = self._shingles, (self._documents[first], self._documents[second])
        one, other = shingles.of_text(first), shingles.of_text(second)
        both = np.intersect1d(one, other, assume_unique=True)
        shared = self._weight(both)
        outside, quoted = None, 0
        if shared >= POSSIBLE * min(shingles.totals[first], shingles.totals[second]) > 0:
            shorter = (first, second) if len(one) <= len(other) else (second, first)
            outside, quoted = self._by_quotation(*shorter)
        return Evidence(
            similarity=_share(shared, shingles.totals[first] + shingles.totals[second] - shared),
            first_in_second=_share(shared, shingles.totals[first]),
            second_in_first=_share(shared, shingles.totals[second]),
            outside_quotations=outside,
            shared=shared,
            same_words=len(one) > 0 and np.array_equal(shingles.at(first), shingles.at(second)),
            quoted_words=quoted,
            title_similarity=title_similarity(*(document.title for document in documents)),
            days_apart=_days_apart(*documents),
        )

    def _by_quotation(self, shorter: int, longer: int) -> tuple[float | None, int]:
        """Share of the shorter outside quotations, and words of the long shared quotations."""
        here, quoted = self._shingles.at(shorter), self._quoted(shorter)
        there, quoted_there = self._shingles.at(longer), self._quoted(longer)
        own = np.unique(here[~quoted])
        outside = None
        if len(own) >= FEWEST_OUTSIDE:
            common = np.intersect1d(own, there)
            outside = _share(self._weight(common), self._weight(own))
        return outside, _long_runs(quoted & np.isin(here, there[quoted_there]))

    def _weight(self, kinds: NDArray[np.int32]) -> float:
        return float(self._shingles.weights[kinds].sum())

    def _quoted_of(self, place: int) -> NDArray[np.bool_]:
        quoted = quoted_places(self._documents[place].text)
        padded = np.zeros(len(self._shingles.at(place)), dtype=np.bool_)
        padded[: len(quoted)] = quoted
        return padded


def judge(evidence: Evidence) -> Verdict:
    """Whether two texts with this much in common are one story, and why in words."""
    share = evidence.containment
    if evidence.same_words:
        return Verdict("same", "the same words")
    if evidence.shared < FEWEST or share < POSSIBLE:
        return Verdict(None, f"{_percent(share)} of one text stands in the other: too little")
    said = f"{_percent(share)} of one text stands in the other"
    if share < CERTAIN and (against := _against(evidence)):
        return Verdict(None, f"{said}, but {against}")
    agreeing = _agreeing(evidence)
    said = ", ".join([said, *agreeing])
    if share >= ENOUGH:
        both_ways = min(evidence.first_in_second, evidence.second_in_first) >= ENOUGH
        return Verdict("copy" if both_ways else "part", said)
    if _titles_alike(evidence) or _near(evidence):
        return Verdict("alike", said)
    return Verdict(None, f"{said}: too little without a like title or a near date")


def title_similarity(one: str | None, other: str | None) -> float | None:
    """Words in both titles as a share of the words in either; None where one has no words."""
    first, second = set(words_of(one or "")), set(words_of(other or ""))
    return len(first & second) / len(first | second) if first and second else None


def _against(evidence: Evidence) -> str | None:
    """What speaks against a link although much is shared."""
    outside, days = evidence.outside_quotations, evidence.days_apart
    if _titles_alike(evidence):
        return None
    if outside is None and evidence.quoted_words:
        return "hardly anything outside quotations can be compared"
    if outside is not None and outside < OUTSIDE:
        return f"only {_percent(outside)} of what is outside quotations: both quote the same words"
    if days is not None and days > DAYS_FAR and evidence.containment < FORM:
        return f"they are {days:.0f} days apart: a form or a background paragraph"
    return None


def _agreeing(evidence: Evidence) -> list[str]:
    """What else speaks for a link, in words."""
    found = []
    if _titles_alike(evidence):
        found.append(f"the titles are alike ({evidence.title_similarity:.0%})")
    if _near(evidence):
        found.append(f"published within {_days(evidence.days_apart)}")
    if evidence.quoted_words:
        found.append(f"{evidence.quoted_words} words of long quotations are shared")
    return found


def _titles_alike(evidence: Evidence) -> bool:
    return (evidence.title_similarity or 0) >= TITLES_ALIKE


def _near(evidence: Evidence) -> bool:
    return evidence.days_apart is not None and evidence.days_apart <= DAYS_NEAR


def _long_runs(common: NDArray[np.bool_]) -> int:
    """Words of the runs of shared quoted shingles that are long enough to be evidence."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], common.astype(np.int8), [0]))))
    words = edges[1::2] - edges[::2] + SHINGLE - 1
    return int(words[words >= LONG_QUOTATION].sum())


def _days_apart(one: Document, other: Document) -> float | None:
    if one.published is None or other.published is None:
        return None
    return abs((one.published - other.published).total_seconds()) / 86_400


def _days(days: float | None) -> str:
    number = max(1, math.ceil(days or 0))
    return "a day" if number == 1 else f"{number} days"


def _share(part: float, whole: float) -> float:
    """A share in [0, 1], whatever rounding does; 0 of nothing."""
    return round(min(1.0, max(0.0, part / whole)), 4) if whole > 0 else 0.0


def _percent(share: float) -> str:
    return f"{share:.0%}"
