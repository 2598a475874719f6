"""Connections that send nothing, or too little."""

import asyncio

import pytest

pytest.importorskip("uvicorn")
import uvicorn
from uvicorn.server import ServerState

from annotate.serving import running

SECONDS = 30
REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


async def slow(_scope, _receive, send):
    """Takes longer to answer than a head may take to come."""
    await asyncio.sleep(0.3)
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def ask(sent):
    """All that is answered until the connection is closed."""
    config = uvicorn.Config(slow, lifespan="off", ws="none", timeout_keep_alive=SECONDS)
    config.load()
    state = ServerState()

    def connection():
        return running._Connection(config=config, server_state=state, app_state={})

    server = await asyncio.get_running_loop().create_server(connection, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    writer.write(sent)
    async with asyncio.timeout(SECONDS):
        answered = await reader.read()
    writer.close()
    server.close()
    return answered


@pytest.mark.parametrize(
    ("sent", "answers"),
    [(b"", 0), (b"GET / HT", 0), (REQUEST, 1), (REQUEST * 2, 2), (REQUEST + b"GE", 1)],
)
def test_who_sends_no_whole_head_is_shown_out_and_who_does_is_answered(sent, answers, monkeypatch):
    monkeypatch.setattr(running, "_HEAD_SECONDS", 0.1)
    assert asyncio.run(ask(sent)).count(b"HTTP/1.1 204") == answers
