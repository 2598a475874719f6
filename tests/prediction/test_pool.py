import errno
import os
import signal
from functools import partial
from pathlib import Path

import pytest

from annotate.errors import AnnotateError, InputError, LostProcessError
from annotate.prediction.pool import in_processes


def make_double():
    return double


def double(number):
    return 2 * number, os.getpid()


def make_failing():
    return fail


def fail(_number):
    raise InputError("a.csv", "is a test", "Do nothing.")


def make_refused():
    msg = "No model there."
    raise AnnotateError(msg)


def make_full():
    return fill


def fill(_number):
    raise OSError(errno.ENOSPC, "No space left on device", "out/part-000000.csv")


def make_killed(folder, times):
    return partial(die, folder, times)


def die(folder, times, number):
    """End the process at 3, as the system does where memory runs out: so many times."""
    tries = Path(folder) / str(number)
    with tries.open("a") as stream:
        stream.write("x")
    if number == 3 and len(tries.read_text()) <= times:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_every_item_is_done_once(processes):
    found = list(in_processes(make_double, range(20), processes=processes))
    assert sorted(number for number, _ in found) == list(range(0, 40, 2))
    assert len({process for _, process in found}) <= processes
    assert (os.getpid() in {process for _, process in found}) == (processes == 1)


def test_more_processes_than_items_are_not_started():
    assert list(in_processes(make_double, [], processes=4)) == []
    assert [number for number, _ in in_processes(make_double, [1], processes=4)] == [2]


@pytest.mark.parametrize("times", [1, 2])
def test_the_item_of_a_killed_process_is_done_by_another(tmp_path, times):
    make = partial(make_killed, str(tmp_path), times)
    assert sorted(in_processes(make, range(8), processes=2)) == list(range(8))
    assert (tmp_path / "3").read_text() == "x" * (times + 1)


def test_an_item_that_ends_every_process_is_named(tmp_path):
    make = partial(make_killed, str(tmp_path), 99)
    with pytest.raises(LostProcessError, match="3: every process") as caught:
        list(in_processes(make, [3, 4], processes=2))
    assert "exit code -9" in str(caught.value)


@pytest.mark.parametrize(
    ("make", "words"), [(make_failing, "a.csv: is a test"), (make_refused, "No model there.")]
)
@pytest.mark.parametrize("processes", [1, 2])
def test_errors_come_through_with_their_words(make, words, processes):
    with pytest.raises(AnnotateError, match=words):
        list(in_processes(make, range(3), processes=processes))


@pytest.mark.parametrize("processes", [1, 2])
def test_a_full_disk_is_told_as_such(processes):
    with pytest.raises(OSError, match="No space left on device") as caught:
        list(in_processes(make_full, range(3), processes=processes))
    assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, "out/part-000000.csv")


def test_who_stops_listening_leaves_no_process_behind():
    results = in_processes(make_double, range(1000), processes=2)
    _, process = next(results)
    results.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
