"""An address without Ray is told within seconds; Ray itself tries for minutes."""

import socket
import threading
from contextlib import suppress

import pytest

from annotate.prediction import on_ray
from annotate.prediction.on_ray import _unreachable


@pytest.fixture
def server():
    """Makes servers that answer everything with some bytes; returns their ports."""
    listening = []

    def answering(answer):
        listener = socket.create_server(("127.0.0.1", 0))
        listening.append(listener)

        def serve():
            connection, _ = listener.accept()
            with connection, suppress(ConnectionError):
                connection.recv(100)
                connection.sendall(answer)
                connection.recv(100)  # until the other side ends

        threading.Thread(target=serve, daemon=True).start()
        return listener.getsockname()[1]

    yield answering
    for listener in listening:
        listener.close()


def test_what_begins_as_ray_does_may_be_ray(server):
    # A frame of HTTP/2: three bytes of length, its kind (4, settings), flags, four of a stream.
    assert (
        _unreachable(f"127.0.0.1:{server(bytes((0, 0, 6, 4, 0, 0, 0, 0, 0)) + b'x' * 6)}") is None
    )
    assert _unreachable(f"localhost:{server(bytes((0, 0, 0, 4, 0, 0, 0, 0, 0)))}") is None


def test_what_is_noted_of_a_cluster_is_no_proof_of_it(server, monkeypatch, tmp_path):
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    monkeypatch.setenv("RAY_TMPDIR", str(tmp_path))
    assert _unreachable("auto") is None  # Ray's own to find out
    (tmp_path / "ray").mkdir()
    (tmp_path / "ray" / "ray_current_cluster").write_text("127.0.0.1:1\n")
    assert "nothing answers at 127.0.0.1:1 " in _unreachable("auto")
    monkeypatch.setenv("RAY_ADDRESS", f"127.0.0.1:{server(bytes((0, 0, 0, 4, 0, 0, 0, 0, 0)))}")
    assert _unreachable("auto") is None


def test_another_server_is_no_ray(server):
    address = f"127.0.0.1:{server(b'HTTP/1.1 400 Bad Request')}"
    assert _unreachable(address) == f"what answers at {address} is no Ray"


def test_a_server_that_says_nothing_is_not_waited_for(server, monkeypatch):
    monkeypatch.setattr(on_ray, "_ANSWER_SECONDS", 0.1)
    assert "nothing answers at 127.0.0.1" in _unreachable(f"127.0.0.1:{server(b'')}")


def test_nobody_there():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert "refused" in _unreachable(f"127.0.0.1:{port}")
    assert "nothing answers" in _unreachable("127.0.0.1:99999")


@pytest.mark.parametrize("address", ["head", ":1", "head:port", ""])
def test_what_is_no_address(address):
    assert "is no address" in _unreachable(address)


def test_what_ray_data_does_not_work_through():
    assert "carries no Ray Data" in _unreachable("ray://127.0.0.1:10001")
