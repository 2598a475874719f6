"""Corrected shares: what always holds of them, and small audits worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.errors import PrevalenceError
from annotate.prevalence import Audited, estimate

LABELS = ("claim", "denial", "neither")
POST, ECHO = ("Post",), ("Echo",)
T9 = 2.2621571628  # the quantile of t for 95 %, with 9 degrees of freedom


def audit_of(cell, pairs, families=10, prefix=""):
    """Families that each hold one sentence for each pair of gold and predicted."""
    return [
        Audited(f"{prefix}{cell[0]}{n}", cell, *pair) for n in range(families) for pair in pairs
    ]


def estimated(counts, audited, labels=LABELS):
    whole = {cell: np.array(row) for cell, row in counts.items()}
    return estimate(whole, audited, by=("outlet",), labels=labels)


def corrected(cell):
    return [share.corrected for share in cell.shares]


MISSED = [("denial", "neither"), ("neither", "neither"), ("neither", "neither")]


def test_missed_denials_are_added():
    # Ten families of three sentences, one a missed denial. The mean error is 1/3 and the same in
    # each family, so the standard error is what is always there, 1/30.
    found = estimated({POST: [0, 10, 90]}, audit_of(POST, MISSED))
    (cell,) = found.cells
    denial = cell.shares[1]
    assert (denial.counted, denial.corrected) == pytest.approx((0.1, 0.1 + 1 / 3))
    assert denial.standard_error == pytest.approx(1 / 30)
    assert (denial.low, denial.high) == pytest.approx(
        (denial.corrected - T9 / 30, denial.corrected + T9 / 30)
    )
    assert (cell.audited, cell.families, cell.pooled) == (30, 10, False)
    assert cell.degrees == pytest.approx(9)
    assert corrected(found.total) == pytest.approx(corrected(cell))


def test_shares_beyond_0_and_1_are_cut_for_people_only():
    found = estimated({POST: [0, 90, 10]}, audit_of(POST, MISSED))
    denial, neither = found.cells[0].shares[1:]
    assert (denial.corrected, neither.corrected) == pytest.approx((0.9 + 1 / 3, 0.1 - 1 / 3))
    assert denial.shown[0] == denial.shown[2] == 1
    assert neither.shown[0] == neither.shown[1] == 0


@pytest.mark.parametrize(("families", "each"), [(9, 4), (14, 2)])
def test_cells_with_too_little_use_the_errors_of_all(families, each):
    # 9 families, or 28 sentences, are too few. All audited sentences but those missed are right;
    # of 30 + families * each sentences, 10 were missed denials.
    right = [("neither", "neither")] * each
    audited = audit_of(POST, MISSED) + audit_of(ECHO, right, families)
    found = estimated({POST: [0, 0, 50], ECHO: [0, 5, 45]}, audited)
    echo, post = found.cells
    assert (echo.pooled, post.pooled) == (True, False)
    assert echo.shares[1].corrected == pytest.approx(0.1 + 10 / (30 + families * each))
    assert found.spread is None, "two cells do not tell how much cells differ"


def test_an_interval_of_a_cell_with_too_little_is_wider_by_how_much_cells_differ():
    cells = [(f"c{n}",) for n in range(5)]
    audited = [
        a for n, c in enumerate(cells) for a in audit_of(c, (MISSED if n % 2 else MISSED[1:]) * 2)
    ]
    alike = [a for c in cells for a in audit_of(c, MISSED * 2)]
    counts = {("new",): [0, 10, 90]}
    apart, same = (estimated(counts, each).cells[0].shares[1] for each in (audited, alike))
    assert apart.standard_error > 0.15
    assert same.standard_error < 0.02


def test_the_total_is_the_mean_of_the_cells_and_its_clusters_are_families():
    # Post: error 1/3 in each family, Echo: none. Of 400 sentences Post has 100. Nothing differs
    # between families, so the variance is (1/4)^2 / 30^2 + (3/4)^2 / 30^2 = .625 / 900, and with
    # 20 families that pull 1/40 or 3/40 each there are 1 / (10/1600 + 90/1600) - 1 = 15 degrees.
    right = [("neither", "neither")] * 3
    audited = audit_of(POST, MISSED) + audit_of(ECHO, right)
    found = estimated({POST: [0, 0, 100], ECHO: [0, 30, 270]}, audited)
    denial = found.total.shares[1]
    assert denial.corrected == pytest.approx(0.25 / 3 + 0.75 * 0.1)
    assert denial.standard_error == pytest.approx((0.625 / 900) ** 0.5)
    assert found.total.degrees == pytest.approx(15)


def test_a_family_in_two_cells_counts_once_in_the_total():
    # The same ten families in both outlets, with errors that go together: the standard error of
    # the total is that of one outlet; were they twenty families, it would be 1/sqrt(2) of it.
    pairs = [[("denial", "neither")] * 3, [("neither", "neither")] * 3]
    one = [Audited(f"f{n}", POST, *pair) for n in range(10) for pair in pairs[n % 2]]
    both = one + [Audited(a.family, ECHO, a.gold, a.predicted) for a in one]
    counts = {POST: [0, 0, 100], ECHO: [0, 0, 100]}
    found = estimated(counts, both)
    cell, total = (each.shares[1].standard_error for each in (found.cells[0], found.total))
    # Each family's 3 * +-.5, squared, ten of them, 10/9, over 30^2: 1/36. Beside it 1/900 in a
    # cell, and half of that in the total.
    assert cell == pytest.approx((1 / 36 + 1 / 900) ** 0.5)
    assert total == pytest.approx((1 / 36 + 1 / 1800) ** 0.5)


def test_in_the_total_cells_with_too_little_count_as_one():
    # Six families of three sentences in each outlet, those of Post with a missed denial: too few
    # by outlet, 36 of 12 together, with the mean error 6/36. Counted are 100 and 300 sentences, 30
    # denials among them. Less the mean, errors of families are +-.5: 12/11 * 12 * .25 / 36^2, and
    # 1/36^2.
    right = [("neither", "neither")] * 3
    audited = audit_of(POST, MISSED, 6) + audit_of(ECHO, right, 6)
    found = estimated({POST: [0, 0, 100], ECHO: [0, 30, 270]}, audited)
    denial = found.total.shares[1]
    assert [cell.pooled for cell in found.cells] == [True, True]
    assert not found.total.pooled
    assert denial.corrected == pytest.approx(30 / 400 + 6 / 36)
    assert denial.standard_error == pytest.approx((12 / 11 * 3 + 1) ** 0.5 / 36)


def test_where_even_together_they_are_too_few_the_errors_of_all_serve():
    audited = audit_of(POST, MISSED) + audit_of(ECHO, MISSED[1:], 3)
    found = estimated({POST: [0, 0, 100], ECHO: [0, 0, 100]}, audited)
    assert found.total.pooled
    # Post: 10/30, Echo: 10/36 of all.
    assert found.total.shares[1].corrected == pytest.approx((10 / 30 + 10 / 36) / 2)


def test_an_audit_that_is_too_small_is_refused():
    few = audit_of(POST, MISSED, families=9)
    with pytest.raises(PrevalenceError, match=r"27 sentences of 9 families .* takes 30 of 10"):
        estimated({POST: [0, 0, 9]}, few)
    with pytest.raises(PrevalenceError, match="No sentence was labelled"):
        estimated({}, audit_of(POST, MISSED))


label = st.sampled_from(LABELS)
cells = st.sampled_from([("a",), ("b",), (None,)])


@st.composite
def audits(draw, *, perfect=False):
    """At least ten families, each in one cell or two, and counts of three cells."""
    audited = []
    for n in range(draw(st.integers(10, 25))):
        for _ in range(draw(st.integers(3, 9))):
            gold = draw(label)
            predicted = gold if perfect else draw(st.sampled_from([gold, gold, draw(label)]))
            audited.append(Audited(f"f{n}", draw(cells), gold, predicted))
    row = st.lists(st.integers(0, 500), min_size=3, max_size=3).filter(any)
    return {cell: draw(row) for cell in [("a",), ("b",), (None,)]}, audited


@given(audits())
def test_shares_sum_to_1_and_the_total_is_the_mean_of_cells_with_enough(made):
    counts, audited = made
    found = estimated(counts, audited)
    for cell in (*found.cells, found.total):
        assert sum(corrected(cell)) == pytest.approx(1)
        assert all(s.low < s.corrected < s.high for s in cell.shares)
    if not found.pooled:
        sentences = [cell.sentences for cell in found.cells]
        mean = np.average([corrected(cell) for cell in found.cells], axis=0, weights=sentences)
        assert corrected(found.total) == pytest.approx(mean.tolist())
    assert found.cells[-1].cell == (None,)


@given(audits(perfect=True))
def test_a_classifier_without_error_is_not_corrected(made):
    found = estimated(*made)
    assert found.weight == 1
    for cell in (*found.cells, found.total):
        assert corrected(cell) == pytest.approx([share.counted for share in cell.shares])


@given(audits(), st.permutations(range(3)), st.randoms(use_true_random=False))
def test_the_order_of_labels_and_sentences_plays_no_part(made, order, random):
    counts, audited = made
    first = estimated(counts, audited)
    mixed = random.sample(audited, len(audited))
    turned = {cell: [row[place] for place in order] for cell, row in counts.items()}
    second = estimated(turned, mixed, labels=[LABELS[place] for place in order])
    for one, other in zip((*first.cells, first.total), (*second.cells, second.total), strict=True):
        by_label = {share.label: share for share in other.shares}
        for share in one.shares:
            twin = by_label[share.label]
            assert (share.corrected, share.low) == pytest.approx((twin.corrected, twin.low))
