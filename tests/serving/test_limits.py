"""The rate of requests."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.serving.limits import Limits, Rate
from annotate.serving.protocol import RefusedError


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@given(
    waits=st.lists(st.floats(0, 2), max_size=200),
    rate=st.floats(0.1, 50),
    burst=st.integers(1, 20),
)
def test_no_client_gets_more_than_its_burst_and_its_rate(waits, rate, burst):
    clock = Clock()
    counter = Rate(Limits(requests_a_second=rate, burst=burst), clock)
    admitted = 0
    for wait in waits:
        clock.now += wait
        with suppress(RefusedError):
            counter.admit("a")
            admitted += 1
        assert admitted <= burst + rate * clock.now + 1e-6


def test_clients_do_not_take_from_one_another_and_memory_has_a_bound():
    counter = Rate(Limits(requests_a_second=1, burst=1), Clock())
    for number in range(5000):
        counter.admit(str(number))
    assert len(counter._buckets) <= 1024
    with pytest.raises(RefusedError) as refused:
        counter.admit("4999")
    assert refused.value.status == 429
