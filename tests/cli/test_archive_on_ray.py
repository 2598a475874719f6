"""The same work on Ray: the same bytes, whoever dies. `pytest -m scale`, with the extra `scale`."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from annotate.models import save_model, train_model
from annotate.records import Example

pytest.importorskip("ray", reason="needs the extra `scale`")
pytestmark = pytest.mark.scale
ANNOTATE = "from annotate.cli import main; main()"
FILES, LINES = 24, 400


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A model, an archive, and what processes of this machine make of it."""
    folder = tmp_path_factory.mktemp("ray")
    labels = {"denial": "denied", "claim": "said"}
    examples = [
        Example(id=f"{n}{label}", text=f"She {word} it on day {n}.", label=label, group=f"g{n}")
        for n in range(20)
        for label, word in labels.items()
    ]
    trained = train_model(examples, recipe="linear", labels=tuple(labels), scheme=None, seed=0)
    save_model(trained, folder / "model")
    (folder / "archive").mkdir()
    text = "He said it again. They denied it. " * 40
    for number in range(FILES):
        rows = [{"id": f"{number}-{n}", "text": f"Day {n}. {text}"} for n in range(LINES)]
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / "archive" / f"{number:02}.jsonl").write_text(lines)
    subprocess.run(command(folder, "calm")[:-4], check=True, cwd=folder)
    return folder


def command(folder, output):
    arguments = ["predict", folder / "model", folder / "archive", "-o", output]
    arguments += ["--engine", "ray", "--processes", 2]
    return [sys.executable, "-c", ANNOTATE, *map(str, arguments)]


def parts(folder):
    return {path.name: path.read_bytes() for path in folder.glob("*part-*")}


def descendants(process):
    found = [process]
    for parent in found:
        with suppress(OSError):
            for task in Path(f"/proc/{parent}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
    return found


def actor_of(process):
    for number in descendants(process):
        with suppress(OSError):
            if b"MapWorker" in Path(f"/proc/{number}/cmdline").read_bytes():
                return number
    return None


def written_down(folder):
    """How many pieces the ledger says are done."""
    ledger = folder / "_ledger.jsonl"
    return max(0, ledger.read_bytes().count(b"\n") - 1) if ledger.exists() else 0


def wait_for(condition, seconds=240):
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.1)
    return found


def test_ray_writes_the_same_bytes_though_an_actor_is_killed(place):
    process = subprocess.Popen(command(place, "actor"), cwd=place)
    wait_for(lambda: written_down(place / "actor"))
    os.kill(wait_for(lambda: actor_of(process.pid)), signal.SIGKILL)
    assert process.wait(300) == 0
    assert parts(place / "actor") == parts(place / "calm")


def test_ray_goes_on_where_its_driver_was_killed(place):
    process = subprocess.Popen(command(place, "driver"), cwd=place)
    wait_for(lambda: written_down(place / "driver"))
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    before = (place / "driver" / "_ledger.jsonl").read_text()
    done = subprocess.run(command(place, "driver"), cwd=place, check=True, capture_output=True)
    assert b"of them before" in done.stdout
    assert (place / "driver" / "_ledger.jsonl").read_text().startswith(before)
    assert parts(place / "driver") == parts(place / "calm")


def test_a_cluster_that_is_not_there_is_said(place):
    arguments = [*command(place, "nowhere"), "--cluster", "127.0.0.1:1"]
    done = subprocess.run(arguments, cwd=place, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (3, 1)
    assert done.stderr.startswith("error: Ray: nothing answers at 127.0.0.1:1")
