"""The law that was put in comes out, and what it says of more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.curves import PowerLaw, fit_power_law

SIZES = (5, 10, 20, 40, 80, 160)


@given(st.floats(0.5, 1), st.floats(0.2, 1), st.integers(2, 30))
def test_a_law_without_noise_is_found(ceiling, scale, step):
    # Exponents on the grid, 0.1 to 1.5, so that the fit can be exact.
    law = PowerLaw(ceiling, scale, 0.05 * step)
    found = fit_power_law(SIZES, [law.at(size) for size in SIZES])
    assert found.ceiling == pytest.approx(law.ceiling, abs=1e-6)
    assert found.scale == pytest.approx(law.scale, abs=1e-6)
    assert found.exponent == pytest.approx(law.exponent)


def test_what_is_needed_for_a_score():
    law = PowerLaw(0.8, 1.0, 0.5)
    # .8 - n^-.5: .7 at 100 families, .75 at 400; .8 is never reached.
    assert law.at(100) == pytest.approx(0.7)
    assert law.needed(0.7) == pytest.approx(100)
    assert law.needed(0.75) == pytest.approx(400)
    assert law.needed(0.8) is None
    assert PowerLaw(0.8, 0.0, 0.5).needed(0.7) is None


def test_scores_that_fall_or_stay_give_a_level_line():
    # Weights 1/6 to 6/6: the weighted mean of equal scores is that score.
    assert fit_power_law(SIZES, [0.6] * 6).at(1000) == pytest.approx(0.6)
    falling = fit_power_law(SIZES, [0.7, 0.68, 0.66, 0.64, 0.62, 0.6])
    assert falling.scale == 0
    # (.7*1 + .68*2 + .66*3 + .64*4 + .62*5 + .6*6) / 21 = 13.3 / 21
    assert falling.ceiling == pytest.approx(13.3 / 21)


@given(st.lists(st.floats(0, 1), min_size=4, max_size=8))
def test_no_law_passes_one_or_falls(scores):
    law = fit_power_law([2 * 2**n for n in range(len(scores))], scores)
    assert 0 <= law.ceiling <= 1 + 1e-9
    assert law.scale >= 0
    assert law.at(10) <= law.at(1000) + 1e-12


def test_three_points_are_too_few():
    assert fit_power_law([1, 2, 4], [0.1, 0.2, 0.3]) is None
