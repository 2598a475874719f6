"""A server that is started beside Label Studio, kept, replaced and stopped."""

import sys

import pytest

from annotate.errors import StudioError
from annotate.labelstudio.beside import start_beside, stop_beside
from annotate.labelstudio.home import StudioHome

SERVER = """
import base64, http.server, os, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        shown = base64.b64decode(self.headers["Authorization"].removeprefix("Basic ")).decode()
        good = self.path == "/health" and shown == "annotate:" + os.environ["KEY"]
        self.send_response(200 if good else 401)
        self.end_headers()
        self.wfile.write(b'{"status": "UP"}' if good else b"{}")
    def log_message(self, *_):
        pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[-1])), Handler).serve_forever()
"""
COMMAND = [sys.executable, "-c", SERVER]


@pytest.fixture
def home(tmp_path):
    home = StudioHome(tmp_path / "installation", tmp_path / "data")
    yield home
    stop_beside(home)


def begin(home, command=COMMAND, key="k"):
    return start_beside(
        home, command, name="first", environment={"KEY": key}, login=("annotate", key)
    )


def test_it_is_kept_replaced_and_stopped(home):
    first = begin(home)
    assert first.process.alive
    assert begin(home) == first, "the same is kept"
    other = begin(home, [*COMMAND, "--retrain-every", "5"])
    assert not first.process.alive
    assert other.port == first.port, "Label Studio knows the address already"
    assert stop_beside(home)
    assert not other.process.alive
    assert not stop_beside(home)
    assert begin(home).port == first.port


def test_one_that_does_not_come_up_is_told_with_its_own_words(home):
    failing = [sys.executable, "-c", "raise SystemExit('error: no model first')"]
    with pytest.raises(StudioError, match=r"is not served.*\n.*no model first"):
        begin(home, failing)


def test_a_program_that_is_not_there_is_told(home):
    with pytest.raises(StudioError, match="could not be served"):
        begin(home, ["/nonexistent/program"])


def test_the_secret_is_kept_and_its_owners_alone(home):
    home.make()
    secret = home.serve_secret()
    assert len(secret) == 48
    assert home.serve_secret() == secret
    assert (home.data / "serve.key").stat().st_mode & 0o777 == 0o600
