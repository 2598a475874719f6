"""The proxy does to requests what it says, in an order that follows from the seed."""

import json
import socket
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from fault_proxy import FaultProxy
from faults import Fault, Kind, RandomFaults
from hypothesis import given
from hypothesis import strategies as st

LONG = "x" * 10_000


class Upstream(ThreadingHTTPServer):
    """Counts what arrives and says so; drops the connection while it is `broken`."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answering)
        self.arrived = []
        self.broken = False

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.server.arrived.append((self.command, self.path, self.headers.get("X-Mark"), body))
        if self.server.broken:
            self.close_connection = True
            return
        if self.command == "DELETE":
            self.send_response(204)
            self.end_headers()
            return
        content = json.dumps({"arrived": len(self.server.arrived), "long": LONG}).encode()
        self.send_response(201)
        self.send_header("X-Kept", "yes")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_DELETE = _answer  # noqa: N815

    def log_message(self, *_):
        pass


@pytest.fixture
def upstream():
    server = Upstream()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def proxied(upstream):
    """A proxy that applies the faults given, one to each request, and a client of it."""
    with FaultProxy(upstream.url) as proxy, httpx.Client(base_url=proxy.url) as client:

        def script(*faults):
            rest = iter(faults)
            proxy.decide = lambda _request: next(rest, None)
            return client

        script.proxy, script.client = proxy, client
        yield script


def post(client):
    return client.post("/a/b?c=d%20e", content="hello ☂".encode(), headers={"X-Mark": "m"})


def test_what_is_not_treated_passes_unchanged(proxied, upstream):
    client = proxied()
    answer = post(client)
    assert (answer.status_code, answer.headers["X-Kept"]) == (201, "yes")
    assert answer.json() == {"arrived": 1, "long": LONG}
    assert client.delete("/x").status_code == 204
    assert client.get("/x").json()["arrived"] == 3
    assert upstream.arrived[0] == ("POST", "/a/b?c=d%20e", "m", "hello ☂")
    assert proxied.proxy.written() == ["POST /a/b", "DELETE /x"]
    assert not proxied.proxy.happened


@pytest.mark.parametrize(
    ("fault", "arrives", "seen"),
    [
        (Fault(Kind.LOST), 0, httpx.RemoteProtocolError),
        (Fault(Kind.LOST, reset=True), 0, httpx.ReadError),
        (Fault(Kind.UNANSWERED), 1, httpx.RemoteProtocolError),
        (Fault(Kind.UNANSWERED, reset=True), 1, httpx.ReadError),
        (Fault(Kind.HALF), 1, httpx.RemoteProtocolError),
        (Fault(Kind.GATEWAY, status=504), 1, 504),
        (Fault(Kind.FAILED, status=503), 0, 503),
        (Fault(Kind.FAILED, status=401), 0, 401),
        (Fault(Kind.TWICE), 2, 201),
        (Fault(Kind.DELAY, seconds=0.01), 1, 201),
    ],
    ids=lambda value: getattr(value, "kind", None),
)
def test_each_fault_does_what_it_says_and_the_next_request_passes(
    proxied, upstream, fault, arrives, seen
):
    client = proxied(fault)
    if isinstance(seen, int):
        assert post(client).status_code == seen
    else:
        with pytest.raises(seen):
            post(client)
    assert len(upstream.arrived) == arrives
    assert proxied.proxy.happened == {fault.kind: 1}
    assert post(client).json()["arrived"] == arrives + 1


def test_of_two_answers_the_second_comes_back(proxied):
    assert post(proxied(Fault(Kind.TWICE))).json()["arrived"] == 2


@pytest.mark.parametrize(("method", "least"), [("GET", len(LONG) // 2), ("DELETE", 0)])
def test_half_an_answer_ends_in_its_body_or_without_one_in_its_head(proxied, method, least):
    address = ("127.0.0.1", proxied.proxy.port)
    proxied(Fault(Kind.HALF))
    with socket.create_connection(address) as plain:
        plain.sendall(f"{method} /x HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        got = b"".join(iter(lambda: plain.recv(65536), b""))
    head, end, body = got.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 20")
    assert bool(end) == (method == "GET")
    assert least <= len(body) < len(LONG)


def test_a_late_request_arrives_though_nobody_waits_for_it(proxied, upstream):
    client = proxied(Fault(Kind.LATE, seconds=0.3))
    with pytest.raises(httpx.ReadTimeout):
        client.get("/x", timeout=0.1)
    assert upstream.arrived == []
    proxied.proxy.wait_until_idle(10)
    assert len(upstream.arrived) == 1


def test_waiting_for_requests_has_an_end(proxied):
    client = proxied(Fault(Kind.LATE, seconds=0.5))
    with pytest.raises(httpx.ReadTimeout):
        client.get("/x", timeout=0.1)
    with pytest.raises(TimeoutError, match="1 requests are still on their way"):
        proxied.proxy.wait_until_idle(0.05)
    proxied.proxy.wait_until_idle(10)


def test_connections_are_refused_for_a_while_and_taken_again(proxied, upstream):
    client = proxied(Fault(Kind.REFUSED, seconds=0.3))
    begun = time.monotonic()
    with pytest.raises(httpx.RemoteProtocolError):
        client.get("/x")
    with pytest.raises(httpx.ConnectError):
        client.get("/x")
    proxied.proxy.wait_until_idle(10)
    assert time.monotonic() - begun >= 0.3
    assert client.get("/x").json()["arrived"] == len(upstream.arrived) == 1


def test_a_server_that_breaks_off_is_a_cut(proxied, upstream):
    upstream.broken = True
    with pytest.raises(httpx.RemoteProtocolError):
        proxied().get("/x")


def test_a_server_that_is_gone_is_a_bad_gateway():
    with socket.socket() as taken:  # bound, and not listening
        taken.bind(("127.0.0.1", 0))
        with FaultProxy(f"http://127.0.0.1:{taken.getsockname()[1]}") as proxy:
            assert httpx.get(f"{proxy.url}/x").status_code == 502


def test_a_prefix_is_taken_off_and_nothing_else_is_found(upstream):
    with FaultProxy(upstream.url, prefix="/ls") as proxy:
        assert httpx.get(f"{proxy.url}/api/x?y=1").status_code == 201
        assert httpx.get(f"http://127.0.0.1:{proxy.port}/api/x").status_code == 404
        assert httpx.get(f"http://127.0.0.1:{proxy.port}/lsx").status_code == 404
    assert [path for _, path, _, _ in upstream.arrived] == ["/api/x?y=1"]


def test_with_tls_plain_http_is_not_understood(upstream):
    with FaultProxy(upstream.url, tls=ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)) as proxy:
        assert proxy.url.startswith("https://")
        with pytest.raises(httpx.TransportError):
            httpx.get(f"http://127.0.0.1:{proxy.port}/x")
    assert upstream.arrived == []


def test_when_it_ends_nothing_listens_and_connections_are_closed(upstream):
    with FaultProxy(upstream.url) as proxy, httpx.Client() as client:
        client.get(f"{proxy.url}/x")
        (kept,) = proxy.connections
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{proxy.url}/x")
    deadline = time.monotonic() + 10
    while kept.fileno() != -1:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_requests_at_the_same_time_each_get_one_fault_of_the_sequence(upstream):
    drawn = RandomFaults(4, 0.5)
    expected = [drawn(None) for _ in range(40)]
    # Where connections are refused, some requests never become one.
    assert Kind.REFUSED not in {fault.kind for fault in expected if fault}

    def ask(_):
        try:
            return httpx.get(f"{proxy.url}/x").status_code
        except httpx.TransportError:
            return None

    with FaultProxy(upstream.url, RandomFaults(4, 0.5)) as proxy, ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(40)))
        proxy.wait_until_idle(10)
    assert [fault for _, fault in proxy.requests] == expected
    cut = {Kind.LOST, Kind.UNANSWERED, Kind.HALF}
    assert answers.count(None) == sum(fault.kind in cut for fault in expected if fault)


@given(st.integers(), st.floats(0, 1))
def test_faults_follow_from_the_seed(seed, share):
    one, other = RandomFaults(seed, share), RandomFaults(seed, share)
    assert [one(None) for _ in range(30)] == [other(None) for _ in range(30)]


def test_the_share_decides_how_many_are_treated_and_not_which_fault_it_would_be():
    few, all_of_them = RandomFaults(1, 0.1), RandomFaults(1, 1.0)
    pairs = [(few(None), all_of_them(None)) for _ in range(2000)]
    treated = [pair for pair in pairs if pair[0]]
    # 200 expected, with a standard deviation of sqrt(2000 * 0.1 * 0.9) = 13.4
    assert 150 <= len(treated) <= 250
    assert all(one == other for one, other in treated)


def test_every_kind_occurs_and_is_bounded():
    faults = RandomFaults(3, 1.0, late_seconds=6.0)
    drawn = [faults(None) for _ in range(3000)]
    assert {fault.kind for fault in drawn} == set(Kind)
    for fault in drawn:
        assert fault.seconds <= (6.0 if fault.kind is Kind.LATE else 1.0)
        wanted = {Kind.GATEWAY: {502, 504}, Kind.FAILED: {500, 503}}.get(fault.kind, {0})
        assert fault.status in wanted
    never = RandomFaults(3, 1.0)
    assert Kind.LATE not in {never(None).kind for _ in range(3000)}
