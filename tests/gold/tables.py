"""Small tables of votes as hypothesis makes them, and in crowd-kit's form."""

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from annotate.gold import VoteTable

LABELS = ("claim", "denial", "neither")


@st.composite
def vote_lists(draw, annotators=4, tasks=8):
    """(task, annotator, label) of a table with gaps; at least one task has two votes."""
    cells = [(t, a) for t in range(tasks) for a in range(annotators)]
    filled = draw(st.lists(st.sampled_from(cells), min_size=1, unique=True))
    both = [(0, 0), (0, 1)]
    labels = draw(st.lists(st.sampled_from(LABELS), min_size=len(cells), max_size=len(cells)))
    return [
        (f"t{task}", f"a{who}", label)
        for (task, who), label in zip(dict.fromkeys([*both, *filled]), labels, strict=False)
    ]


def table_of(votes):
    return VoteTable.of(votes, LABELS)


def as_frame(votes):
    """As crowd-kit takes it: sorted, so that its columns come in the order of ours."""
    return pd.DataFrame(sorted(votes), columns=["task", "worker", "label"])


def in_our_order(probabilities, table):
    """crowd-kit's table of probabilities in the order of our rows and columns."""
    return np.asarray(probabilities.loc[list(table.tasks), list(table.labels)])
