"""Stories that so many documents carry that their own words look like stock phrases.

A shingle of n documents weighs ``8 / n`` (`annotate.families.shingles`), so of two copies that were
changed independently, what each changed outweighs what they share: the more copies, the less they
are linked. What tells them from articles with one footer is where the shared words stand: all over
the text, not in one part of it.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np

from annotate.families.candidates import neighbours
from annotate.families.evidence import POSSIBLE, Comparer, judge
from annotate.families.shingles import RARE, Shingles
from annotate.records import Document

NEAR: Final = 10
"""Places before and after a shared shingle that count as covered by it."""

COVERED: Final = 0.8
"""Share of the shorter text's places that shared shingles must cover."""


def widespread(documents: Sequence[Document], shingles: Shingles) -> list[list[int]]:
    """Groups of more than `RARE` documents that carry one story, each of them from end to end.

    Every shingle counts alike here, so this says only which words belong to one story; which
    documents are linked is judged afterwards.

    Args:
        documents: the corpus.
        shingles: of their texts, in the same order.

    Returns:
        Places of the documents of each group, ascending; no document in two.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    alike = shingles.alike()
    comparer = Comparer(documents, alike)
    pairs = [
        (first, second)
        for first, second in neighbours(alike, held=shingles.documents, least=POSSIBLE).tolist()
        if covered(shingles, first, second) >= COVERED
        and judge(comparer.compare(first, second)).kind
    ]
    rows, columns = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    size = len(documents)
    table = coo_array((np.ones(len(pairs)), (rows, columns)), shape=(size, size))
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for place, label in enumerate(connected_components(table, directed=False)[1].tolist()):
        groups[label].append(place)
    return [group for group in groups.values() if len(group) > RARE]


def covered(shingles: Shingles, first: int, second: int) -> float:
    """How much of the shorter of two texts lies close to what they share, in [0, 1]."""
    one, other = sorted((shingles.at(first), shingles.at(second)), key=len)
    if not len(one):
        return 0.0
    shared = np.isin(one, other)
    running = np.concatenate(([0], np.cumsum(shared)))
    places = np.arange(len(shared))
    begins = np.maximum(places - NEAR, 0)
    ends = np.minimum(places + NEAR + 1, len(shared))
    return float(np.mean(running[ends] > running[begins]))
