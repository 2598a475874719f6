"""Folds of a cross-validation that keep groups whole."""

from collections import Counter
from collections.abc import Sequence
from heapq import heapify, heapreplace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotate.errors import SplitError

_FEWEST: Final = 2


def group_folds(groups: Sequence[str], *, k: int, seed: int) -> NDArray[np.int64]:
    """Assign items to folds so that no group stands in two and the folds are of like size.

    The groups are taken in random order, the largest first, each into the smallest fold so far.

    Args:
        groups: the group of each item.
        k: number of folds, at least 2.
        seed: of the random order.

    Returns:
        Fold of each item, in [0, k), shape (items,); every fold has at least one group. The fold
        of a group does not depend on the order of the items.

    Raises:
        SplitError: fewer groups than folds, or fewer than 2 folds.
    """
    sizes = Counter(groups)
    if k < _FEWEST:
        msg = f"{k} folds leave nothing to train on. Ask for at least {_FEWEST}."
        raise SplitError(msg)
    if len(sizes) < k:
        msg = f"{len(sizes)} groups cannot fill {k} folds. Ask for fewer folds, or add documents."
        raise SplitError(msg)
    names = sorted(sizes)
    shuffled = [names[place] for place in np.random.default_rng(seed).permutation(len(names))]
    filling = [(0, fold) for fold in range(k)]
    heapify(filling)
    fold_of = {}
    for group in sorted(shuffled, key=lambda name: -sizes[name]):
        size, fold = filling[0]
        fold_of[group] = fold
        heapreplace(filling, (size + sizes[group], fold))
    return np.array([fold_of[group] for group in groups], dtype=np.int64)
