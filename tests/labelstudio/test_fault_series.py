"""A few runs of `scripts/fault_series`, on the server of the test run: it is not restarted here."""

import pytest
from fault_series import run_once

SEEDS = [*range(4), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(4, 8))]

pytestmark = pytest.mark.live


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_lost_and_nothing_doubled(place, seed, tmp_path):
    ended = run_once(place, seed, tmp_path, tasks=24)
    assert ended.problems == ()
    assert ended.happened["requests"] > 10
