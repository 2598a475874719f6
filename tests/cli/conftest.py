import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass

import pytest

from annotate.cli import main


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Run `annotate ARGUMENTS` in a folder of its own and return what a user would see."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("LABEL_STUDIO", "ANNOTATE_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ANNOTATE_STUDIO_HOME", str(tmp_path / "no-studio"))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["annotate", *map(str, arguments)])
        try:
            main()
            code = 0
        except SystemExit as done:
            code = done.code or 0
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Done(code, out, err)

    return call


@pytest.fixture(scope="session")
def _made():
    return {}


@pytest.fixture
def make(run, tmp_path, tmp_path_factory, _made):
    """Run commands in the empty folder of the test; what they make is made once and copied."""

    def fill(*commands):
        if commands in _made:
            return shutil.copytree(_made[commands], tmp_path, dirs_exist_ok=True)
        for command in commands:
            assert run(*command).code == 0
        kept = tmp_path_factory.mktemp("made")
        _made[commands] = shutil.copytree(tmp_path, kept, dirs_exist_ok=True)
        return tmp_path

    return fill


def _listens(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="session")
def s3_environment():
    """Variables that lead to a server that speaks S3, which is there for these tests alone."""
    pytest.importorskip("moto", reason="needs a server that speaks S3")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    end = time.monotonic() + 60
    while not _listens(port):
        assert time.monotonic() < end, "the store does not start"
        time.sleep(0.1)
    yield {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "someone",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    process.terminate()
    process.wait()


@pytest.fixture
def store(s3_environment, monkeypatch):
    """A store with a bucket `news` in which nothing is yet."""
    import s3fs

    for name, value in s3_environment.items():
        monkeypatch.setenv(name, value)
    s3fs.S3FileSystem.clear_instance_cache()
    system = s3fs.S3FileSystem(use_listings_cache=False)
    system.mkdir("news")
    yield system
    system.rm("news", recursive=True)
    s3fs.S3FileSystem.clear_instance_cache()
