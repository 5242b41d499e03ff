"""A witness over HTTP, on the loopback."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from kuager.evidence.witness.witness import Answer

Respond = Callable[[str, bytes], Answer]


@contextmanager
def serving(respond: Respond) -> Iterator[str]:
    """The address of a server on the loopback."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            answer = respond(self.path, self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response_only(answer.status)
            self.send_header("Content-Type", answer.media_type)
            self.send_header("Content-Length", str(len(answer.body)))
            if answer.status == HTTPStatus.FOUND:
                self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(answer.body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/w"
    finally:
        server.shutdown()
        server.server_close()
