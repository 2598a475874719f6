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
CLUSTER = """
import ray, sys
settings = {"include_dashboard": False, "log_to_driver": False}
context = ray.init("local", num_cpus=2, num_gpus=1, **settings)
print(context.address_info["gcs_address"], flush=True)
sys.stdin.read()
"""
GPUS = """
import os, sys
from functools import partial
from annotate.prediction.on_ray import Cluster, on_ray

def make():
    return lambda _: os.environ.get("CUDA_VISIBLE_DEVICES")

if __name__ == "__main__":
    print(*on_ray(make, [1, 2], cluster=Cluster(sys.argv[1], actors=2, gpus=None)))
"""
TOKEN = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": "0123456789abcdef" * 3}
FILES, LINES = 24, 120


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
    subprocess.run(command(folder, "calm", engine="processes"), check=True, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def cluster(s3_environment):
    """The address of a Ray that is there already, with a GPU in name only."""
    process = subprocess.Popen(
        [sys.executable, "-c", CLUSTER],
        env=os.environ | s3_environment | TOKEN, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    with process:
        yield process.stdout.readline().strip()
        process.stdin.close()


def command(folder, output, engine="ray", archive="archive"):
    arguments = ["predict", folder / "model", archive, "-o", output]
    arguments += ["--engine", engine, "--processes", 2]
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


def wait_for(process, condition, seconds=240):
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert process.poll() is None, "it ended"
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.02)
    return found


def test_ray_writes_the_same_bytes_though_an_actor_is_killed(place):
    process = subprocess.Popen(command(place, "actor"), cwd=place)

    def pieces_done():
        ledger = place / "actor" / "_ledger.jsonl"
        return ledger.exists() and ledger.read_bytes().count(b"\n") - 1

    wait_for(process, lambda: pieces_done() > 0)
    os.kill(wait_for(process, lambda: actor_of(process.pid)), signal.SIGKILL)
    assert pieces_done() < FILES
    assert process.wait(300) == 0
    assert parts(place / "actor") == parts(place / "calm")


def test_ray_goes_on_where_its_driver_was_killed(place, cluster, store):
    """On a cluster that lives on, from a store and into it."""
    store.put(f"{place}/archive/", "news/archive", recursive=True)
    arguments = [*command(place, "s3://news/out", archive="s3://news/archive")]
    arguments += ["--cluster", cluster]
    environment = os.environ | TOKEN
    process = subprocess.Popen(arguments, cwd=place, env=environment)

    def objects():
        return {Path(name).name: data for name, data in store.cat(store.find("news/out")).items()}

    def ledger():
        found = objects() if store.exists("news/out") else {}
        return {name: found[name] for name in found if name.endswith(".json")}

    wait_for(process, lambda: len(ledger()) > 1)  # the first says whose it is
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    before = ledger()
    assert len(before) < FILES + 1
    done = subprocess.run(arguments, cwd=place, env=environment, check=True, capture_output=True)
    assert b"of them before" in done.stdout
    assert before.items() <= ledger().items()
    found = objects()
    assert {name: found[name] for name in found if "part-" in name} == parts(place / "calm")


def test_actors_share_the_gpus_that_ray_sees(cluster):
    """No GPU is needed for that: Ray counts those that it was told of."""
    command = [sys.executable, "-c", GPUS, cluster]
    done = subprocess.run(command, env=os.environ | TOKEN, check=True, capture_output=True)
    assert done.stdout.split() == [b"0", b"0"]


def test_a_cluster_that_is_not_there_is_said(place):
    arguments = [*command(place, "nowhere"), "--cluster", "127.0.0.1:1"]
    done = subprocess.run(arguments, cwd=place, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (3, 1)
    assert done.stderr.startswith("error: Ray: nothing answers at 127.0.0.1:1")
