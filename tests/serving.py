"""A server on the loopback that plays sources, well-behaved and faulty, over real sockets."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Asked:
    """A request as the server saw it; every query parameter has one value."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    moment: float


@dataclass(frozen=True)
class Reply:
    """What to answer.

    ``announced`` stands in place of the true length; ``cut`` bytes are sent and the connection broken; with ``drip_s``
    each byte comes so long after the one before.
    """

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    announced: int | None = None
    cut: int | None = None
    slow_s: float = 0.0
    endless: bool = False
    drip_s: float = 0.0
    clock_ahead_s: float = 0.0


Answering = Callable[[Asked], Reply]


class Serving:
    """The address of a running server, and everything it was asked."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.asked: list[Asked] = []
        self.faults: dict[str, list[Reply]] = defaultdict(list)
        """Per path, replies that come first, one each, before the ordinary answer."""
        self.connections: Counter[int] = Counter()

    def paths(self) -> Counter[str]:
        """How often each path with its query was asked."""
        return Counter(f"{one.path}?{sorted(one.query.items())}" for one in self.asked)


@contextmanager
def serving(answering: Answering) -> Iterator[Serving]:
    """Serve until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else every body waits 40 ms for the acknowledgement of its headers

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            asked = Asked(parts.path, query, dict(self.headers.items()), time.monotonic())
            state.asked.append(asked)
            state.connections[self.client_address[1]] += 1
            faults = state.faults[parts.path]
            reply = faults.pop(0) if faults else answering(asked)
            self._send(reply)

        def _send(self, reply: Reply) -> None:
            time.sleep(reply.slow_s)
            self.send_response_only(reply.status)
            self.send_header("Date", formatdate(time.time() + reply.clock_ahead_s, usegmt=True))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            length = reply.announced if reply.announced is not None else len(reply.body)
            if not reply.endless:
                self.send_header("Content-Length", str(length))
            else:
                self.send_header("Connection", "close")
            self.end_headers()
            try:
                if reply.endless:
                    piece = b"0" * (1 << 20)
                    for _ in range(2048):
                        self.wfile.write(piece)
                elif reply.drip_s:
                    for index in range(len(reply.body)):
                        time.sleep(reply.drip_s)
                        self.wfile.write(reply.body[index : index + 1])
                else:
                    self.wfile.write(reply.body if reply.cut is None else reply.body[: reply.cut])
            except OSError:
                self.close_connection = True
                return
            if reply.cut is not None or reply.endless:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state = Serving(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()


def gzipped(body: bytes) -> Reply:
    """A reply with its body compressed for the way."""
    return Reply(gzip.compress(body), headers={"Content-Encoding": "gzip"})
