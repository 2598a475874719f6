"""Processes that outlive us: found again, never confused, ended."""

import os
import subprocess
import sys
import time

import pytest

from annotate.labelstudio.processes import Process, _birth, launch

STUBBORN = """
import signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(60)
"""


@pytest.fixture
def launched(tmp_path):
    started = []

    def launch_python(code, **environment):
        process = launch(
            [sys.executable, "-I", "-c", code],
            environment={"PATH": os.defpath, **environment},
            folder=tmp_path,
            log=tmp_path / "log",
        )
        started.append(process)
        return process

    yield launch_python
    for process in started:
        process.end(patience_seconds=1)


def until(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_process_is_known_by_its_birth_not_by_its_number_alone():
    assert Process(pid=os.getpid(), birth=_birth(os.getpid())).alive
    assert not Process(pid=os.getpid(), birth="another time").alive


def test_a_number_that_nobody_has_is_not_alive():
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()
    assert _birth(child.pid) is None


def test_what_ended_but_was_not_reaped_is_not_alive():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        process = Process(pid=child.pid, birth=_birth(child.pid))
        assert process.alive
        child.kill()
        until(lambda: not process.alive)
        assert child.returncode is None  # still a zombie: nobody asked for its end yet


def test_a_launched_program_is_no_child_and_has_a_session_of_its_own(launched, tmp_path):
    process = launched(
        "import os, time; print(os.getsid(0), os.getpid(), flush=True); time.sleep(60)"
    )
    until(lambda: (tmp_path / "log").read_text().endswith("\n"))
    session, pid = (tmp_path / "log").read_text().split()
    assert int(session) == int(pid) == process.pid
    with pytest.raises(ChildProcessError):
        os.waitpid(process.pid, os.WNOHANG)
    process.end(patience_seconds=5)
    assert not process.alive


def test_its_log_is_its_owner_s_alone_and_begins_anew(launched, tmp_path):
    (tmp_path / "log").write_text("of before")
    process = launched("import sys; print('out'); print('error', file=sys.stderr)")
    until(lambda: not process.alive)
    assert sorted((tmp_path / "log").read_text().split()) == ["error", "out"]
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600


def test_what_does_not_hear_is_ended_by_force(launched, tmp_path):
    process = launched(STUBBORN)
    until(lambda: "ready" in (tmp_path / "log").read_text())
    begun = time.monotonic()
    process.end(patience_seconds=0.3)
    assert not process.alive
    assert time.monotonic() - begun >= 0.3


def test_ending_a_process_of_the_past_leaves_the_present_one_alone():
    Process(pid=os.getpid(), birth="another time").end(patience_seconds=0.1)
    assert _birth(os.getpid())


def test_a_program_that_is_not_there_cannot_be_launched(tmp_path):
    with pytest.raises(OSError, match="could not be started"):
        launch([str(tmp_path / "nothing")], environment={}, folder=tmp_path, log=tmp_path / "log")
