import pytest

from annotate.dataset import unfit_for_test
from annotate.records import GoldLabel


def gold(name, votes, independent, method="majority", shown=()):
    return GoldLabel(
        task_id=name,
        label="claim",
        scores={},
        method=method,
        votes={"claim": votes} if votes else {},
        independent=independent,
        shown=shown,
    )


LABELS = [
    gold("two", 2, 2),
    gold("one", 1, 1),
    gold("one of two shown a pre-label", 2, 1),
    gold("shown a pre-label", 1, 0),
    gold("by a referee", 2, 0, "adjudicated"),
    gold("by a referee alone", 0, 0, "adjudicated"),
    gold("by a referee who saw the votes", 1, 1, "adjudicated", ("votes",)),
    gold("by a referee who saw votes made with a pre-label", 2, 1, "adjudicated", ("votes",)),
    gold("by a referee who saw a pre-label", 2, 2, "adjudicated", ("prelabel",)),
    gold("by a model of the votes", 3, 3, "dawid-skene"),
    gold("of no votes", 0, 0),
    gold("given", 0, 0, "given"),
]
SHOWN = dict.fromkeys(
    (
        "one of two shown a pre-label",
        "shown a pre-label",
        "of no votes",
        "by a referee who saw votes made with a pre-label",
        "by a referee who saw a pre-label",
    ),
    "prelabel",
)


@pytest.mark.parametrize(
    ("several", "allow_single", "unfit"),
    [
        (True, False, SHOWN | {"one": "single"}),
        (True, True, SHOWN),
        (False, False, SHOWN),
    ],
)
def test_a_label_counts_by_how_it_was_made(several, allow_single, unfit):
    assert unfit_for_test(LABELS, several=several, allow_single=allow_single) == unfit
