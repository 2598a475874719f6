"""A proxy on loopback that does to requests what bad networks and gateways do to them."""

import socket
import struct
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from faults import Fault, Kind

_UPSTREAM_SECONDS = 120
_POLL_SECONDS = 0.02
_NONE = Fault(None)
_HOP_BY_HOP = frozenset(
    ("connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "content-length")
)
"""Headers that are about one connection, and the length, which is counted anew."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came; ``path`` is without the proxy's prefix, with the query."""

    method: str
    path: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What comes back to the client: an answer, or a part of it and the end of the connection."""

    answer: Answer | None
    cut: bool = False
    reset: bool = False


class FaultProxy:
    """Stands between clients and one HTTP server; use it in a ``with`` block.

    Args:
        upstream: address of the server.
        decide: is asked what happens to each request, in the order of their arrival and never
            twice at a time. May be replaced at any moment. None lets all pass.
        prefix: path under which the server appears, such as "/ls"; other paths are not found.
        tls: context of a server that speaks https; None for http.
    """

    def __init__(self, upstream, decide=None, *, prefix="", tls=None):
        self.decide = decide
        self.happened = Counter()  # faults so far, by kind
        self.requests = []  # (request, fault or None) in the order of their arrival
        self.connections = set()
        self.port = 0
        self._upstream, self._prefix, self._tls = urlsplit(upstream), prefix, tls
        self._lock, self._listening = threading.Lock(), threading.RLock()
        self._under_way = 0
        self._listener = self._again = None

    def __enter__(self):
        self._listen()
        return self

    def __exit__(self, *_):
        with self._listening:
            if self._again:
                self._again.cancel()
            self._deafen()
        for connection in list(self.connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    @property
    def url(self):
        """The address for clients."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}{self._prefix}"

    def wait_until_idle(self, seconds):
        """Wait until no request is on its way any more and new connections are taken again."""
        deadline = time.monotonic() + seconds
        while self._under_way or (self._again and self._again.is_alive()):
            if time.monotonic() > deadline:
                msg = f"{self._under_way} requests are still on their way after {seconds} s"
                raise TimeoutError(msg)
            time.sleep(_POLL_SECONDS)

    def written(self):
        """The requests so far that were to change something, as "POST /path" without query."""
        asked = (request for request, _ in self.requests if request.method != "GET")
        return [f"{request.method} {request.path.partition('?')[0]}" for request in asked]

    def serve(self, handler):
        """Treat one request, whose head the handler has read."""
        with self._lock:
            self._under_way += 1
        try:
            body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
            if handler.path.startswith(f"{self._prefix}/"):
                path = handler.path.removeprefix(self._prefix)
                request = Request(handler.command, path, body)
                outcome = self._treat(request, dict(_passed_on(handler.headers)))
            else:
                outcome = _Outcome(_own_answer(HTTPStatus.NOT_FOUND))
            handler.send(outcome)
        finally:
            with self._lock:
                self._under_way -= 1

    def _decide(self, request):
        with self._lock:
            fault = self.decide(request) if self.decide else None
            self.requests.append((request, fault))
            if fault:
                self.happened[fault.kind] += 1
        return fault or _NONE

    def _treat(self, request, headers):
        fault = self._decide(request)
        kind = fault.kind
        if kind in {Kind.DELAY, Kind.LATE}:
            time.sleep(fault.seconds)
        if kind is Kind.REFUSED:
            self._refuse(fault.seconds)
        if kind in {Kind.LOST, Kind.REFUSED}:
            return _Outcome(None, cut=True, reset=fault.reset)
        if kind is Kind.FAILED:
            return _Outcome(_own_answer(fault.status))
        for _ in range(2 if kind is Kind.TWICE else 1):
            answer = self._forward(request, headers)
        if answer is None or kind is Kind.UNANSWERED:
            return _Outcome(None, cut=True, reset=fault.reset)
        if kind is Kind.GATEWAY:
            return _Outcome(_own_answer(fault.status))
        return _Outcome(answer, cut=kind is Kind.HALF, reset=fault.reset)

    def _forward(self, request, headers):
        """The server's answer; None where it breaks off, 502 where nothing listens."""
        address = self._upstream.hostname, self._upstream.port
        server = HTTPConnection(*address, timeout=_UPSTREAM_SECONDS)
        try:
            server.connect()
        except OSError:
            return _own_answer(HTTPStatus.BAD_GATEWAY)
        try:
            server.request(request.method, request.path, request.body or None, headers)
            answer = server.getresponse()
            return Answer(answer.status, _passed_on(answer.headers), answer.read())
        except (OSError, HTTPException):
            return None
        finally:
            server.close()

    def _listen(self):
        with self._listening:
            self._listener = _Listener(self, self.port, self._tls)
            self.port = self._listener.server_port
            listen = self._listener.serve_forever
            threading.Thread(target=listen, args=(_POLL_SECONDS,), daemon=True).start()

    def _deafen(self):
        """Stop listening; connections that exist go on."""
        if self._listener:
            self._listener.shutdown()
            self._listener.server_close()
            self._listener = None

    def _refuse(self, seconds):
        with self._listening:
            if self._listener:
                self._deafen()
                self._again = threading.Timer(seconds, self._listen)
                self._again.daemon = True
                self._again.start()


class _Listener(ThreadingHTTPServer):
    """One period of listening; connections outlive it."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, proxy, port, tls):
        self.proxy = proxy
        self.resets = set()
        super().__init__(("127.0.0.1", port), _Handler)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True)

    def process_request(self, request, client_address):
        self.proxy.connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request):
        self.proxy.connections.discard(request)
        if request in self.resets:
            # Closed without a farewell and with no time to linger: that is a reset.
            request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            request.close()
        else:
            super().shutdown_request(request)

    def handle_error(self, request, client_address):
        if not isinstance(sys.exception(), OSError):  # clients that go away are nothing new here
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _serve(self):
        self.server.proxy.serve(self)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815

    def send(self, outcome):
        """Send what comes back, all at once."""
        if outcome.answer:
            head, body = _wire(outcome.answer)
            if outcome.cut and body:
                body = body[: len(body) // 2]
            elif outcome.cut:
                head = head[: len(head) // 2]
            self.wfile.write(head + body)
        if outcome.cut:
            self.close_connection = True
            if outcome.reset:
                self.server.resets.add(self.connection)

    def log_message(self, *_):
        pass


def _wire(answer):
    """An answer as bytes: its head and its body."""
    lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in answer.headers]
    if answer.status != HTTPStatus.NO_CONTENT:
        lines.append(f"Content-Length: {len(answer.body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1"), answer.body


def _own_answer(status):
    """An answer of the proxy's own making, in the form of gateways."""
    page = f"<html><h1>{status:d} {HTTPStatus(status).phrase}</h1></html>".encode()
    return Answer(int(status), (("Content-Type", "text/html"),), page)


def _passed_on(headers):
    return tuple((name, v) for name, v in headers.items() if name.lower() not in _HOP_BY_HOP)
