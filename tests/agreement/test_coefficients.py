import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import random_tables as oracle
from annotate.agreement.coefficients import (
    ac1,
    ac1_cells,
    agreeing_pairs,
    alphas,
    coincidences,
    kappa,
    raw_agreement,
)


def total(cells):
    return cells.sum(axis=0)[None]


def counts_of(*rows):
    return np.array(rows, float)


# Krippendorff's (2011) example, units 1 to 12 with five labels and gaps. Gwet's R package irrCAC
# carries it as cac.raw4raters and gives AC1 = 0.77544, observed .81818, by chance .19032.
# By hand: observed (1+.5+1+1+1+0+1+.5+1+1+1)/11 = 9/11; use of the labels over all 12 units
# (3, 3.25, 3.5, 1.25, 1)/12; by chance (1 - sum of squares)/4 = .190321.
PUBLISHED = counts_of(
    [3, 0, 0, 0, 0], [0, 3, 1, 0, 0], [0, 0, 4, 0, 0], [0, 0, 4, 0, 0], [0, 4, 0, 0, 0],
    [1, 1, 1, 1, 0], [0, 0, 0, 4, 0], [3, 1, 0, 0, 0], [0, 4, 0, 0, 0], [0, 0, 0, 0, 3],
    [2, 0, 0, 0, 0], [0, 0, 1, 0, 0],
)  # fmt: skip


def test_the_published_example():
    assert ac1(total(ac1_cells(PUBLISHED)))[0, 0] == pytest.approx(0.77544, abs=5e-6)
    assert raw_agreement(total(agreeing_pairs(PUBLISHED)))[0, 0] == pytest.approx(9 / 11)
    assert alphas(total(coincidences(PUBLISHED)))[0, 0] == pytest.approx(0.743, abs=5e-4)


# Fleiss (1971) by way of Cohen's own kind of table: yes/yes 20, yes/no 5, no/yes 10, no/no 15 of
# 50. Observed .7; by chance .5 * .6 + .5 * .4 = .5; kappa = .2 / .5 = .4.
def test_kappa_by_hand():
    assert kappa(np.array([[20.0, 5, 10, 15]]))[0, 0] == pytest.approx(0.4)


# One label against the rest, for 4 tasks of two labels each: CC, CN, DN, NN.
# Denial: 1 of 8 labels, never matched: agreeing 6, chance 7*6 = 42, possible 56:
# (7*6 - 42) / (56 - 42) = 0. Claim: 3 of 8; agreeing 6 (CC, DN, NN), chance 3*2 + 5*4 = 26:
# (42 - 26) / (56 - 26) = 16/30. Neither: 4 of 8; agreeing 4 (CC, NN), chance 12 + 12 = 24:
# (28 - 24) / (56 - 24) = 1/8. All three: agreeing 4, chance 6 + 0 + 12 = 18:
# (28 - 18) / (56 - 18) = 10/38.
def test_alphas_of_each_label_by_hand():
    sums = total(coincidences(counts_of([2, 0, 0], [1, 0, 1], [0, 1, 1], [0, 0, 2])))
    found = alphas(sums, np.eye(3, dtype=bool))
    assert found[0].tolist() == pytest.approx([16 / 30, 0, 1 / 8], abs=1e-15)
    assert alphas(sums)[0, 0] == pytest.approx(10 / 38)


def test_what_is_undefined_is_nan_also_with_thirds_and_sevenths():
    alike = counts_of(*[[size, 0] for size in (3, 4, 8, 3, 7, 11)])
    assert np.isnan(alphas(total(coincidences(alike)))).all()
    assert np.isnan(alphas(total(coincidences(alike)), np.eye(2, dtype=bool))).all()
    assert np.isnan(kappa(np.array([[7.0, 0, 0, 0]]))).all()
    alone = counts_of([1, 0], [0, 1])
    with np.errstate(invalid="ignore"):
        for found in (
            alphas(total(coincidences(alone))),
            ac1(total(ac1_cells(alone))),
            raw_agreement(total(agreeing_pairs(alone))),
        ):
            assert np.isnan(found).all()


@pytest.mark.parametrize("seed", range(60))
def test_equal_to_other_programs(seed):
    pytest.importorskip("nltk")
    pytest.importorskip("statsmodels")
    pytest.importorskip("crowdkit")
    table = oracle.random_table(np.random.default_rng(seed))
    alpha = alphas(total(coincidences(table.counts)))[0, 0]
    if not np.isnan(alpha):
        assert alpha == pytest.approx(oracle.nltk_alpha(table), abs=1e-12)
        assert alpha == pytest.approx(oracle.crowdkit_alpha(table), abs=1e-12)
    if len(table.compared):
        found = ac1(total(ac1_cells(table.counts)))[0, 0]
        assert found == pytest.approx(oracle.plain_ac1(table), abs=1e-12)
    crossed = np.bincount(table.pair @ [table.labels, 1], minlength=table.labels**2)
    found = kappa(crossed[None].astype(float))[0, 0]
    if not np.isnan(found):
        assert found == pytest.approx(oracle.sklearn_kappa(table), abs=1e-12)
        assert found == pytest.approx(oracle.statsmodels_kappa(table), abs=1e-12)


COUNTS = st.lists(st.lists(st.integers(0, 4), min_size=3, max_size=3), min_size=1, max_size=12).map(
    lambda rows: np.array(rows, float)
)


@given(COUNTS, st.permutations(range(3)))
def test_names_of_labels_do_not_matter(counts, order):
    with np.errstate(invalid="ignore", divide="ignore"):
        for cells, figure in (
            (coincidences, alphas), (ac1_cells, ac1), (agreeing_pairs, raw_agreement),
        ):  # fmt: skip
            one, other = (figure(total(cells(c)))[0, 0] for c in (counts, counts[:, order]))
            assert one == pytest.approx(other, abs=1e-12, nan_ok=True)


@given(COUNTS)
def test_counts_of_parts_add_up(counts):
    apart = coincidences(counts[:1]).sum(axis=0) + coincidences(counts[1:]).sum(axis=0)
    assert coincidences(counts).sum(axis=0) == pytest.approx(apart)


@given(COUNTS)
def test_1_is_full_agreement_and_nothing_else(counts):
    compared = counts[counts.sum(axis=1) > 1]
    agreed = (compared.max(axis=1) == compared.sum(axis=1)).all()
    with np.errstate(invalid="ignore", divide="ignore"):
        found = [
            figure(total(cells(counts)))[0, 0]
            for cells, figure in ((coincidences, alphas), (ac1_cells, ac1))
        ]
    for value in found:
        if not np.isnan(value):
            assert -1 - 1e-12 <= value <= 1 + 1e-12
            assert (abs(value - 1) < 1e-12) == agreed
