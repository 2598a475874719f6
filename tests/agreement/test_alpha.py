import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from annotate.agreement import Agreement, krippendorff_alpha
from annotate.errors import NoOverlapError, UndefinedAgreementError
from vote_tables import votes

# Ten votes, five of each label; the pair on t4 differs and t6 has no partner.
# agreeing = 2 + 2 + 2 + 0 + 2 = 8, by chance 5*4 + 5*4 = 40, possible 10*9 = 90:
# alpha = (9*8 - 40) / (90 - 40) = 0.64
TABLE = {"t1": "CC", "t2": "CC", "t3": "DD", "t4": "CD", "t5": "DD", "t6": "C"}


def test_alpha_matches_a_hand_computed_table():
    found = krippendorff_alpha(votes(TABLE))
    assert found == Agreement(alpha=pytest.approx(0.64), tasks=5, annotations=10)


# Krippendorff (2011), section C: nominal data, four observers, missing values; alpha = 0.743.
def test_alpha_of_the_published_example():
    a = "1 2 3 3 2 1 4 1 2 * * *".split()
    b = "1 2 3 3 2 2 4 1 2 5 * 3".split()
    c = "* 3 3 3 2 3 4 2 2 5 1 *".split()
    d = "1 2 3 3 2 4 4 1 2 5 1 *".split()
    table = {f"u{unit}": codes for unit, codes in enumerate(zip(a, b, c, d, strict=True))}
    found = krippendorff_alpha(votes(table))
    assert found.alpha == pytest.approx(0.743, abs=5e-4)
    assert (found.tasks, found.annotations) == (11, 40)


def test_alpha_needs_two_labels_of_a_task():
    with pytest.raises(NoOverlapError, match="second person"):
        krippendorff_alpha(vote for vote in votes(TABLE) if vote.annotator == "ann")


def test_one_label_ever_used_is_undefined():
    with pytest.raises(UndefinedAgreementError, match=r"'claim'.*0/0"):
        krippendorff_alpha(votes({"t1": "CC", "t2": "CCC"}))


TABLES = st.dictionaries(
    st.sampled_from([f"t{n}" for n in range(8)]), st.text("CDN*", min_size=2, max_size=4)
)


@given(TABLES, st.randoms())
def test_alpha_does_not_depend_on_order_or_names(table, random):
    try:
        found = krippendorff_alpha(votes(table))
    except (NoOverlapError, UndefinedAgreementError):
        assume(False)
    shuffled = votes(table, annotators=("z", "y", "x", "w"))
    random.shuffle(shuffled)
    assert krippendorff_alpha(shuffled).alpha == pytest.approx(found.alpha)
    assert -1 <= found.alpha <= 1
